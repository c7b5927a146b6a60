/* Code in colours: comments, texts, numbers and a language's own words. [{text, kind}], which together are the text. */

const WORDS = {
  python: 'and as assert async await break class continue def elif else except False finally for from if import in is lambda None not or pass raise return True try while with yield',
  java: 'boolean byte catch class double else final finally float for if import int long new null private public return short static throws throw true false try void while var',
  javascript: 'async await break catch class const continue else false finally for function if import let new null of return throw true try typeof undefined while',
  shell: 'do done for if in then fi while',
};

const SHAPES = {
  python: [['comment', /#.*/y], ['string', /f?'(?:\\.|[^'\\\n])*'|f?"(?:\\.|[^"\\\n])*"/y]],
  java: [['comment', /\/\/.*/y], ['string', /"(?:\\.|[^"\\\n])*"/y]],
  javascript: [['comment', /\/\/.*|\/\*.*?\*\//y], ['string', /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/y]],
  shell: [['string', /'[^']*'|"(?:\\.|[^"\\])*"/y], ['comment', /(?<=^|\s)#.*/y], ['option', /(?<=\s)--?[A-Za-z][\w-]*/y]],
};

const words = Object.fromEntries(Object.entries(WORDS).map(([language, list]) => [language, new Set(list.split(' '))]));

export function paint(text, language) {
  const out = [];
  const add = (piece, kind) => {
    const last = out[out.length - 1];
    if (last && last.kind === kind) last.text += piece;
    else out.push({ text: piece, kind });
  };
  let at = 0;
  outer: while (at < text.length) {
    for (const [kind, shape] of SHAPES[language] || []) {
      shape.lastIndex = at;
      const found = shape.exec(text)?.[0];
      if (found) {
        add(found, kind);
        at += found.length;
        continue outer;
      }
    }
    const word = language === 'shell' ? /[^\s'"]+|[^]/uy : /[\p{L}_][\p{L}\p{N}_]*|\d[\d_.]*L?|[^]/uy;
    word.lastIndex = at;
    const [piece] = word.exec(text);
    add(piece, words[language]?.has(piece) ? 'word' : /^\d[\d_.]*L?$/.test(piece) ? 'digits' : '');
    at += piece.length;
  }
  return out;
}
