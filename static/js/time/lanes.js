/* The sandboxes this one is related to, as further lines under its own: each leaves the line of its parent where it was
 * branched off, and ends where it stands now. Nothing is thrown away: the line one came from goes on beside. A press
 * on a line leads to that sandbox; the sign at its end lays both side by side. */
import { h } from '../dom.js';
import { tree } from '../switcher.js';

const LANES_MAX = 3;
const LANES_LOW = 2; // where the window is low
const LOW = 1000; // pixels; and where letters are large
const GAP = 14; // pixels of a curve from one line to the other
const WIDE = 0.58; // of a letter, in font sizes

export const pathOf = (id) => (id === 'demo' ? '/' : `/s/${id}/`);

/* All that come from the same first sandbox, in the order of the tree. */
export function family(stage) {
  const rows = stage.rows ?? [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const root = (row) => {
    let at = row;
    for (let i = 0; byId.has(at.parent) && i < rows.length; i += 1) at = byId.get(at.parent);
    return at.id;
  };
  const me = byId.get(stage.sandbox);
  if (!me) return [];
  const first = root(me);
  return tree(rows.filter((row) => root(row) === first));
}

/* The lines that are drawn, the nearest relatives first served: [{row, y}], and how many are not. */
export function lanes(stage, m) {
  const all = family(stage).filter((row) => row.id !== stage.sandbox);
  const me = stage.rows?.find((row) => row.id === stage.sandbox);
  const near = (row) => (row.parent === stage.sandbox ? 0 : row.id === me?.parent ? 0 : row.parent && row.parent === me?.parent ? 1 : 2);
  const most = innerHeight < LOW || m.branch > 30 ? LANES_LOW : LANES_MAX;
  const chosen = new Set([...all].sort((a, b) => near(a) - near(b) || b.created_ms - a.created_ms).slice(0, most));
  const shown = all.filter((row) => chosen.has(row)).map((row, i) => ({ row, y: m.height + m.branch * (i + 0.5) }));
  return { shown, more: all.length - shown.length };
}

export function drawLanes({ shown, more }, scale, m, stage) {
  const { t } = stage;
  const place = new Map(shown.map(({ row, y }) => [row.id, y]));
  place.set(stage.sandbox, m.rail);
  const me = stage.rows?.find((row) => row.id === stage.sandbox);
  const drawn = shown.map(({ row, y }) => lane(row, y, me, place, scale, m, stage));
  if (me?.parent && place.has(me.parent)) {
    const from = scale.x(me.parent_ms);
    if (me.parent_ms > scale.from) drawn.push(h('path', { key: 'came', class: 'lane-line came', d: curve(from, place.get(me.parent), m.rail + 4) }));
  }
  if (more > 0 && m.font) {
    drawn.push(h('text', {
      key: 'more', class: 'lane-more', x: scale.width - 4, y: m.height + m.branch * shown.length - 3, 'font-size': m.font, 'text-anchor': 'end', role: 'button', tabindex: '0',
      'data-testid': 'lanes-more', on: { click: () => stage.change({ switcher: true }), keydown: (event) => event.key === 'Enter' && stage.change({ switcher: true }) },
    }, t('timeline.more', { more })));
  }
  return drawn;
}

function curve(x, from, to) {
  const middle = (from + to) / 2;
  return `M${x} ${from}C${x} ${middle} ${x} ${middle} ${x} ${to}`;
}

function lane(row, y, me, place, scale, m, stage) {
  const { t } = stage;
  const mine = row.id === me?.parent; // where this one came from
  const left = scale.x(scale.from);
  const right = scale.x(scale.to);
  const clip = (px) => Math.max(left, Math.min(right, px));
  const begin = row.parent ? scale.x(row.parent_ms) : left;
  const end = scale.x(Math.max(row.at_ms ?? 0, row.parent_ms ?? 0));
  const size = m.font || 11;
  const text = row.name.length > 34 ? `${row.name.slice(0, 33)}…` : row.name;
  const long = text.length * size * WIDE;
  const start = clip(Math.max(begin + GAP, left));
  const room = right - long - (m.font ? 38 : 18); // the words stand behind the end, or, at the edge, in its place
  const stop = Math.min(clip(Math.max(end, start + 4)), Math.max(start + 4, room - 10));
  const words = Math.min(room, stop + 9);
  const up = place.get(row.parent);
  const branches = up !== undefined && row.parent && row.parent_ms >= scale.from && row.parent_ms <= scale.to;
  const name = t(mine ? 'timeline.parent' : 'timeline.branch', { name: text, at: row.parent_ms, now: row.at_ms ?? 0 });
  return [
    branches ? h('path', { key: `leaves ${row.id}`, class: 'lane-line', 'data-testid': `leaves-${row.id}`, d: `M${begin} ${up + (up === m.rail ? 4 : 0)}C${begin} ${y} ${begin} ${y} ${begin + GAP} ${y}` }) : null,
    h('a', { key: `fork ${row.id}`, class: `fork${row.paused ? ' held' : ''}`, href: pathOf(row.id), 'aria-label': name, 'data-testid': `fork-${row.id}`, 'data-end': Math.round(row.at_ms ?? 0) },
      h('rect', { class: 'fork-reach', x: Math.min(start, words) - 4, y: y - m.branch / 2, width: Math.max(stop, words + long) - Math.min(start, words) + 10, height: m.branch }),
      h('path', { class: 'lane-line', d: `M${branches ? begin + GAP : start} ${y}H${stop}` }),
      end > right || row.paused ? null : h('path', { class: 'lane-on', d: `M${stop + 1} ${y - 3.5}l5 3.5l-5 3.5` }),
      row.paused && end <= right ? h('path', { class: 'lane-held', d: `M${stop + 1.5} ${y - 4}v8M${stop + 5.5} ${y - 4}v8` }) : null,
      h('text', { class: 'fork-name', x: words + 2, y: y + size * 0.36, 'font-size': size }, text)),
    m.font ? h('a', { key: `side ${row.id}`, class: 'beside', href: `/compare/${mine ? row.id : stage.sandbox}/${mine ? stage.sandbox : row.id}/`, 'aria-label': t('timeline.beside', { name: row.name }), 'data-testid': `beside-${row.id}` },
      h('title', {}, t('timeline.beside', { name: row.name })),
      h('rect', { class: 'fork-reach', x: words + long + 4, y: y - 12, width: 24, height: 24 }),
      h('path', { class: 'beside-sign', d: `M${words + long + 11} ${y - 4.5}h4v9h-4zM${words + long + 18} ${y - 4.5}h4v9h-4z` })) : null,
  ];
}

/* The one before or after this one in the tree; null where there is none. */
export function neighbour(stage, by) {
  const all = family(stage);
  const at = all.findIndex((row) => row.id === stage.sandbox);
  return at < 0 ? null : (all[at + by] ?? null);
}
