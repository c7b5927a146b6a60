/* A line of YAML in colours: [{text, kind}], which together are the line. It colours, it does not judge. */

const NAME = /^(\s*(?:-\s+)*)([A-Za-z_][\w-]*)(:)(?=\s|$)/;
const PIECES = /("(?:\\.|[^"\\])*"?|'(?:''|[^'])*'?)|((?<=^|\s)#.*$)|((?<=[{,[]\s*)[A-Za-z_][\w-]*(?=:(?:\s|$)))|((?<=^|[\s{[,:])-?\d[\d._]*(?=$|[\s,\]}]))|((?<=^|[\s{[,:])(?:true|false|null|~)(?=$|[\s,\]}]))/g;
const KINDS = [null, 'string', 'comment', 'word', 'digits', 'option'];

export function painted(line) {
  const out = [];
  let rest = line;
  const named = NAME.exec(line);
  if (named) {
    out.push({ text: named[1], kind: '' }, { text: named[2], kind: 'word' }, { text: named[3], kind: '' });
    rest = line.slice(named[0].length);
  }
  let at = 0;
  for (const found of rest.matchAll(PIECES)) {
    if (found.index > at) out.push({ text: rest.slice(at, found.index), kind: '' });
    out.push({ text: found[0], kind: KINDS[found.slice(1).findIndex((part) => part !== undefined) + 1] });
    at = found.index + found[0].length;
  }
  if (at < rest.length) out.push({ text: rest.slice(at), kind: '' });
  return out.filter(({ text }) => text);
}

/* The same with the word at `column` (from 0) marked. */
export function marked(pieces, column) {
  const out = [];
  let from = 0;
  for (const piece of pieces) {
    const start = column - from;
    from += piece.text.length;
    if (start < 0 || start >= piece.text.length) {
      out.push(piece);
      continue;
    }
    const word = /^[^\s,}\]]+|^./u.exec(piece.text.slice(start))[0];
    out.push({ ...piece, text: piece.text.slice(0, start) }, { ...piece, text: word, wrong: true }, { ...piece, text: piece.text.slice(start + word.length) });
  }
  if (column >= from) out.push({ text: ' ', kind: '', wrong: true });
  return out.filter(({ text }) => text);
}
