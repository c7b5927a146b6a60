/* A table made from a log: walk along the records, and of each key keep what was said last. The tape it is made from, and
 * one table for each place up to which somebody has walked. */
import { h } from '../../dom.js';

/* [{key, value, offset}] by key, of the records below upto: what a reader knows that has read so far. */
export function fold(records, upto) {
  const rows = new Map();
  for (const { offset, key, value, gone } of records) {
    if (gone || key === null || offset >= upto) continue;
    if (value === null) rows.delete(key); // a tombstone
    else rows.set(key, { key, value, offset });
  }
  return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/* The same rows give the same sign, so that tables can be compared at a glance. */
export function sign(rows) {
  let sum = 2166136261;
  for (const char of JSON.stringify(rows.map(({ key, value }) => [key, value]))) sum = Math.imul(sum ^ char.codePointAt(0), 16777619) >>> 0;
  return rows.length ? sum.toString(16).padStart(8, '0').slice(0, 4) : '–';
}

/* A value as one short text: of an object, what it says besides the key. */
export function brief(value, key) {
  try {
    const read = JSON.parse(value);
    if (typeof read !== 'object' || read === null) return String(read);
    const said = Object.entries(read).filter(([, one]) => one !== key);
    return said.length === 1 ? String(said[0][1]) : said.map(([name, one]) => `${name} ${one}`).join(' · ');
  } catch {
    return value;
  }
}

/* hue(offset): of the key, as everywhere on the stage. */
export function hues(partition) {
  const { first, keys } = partition.tail ?? { first: 0, keys: '' };
  const known = new Map();
  return (records) => {
    for (const { offset, key } of records) if (key !== null && /[0-7]/.test(keys[offset - first] ?? '')) known.set(key, keys[offset - first]);
    return (key) => known.get(key) ?? '';
  };
}

/* The log as a row of numbered cells. at: those below are read. marks: [{upto, words}], signs below it. */
export function strip(records, hueOf, { at, say, pick = null }) {
  return h('ol', { class: 'fig-strip', 'aria-label': say('fold.log'), tabindex: 0, 'data-testid': 'fig-strip' }, records.map(({ offset, key, value, gone }) => {
    const hidden = (words) => h('span', { class: 'visually-hidden' }, ` ${words}`);
    const inside = [h('span', { class: 'num' }, String(offset)), gone ? h('b', { class: 'hole' }, '·', hidden(say('fold.gone'))) : h('b', {}, key ?? '–'), h('small', {}, gone ? '' : value === null ? '∅' : brief(value, key))];
    const kind = `${offset < at ? 'read' : 'ahead'}${offset === at - 1 ? ' newest' : ''}${gone ? ' gone' : ''}${hueOf(key) ? ` hue${hueOf(key)}` : ''}`;
    return h('li', { key: offset, class: kind, 'data-offset': offset, title: gone ? say('fold.gone') : null }, pick
      ? h('button', { type: 'button', 'aria-current': offset === at - 1 ? 'step' : null, on: { click: () => pick(offset) } }, inside, hidden(say('fold.pick')))
      : h('span', { class: 'in' }, inside));
  }));
}

/* One table. newest: the offset whose row has just been written. */
export function table(rows, hueOf, { id, title, told, kind = '', newest = -1, say }) {
  return h('section', { key: id, class: `fig-table ${kind}`, 'data-testid': `table-${id}`, 'data-rows': rows.length, 'data-sign': sign(rows), 'aria-label': `${title}. ${told}` },
    h('p', { class: 'fig-table-head' }, h('b', {}, title), ' ', h('span', { class: 'muted' }, told)),
    rows.length ? h('table', {}, h('thead', { class: 'visually-hidden' }, h('tr', {}, ['key', 'value', 'offset'].map((column) => h('th', { scope: 'col' }, say(`table.${column}`))))),
      h('tbody', {}, rows.map(({ key, value, offset }) => h('tr', { key, class: offset === newest ? 'new' : null, 'data-key': key, 'data-value': brief(value, key), 'data-offset': offset },
        h('th', { scope: 'row' }, h('span', { class: hueOf(key) ? `dot hue${hueOf(key)}` : 'dot', 'aria-hidden': 'true' }), key), h('td', { class: 'num' }, brief(value, key)), h('td', { class: 'num from' }, `@ ${offset}`)))))
      : h('p', { class: 'muted' }, say('table.empty')));
}
