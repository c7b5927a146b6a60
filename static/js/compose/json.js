/* Whether a text is JSON, and if not, where it stops being it and what was to stand there.
 *
 * The browser's own words for it differ from browser to browser and speak English only. Here a fault is a code
 * (a key `json.*` of the catalogues) and a place: {code, at, line, column, found}. Lines and columns count from 1. */

const QUOTES = '\u2018\u2019\u201C\u201D\u00AB\u00BB`';
const ESCAPES = '"\\/bfnrt';
const DEPTH_MAX = 500; // deeper than that nobody reads

/* null, or the first fault. */
export function faultIn(text) {
  const reader = { text, at: 0, depth: 0, within: '' };
  try {
    space(reader);
    value(reader);
    space(reader);
    if (reader.at < text.length) fail(reader, 'after');
    return null;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return fault.where(text);
  }
}

class Fault extends Error {
  constructor(code, at) {
    super(code);
    Object.assign(this, { code, at });
  }

  where(text) {
    const before = text.slice(0, this.at);
    const line = before.split('\n').length;
    const column = this.at - (before.lastIndexOf('\n') + 1) + 1;
    return { code: this.code, at: this.at, line, column, found: [...text.slice(this.at)][0] ?? '' };
  }
}

function fail(reader, code, at = reader.at) {
  throw new Fault(at >= reader.text.length && code !== 'string' ? 'end' : code, at);
}

function space(reader) {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? 'x')) reader.at += 1;
}

function value(reader) {
  const char = reader.text[reader.at];
  if (char === '{') return group(reader, '}', member);
  if (char === '[') return group(reader, ']', value);
  if (char === '"') return string(reader);
  if (char === '-' || (char >= '0' && char <= '9')) return number(reader);
  for (const word of ['true', 'false', 'null']) {
    if (reader.text.startsWith(word, reader.at) && !/\w/.test(reader.text[reader.at + word.length] ?? ' ')) {
      reader.at += word.length;
      return undefined;
    }
  }
  if (char === "'" || QUOTES.includes(char ?? 'x')) fail(reader, 'quotes');
  if (/^(True|False|None|undefined|NaN)\b/.test(reader.text.slice(reader.at))) fail(reader, 'word');
  return fail(reader, 'value');
}

function group(reader, end, part) {
  const outside = reader.within;
  reader.within = end;
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) fail(reader, 'deep');
  reader.at += 1;
  space(reader);
  if (reader.text[reader.at] === end) {
    leave(reader, outside);
    return;
  }
  for (;;) {
    part(reader);
    space(reader);
    const char = reader.text[reader.at];
    if (char === end) break;
    if (char !== ',') fail(reader, end === '}' ? 'comma.object' : 'comma.list');
    const comma = reader.at;
    reader.at += 1;
    space(reader);
    if (reader.text[reader.at] === end) fail(reader, 'comma.last', comma);
  }
  leave(reader, outside);
}

function leave(reader, outside) {
  reader.at += 1;
  reader.depth -= 1;
  reader.within = outside;
}

function member(reader) {
  const char = reader.text[reader.at];
  if (char === "'" || QUOTES.includes(char ?? 'x')) fail(reader, 'quotes');
  if (char !== '"') fail(reader, 'name');
  string(reader);
  space(reader);
  if (reader.text[reader.at] !== ':') fail(reader, 'colon');
  reader.at += 1;
  space(reader);
  value(reader);
}

function string(reader) {
  const { text } = reader;
  const start = reader.at;
  for (reader.at += 1; reader.at < text.length; reader.at += 1) {
    const char = text[reader.at];
    if (char === '"') {
      reader.at += 1;
      return;
    }
    if (char === '\n') break;
    if (char < ' ') fail(reader, 'control');
    if (char === '\\') {
      reader.at += 1;
      const next = text[reader.at] ?? '';
      if (next === 'u' ? !/^[0-9a-fA-F]{4}/.test(text.slice(reader.at + 1)) : !next || !ESCAPES.includes(next)) fail(reader, 'escape', reader.at - 1);
    }
  }
  fail(reader, 'string', start);
}

function number(reader) {
  const found = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(reader.text.slice(reader.at));
  const next = reader.text[reader.at + (found?.[0].length ?? 0)] ?? ' ';
  if (!found || /[\w.]/.test(next)) fail(reader, 'number');
  reader.at += found[0].length;
  // "18,90": in a list two values, in an object a comma where a point should stand.
  if (reader.within === '}' && /^,\d+\s*[},]/.test(reader.text.slice(reader.at, reader.at + 30))) fail(reader, 'decimal');
}

/* The line of a fault with a mark below it, cut to what fits: {text, mark}. */
export function excerpt(text, { line, column }, most = 34) {
  const whole = text.split('\n')[line - 1] ?? '';
  const from = Math.max(0, column - 1 - most + 8);
  const cut = whole.slice(from, from + most).replaceAll('\t', ' ');
  return { text: (from ? '…' : '') + cut, mark: ' '.repeat(column - 1 - from + (from ? 1 : 0)) + '^' };
}

/* Is it meant to be JSON? */
export const looksLikeJson = (text) => /^\s*[[{"]/.test(text);
