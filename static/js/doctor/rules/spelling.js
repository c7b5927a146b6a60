/* What slides, chats and word processors do to a command: dashes, quotation marks, spaces nobody sees. Only in texts that
 * are typed into something; in a sentence they are right. */
import { places } from '../reading.js';

const spot = (text, pattern, put, group = 0) => places(text, pattern, group).map((it) => ({ from: it.from, to: it.to, ...(put === undefined ? {} : { put: typeof put === 'function' ? put(it) : put }) }));
const some = (spans, params) => (spans.length ? { spans, params } : null);
const DOUBLE = /[“”„‟«»]/;
const SINGLE = /[‘’‚‛]/;

export const spelling = [
  {
    id: 'long-dash', sort: 'error',
    find(text, kinds) {
      if (!kinds.command) return null;
      const spans = places(text, /(?<=^|[\s(])([–—−‑‒―-]{0,1}[–—−‑‒―])(?=([A-Za-z][\w-]*))/, 1)
        .map(({ from, to, found }) => ({ from, to, put: found[2].length > 1 && !/^[a-zA-Z]\b/.test(found[2]) ? '--' : '-' }));
      return some(spans, { mark: spans.length ? text.slice(spans[0].from, spans[0].to) : '' });
    },
  },
  {
    id: 'curly-quotes', sort: 'error',
    find(text, kinds) {
      if (!kinds.typed) return null;
      // An apostrophe between letters belongs to a word.
      return some([...spot(text, DOUBLE, '"'), ...spot(text, new RegExp(`(?<!\\p{L})${SINGLE.source}|${SINGLE.source}(?!\\p{L})`, 'u'), "'")].sort((a, b) => a.from - b.from));
    },
  },
  {
    id: 'hidden-space', sort: 'error',
    find: (text, kinds) => (kinds.typed ? some([...spot(text, /[\u00a0\u2007\u202f\u2002\u2003\u2009]/, ' '), ...spot(text, /[\u200b\u200c\u200d\u2060\ufeff\u00ad]/, '')]) : null),
  },
  {
    id: 'prompt', sort: 'error',
    find(text, kinds) {
      if (!kinds.command) return null;
      return some(spot(text, /^[ \t]*(?:\[?[\w.-]+@[\w.-]+[^\n$#]{0,40}[$#]|[$%]|PS [A-Z]:[^\n>]*>|[A-Z]:\\[^\n>]*>)[ \t]+(?=\S)/m, ''));
    },
  },
  {
    id: 'space-after-backslash', sort: 'error',
    find: (text, kinds) => (kinds.command ? some(spot(text, /(?<=[ \t]\\)[ \t]+(?=\r?\n)/, '')) : null),
  },
  {
    id: 'no-backslash', sort: 'error', // a new line that begins with an option belongs to the one before
    find: (text, kinds) => (kinds.command && !kinds.code ? some(places(text, /(?<=\S)(?<!\\)[ \t]*(?=\r?\n[ \t]+--?[A-Za-z])/).map(({ from, to }) => ({ from: Math.max(0, from - 1), to, put: `${text[from - 1]} \\` }))) : null),
  },
];
