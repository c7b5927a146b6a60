/* What is in the record: JSON that is none, quotation marks the shell eats, base64. */
import { places } from '../reading.js';

const BASE64 = /(?<![\w+/=.:-])(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![\w+/=.-])/;
const at = ({ from, to }, put) => ({ from, to, ...(put === undefined ? {} : { put }) });

/* Pieces of the text that are meant to be JSON: all of it, or what is in single quotes after a command (if
 * the shell has to be told of no further quote in it). */
function pieces(text, kinds) {
  if (kinds.json && !kinds.command && !kinds.code) {
    const from = text.search(/\S/);
    return [{ from, to: text.trimEnd().length, value: text.trim() }];
  }
  return kinds.command ? places(text, /'([[{][^']*[\]}])'(?!\\'')/, 1) : [];
}

const broken = (value) => {
  try {
    JSON.parse(value);
    return null;
  } catch (error) {
    return error;
  }
};

const rule = (id, pattern, put) => ({
  id, sort: 'error',
  find(text, kinds) {
    const spans = pieces(text, kinds).filter((it) => broken(it.value) && !/^\[[A-Z]/.test(it.value))
      .flatMap((piece) => places(piece.value, pattern, 1).map((it) => ({ from: piece.from + it.from, to: piece.from + it.to, ...(put ? { put: put(it.value) } : {}) })));
    return spans.length ? { spans } : null;
  },
});

/* Whether a pattern explains why a piece is broken. */
const KNOWN = [/[[{,:]\s*'|'\s*[,:\]}]/, /,\s*[\]}]/, /[{,]\s*[A-Za-z_]\w*\s*:/, /[:[,]\s*(?:True|False|None)\b/];

const single = rule('json-single-quotes', /(?<=[[{,:]\s*)('(?:[^'\\\n]|\\.)*')(?=\s*[,:\]}])/, (it) => JSON.stringify(it.slice(1, -1)));

/* echo "{'a': 1}": inside out. */
function inDouble(text, kinds) {
  const spans = kinds.command ? places(text, /(?:echo|printf(?:\s+%s)?|-d|--data)\s+("(?:[\w-]+:)?\{\s*'[^"\n]*\}")/, 1) : [];
  return spans.length ? { spans: spans.map((it) => at(it, `'${it.value.slice(1, -1).replaceAll("'", '"')}'`)) } : null;
}

export const records = [
  { ...single, find: (text, kinds) => inDouble(text, kinds) ?? single.find(text, kinds) },
  rule('json-trailing-comma', /(,)(?=\s*[\]}])/, () => ''),
  rule('json-bare-key', /(?<=[{,]\s*)([A-Za-z_]\w*)(?=\s*:)/, (it) => `"${it}"`),
  rule('json-python-words', /(?<=[:[,]\s*)(True|False|None)\b/, (it) => ({ True: 'true', False: 'false', None: 'null' })[it]),
  {
    id: 'json-broken', sort: 'error',
    find(text, kinds) {
      for (const piece of pieces(text, kinds)) {
        const error = broken(piece.value);
        if (!error || KNOWN.some((it) => it.test(piece.value)) || /^\[[A-Z]|^\{\{|^\[\d{4}-/.test(piece.value) || (kinds.trace && !kinds.command && !/["']/.test(piece.value))) continue;
        const place = Number(/position (\d+)/.exec(error.message)?.[1] ?? piece.value.length);
        const before = piece.value.slice(0, place).split('\n');
        const from = Math.min(piece.from + place, piece.to - 1);
        return { spans: [{ from, to: from + 1 }], params: { line: before.length, column: before.at(-1).length + 1 } };
      }
      return null;
    },
  },
  {
    id: 'quotes-in-quotes', sort: 'error', // echo "{"a": 1}"
    find(text, kinds) {
      if (!kinds.command) return null;
      const spans = places(text, /(?:echo(?:\s+-\w+)?|printf(?:\s+%s)?|-d|--data(?:-raw)?)\s+("(?:[\w-]+:)?\{"[^\n]*?\}")(?=\s|$)/, 1).filter((it) => !it.value.includes('\\"') && !it.value.slice(1, -1).includes("'"));
      return spans.length ? { spans: spans.map((it) => at(it, `'${it.value.slice(1, -1)}'`)) } : null;
    },
  },
  {
    id: 'single-quotes-on-windows', sort: 'error',
    find(text) {
      if (!/^(?:PS )?[A-Z]:\\|\.bat\b|\bcurl\.exe\b|\^\r?\n/m.test(text)) return null;
      const spans = places(text, /'(\{"[^']*\})'/).map((it) => at(it, `"${it.value.slice(1, -1).replaceAll('"', '\\"')}"`));
      return spans.length ? { spans } : null;
    },
  },
  {
    id: 'base64', sort: 'info',
    find(text) {
      const spans = places(text, BASE64).map((it) => ({ ...it, text: decoded(it.value) })).filter((it) => it.text);
      return spans.length ? { spans: spans.map((it) => at(it)), params: { text: spans[0].text.slice(0, 160) } } : null;
    },
  },
];

/* The text that base64 stands for, if it is one that somebody wrote; "" otherwise. */
function decoded(value) {
  if (!/[A-Z]/.test(value) || !/[a-z]/.test(value)) return '';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0)));
    return /^[\p{L}\p{N}\p{P}\p{S}\s]+$/u.test(text) && /\p{L}{2}/u.test(text) ? text.trim() : '';
  } catch {
    return '';
  }
}
