/* SVG as text: every value escaped, numbers short. */

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// Characters that XML cannot hold, whatever somebody has written into a record.
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export const escaped = (text) => String(text).replace(FORBIDDEN, '\ufffd').replace(/[&<>"]/g, (letter) => ESCAPES[letter]);

export const fixed = (value) => String(Math.round(value * 100) / 100);

/* <tag a="b">inside</tag>. inside: a text, which is escaped; null: none. Attributes that are null are left out. */
export function xml(tag, attributes, inside = null) {
  return inside === null ? `<${tag}${written(attributes)}/>` : `<${tag}${written(attributes)}>${escaped(inside)}</${tag}>`;
}

export const written = (attributes) => Object.entries(attributes).map(([name, value]) => (value === null || value === undefined ? '' : ` ${name}="${escaped(value)}"`)).join('');
