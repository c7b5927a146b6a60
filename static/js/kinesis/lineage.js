/* Shards over the range of hash keys, drawn: as wide as their range, parents above their children. */
import { h } from '../dom.js';
import { generations, numberOf, share } from './hashes.js';

const [WIDTH, ROW, BOX, LEFT] = [960, 74, 42, 12];
const NARROW = 26; // pixels: no room for a number

export function lineage(desk, stream, chosen, choose) {
  const { say } = desk;
  const rows = generations(stream.shards);
  const deep = Math.max(0, ...rows.values());
  const most = Math.max(1, ...stream.shards.map((shard) => shard.records_s ?? 0));
  const height = 30 + deep * ROW + BOX + 30;
  const x = (hash) => LEFT + share(hash) * (WIDTH - 2 * LEFT);
  const place = (shard) => ({ x: x(shard.from) + 1.5, width: Math.max(3, x(shard.to) - x(shard.from) - 3), y: 30 + rows.get(shard.id) * ROW });
  return h('div', { key: 'lineage', class: 'k-lineage-scroll' }, h('svg', { class: 'k-lineage', viewBox: `0 -10 ${WIDTH} ${height - 8}`, role: 'group', 'aria-label': say('lineage'), 'data-testid': 'lineage' },
    axis(desk, x),
    stream.shards.flatMap((shard) => shard.parents.map((id) => stream.shards.find((one) => one.id === id)).filter(Boolean).map((parent) => link(parent, shard, place))),
    stream.shards.map((shard) => box(desk, shard, place(shard), (shard.records_s ?? 0) / most, chosen === shard.id, choose))));
}

function axis(desk, x) {
  const ends = [[0n, '0', '', '', 'start'], [1n << 127n, '2', '127', '', 'middle'], [(1n << 128n) - 1n, '2', '128', ' − 1', 'end']];
  return h('g', { class: 'axis', 'aria-hidden': 'true' }, h('line', { x1: x(0n), x2: x((1n << 128n) - 1n), y1: 18, y2: 18 }),
    ends.map(([hash, base, power, more, anchor]) => h('text', { key: anchor, x: x(hash), y: 11, 'text-anchor': anchor }, base,
      power ? h('tspan', { class: 'power', dy: -4 }, power) : null, more ? h('tspan', { dy: 4 }, more) : null)));
}

function link(parent, child, place) {
  const [from, to] = [place(parent), place(child)];
  const [x1, y1] = [Math.min(Math.max(to.x + to.width / 2, from.x + 4), from.x + from.width - 4), from.y + BOX];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  return h('path', { key: `${parent.id} ${child.id}`, class: 'tie', d: `M${x1} ${y1}C${x1} ${y1 + 16} ${x2} ${y2 - 16} ${x2} ${y2}` });
}

function box(desk, shard, at, load, chosen, choose) {
  const { say } = desk;
  const number = numberOf(shard.id);
  const words = shard.open ? 'lineage.open' : 'lineage.closed';
  return h('g', {
    key: shard.id, class: `shard ${shard.open ? 'open' : 'closed'}${chosen ? ' chosen' : ''}`, role: 'button', tabindex: '0', 'aria-pressed': String(chosen),
    'aria-label': say(words, { number, shard: shard.id, records: shard.records, from: shard.from, to: shard.to }), 'data-testid': `box-${shard.id}`,
    on: {
      click: () => choose(shard.id),
      keydown: (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        choose(shard.id);
      },
    },
  },
  h('rect', { x: at.x, y: at.y, width: at.width, height: BOX, rx: 6 }),
  shard.open && load > 0 ? h('rect', { class: 'load', x: at.x, y: at.y + BOX - 4, width: Math.max(2, at.width * load), height: 4, rx: 2 }) : null,
  at.width > NARROW ? h('text', { x: at.x + at.width / 2, y: at.y + 26, 'text-anchor': 'middle' }, String(number)) : null);
}
