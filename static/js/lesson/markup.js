/* Texts of lessons: `code` in backticks, *emphasis*; nothing else is markup, and nothing in them is ever HTML. */
import { h } from '../dom.js';

const PIECE = /`([^`]+)`|\*([^*\s](?:[^*]*[^*\s])?)\*/g;

/* [{text, kind: '' | 'code' | 'strong'}, ...] */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(PIECE)) {
    if (match.index > at) found.push({ text: text.slice(at, match.index), kind: '' });
    found.push(match[1] === undefined ? { text: match[2], kind: 'strong' } : { text: match[1], kind: 'code' });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ text: text.slice(at), kind: '' });
  return found;
}

/* The same as children of an element. */
export const marked = (text) => pieces(text).map(({ text: said, kind }) => (kind === 'code' ? h('code', {}, said) : kind ? h('b', {}, said) : said));

/* Without its marks: for the ear. */
export const bare = (text) => pieces(text).map((piece) => piece.text).join('');
