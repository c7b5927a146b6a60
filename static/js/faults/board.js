/* The nodes in a ring and the links between them, as they are: whole, slow, cut one way or both. A press on two nodes
 * chooses the link between them (the lists below do the same for the keyboard). */
import { h } from '../dom.js';
import { faultsOf, isController, nodeName } from './words.js';

const [WIDTH, HEIGHT] = [308, 214];
const [CX, CY, RX, RY] = [154, 104, 112, 78];
const NODE = 17;

export function board({ inside, clients, from, to, press }, stage) {
  const { t, snapshot } = stage;
  const nodes = [...inside, ...clients];
  const places = new Map(nodes.map((node, i) => [node, place(i, nodes.length)]));
  const wrong = wrongOf(snapshot, inside);
  const lines = pairs(inside, clients).map(([one, other]) => line(one, other, places, wrong, [from, to], stage));
  return h('svg', {
    key: 'board', class: 'link-board', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'data-testid': 'link-board',
    'aria-label': t('link.board', { nodes: nodes.length, wrong: faultsOf(snapshot).filter((f) => f.other || f.kind === 'isolated').length }),
  },
  lines.sort((a, b) => a.rank - b.rank).map(({ drawn }) => drawn),
  nodes.map((node) => spot(node, places.get(node), [from, to].indexOf(node), press, stage)));
}

/* Evenly around, the controller on top. */
function place(i, count) {
  const angle = -Math.PI / 2 + (2 * Math.PI * i) / count;
  return [Math.round(CX + RX * Math.cos(angle)), Math.round(CY + RY * Math.sin(angle))];
}

/* Links that are used: all inside, and from a client to the brokers, not to the controller. */
function pairs(inside, clients) {
  const found = [];
  inside.forEach((one, i) => inside.slice(i + 1).forEach((other) => found.push([one, other])));
  for (const client of clients) for (const node of inside) if (!isController(node)) found.push([node, client]);
  return found;
}

/* By "from to": {cut, ms}. */
function wrongOf(snapshot, inside) {
  const found = new Map();
  const put = (from, to, what) => found.set(`${from} ${to}`, { ...found.get(`${from} ${to}`), ...what });
  for (const fault of faultsOf(snapshot)) {
    if (fault.kind === 'isolated') {
      for (const other of inside.filter((n) => n !== fault.node)) {
        put(fault.node, other, { cut: true });
        put(other, fault.node, { cut: true });
      }
    } else if (fault.other) {
      const what = fault.kind === 'cut' ? { cut: true } : { ms: fault.ms };
      put(fault.node, fault.other, what);
      if (fault.both) put(fault.other, fault.node, what);
    }
  }
  return found;
}

function line(one, other, places, wrong, chosen, { t }) {
  const [[x1, y1], [x2, y2]] = [places.get(one), places.get(other)];
  const [there, back] = [wrong.get(`${one} ${other}`) ?? {}, wrong.get(`${other} ${one}`) ?? {}];
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const selected = chosen.includes(one) && chosen.includes(other);
  const state = there.cut && back.cut ? 'cut' : there.cut || back.cut ? 'half' : there.ms || back.ms ? 'late' : 'whole';
  const ms = Math.max(there.ms ?? 0, back.ms ?? 0);
  const drawn = h('g', { key: `${one} ${other}`, class: `link-line ${state}${selected ? ' selected' : ''}`, 'data-link': `${one} ${other}`, 'data-state': state },
    h('path', { d: `M${x1} ${y1}L${x2} ${y2}` }),
    state === 'cut' ? cross(mx, my) : null,
    state === 'half' ? [cross(...along(x1, y1, x2, y2, there.cut ? 0.36 : 0.64)), arrow(...(there.cut ? [x2, y2, x1, y1] : [x1, y1, x2, y2]))] : null,
    ms && state !== 'cut' ? h('text', { x: mx, y: my - 4, 'text-anchor': 'middle' }, `+${t('fault.ms', { ms })}`) : null);
  return { drawn, rank: (state === 'whole' ? 0 : 2) + (selected ? 1 : 0) };
}

const along = (x1, y1, x2, y2, share) => [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];

const cross = (x, y) => h('g', { class: 'link-cross' }, h('circle', { cx: x, cy: y, r: 8 }), h('path', { d: `M${x - 3.5} ${y - 3.5}l7 7M${x + 3.5} ${y - 3.5}l-7 7` }));

/* Which way is still open: a tip near the end that is still reached. */
function arrow(x1, y1, x2, y2) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [tx, ty] = [x2 - ux * (NODE + 4), y2 - uy * (NODE + 4)];
  const side = (s) => `${tx - ux * 9 - uy * 5 * s} ${ty - uy * 9 + ux * 5 * s}`;
  return h('path', { class: 'link-tip', d: `M${tx} ${ty}L${side(1)}L${side(-1)}z` });
}

function spot(node, [x, y], chosen, press, stage) {
  const short = node.length > 4 ? `${node.slice(0, 3)}…` : node;
  const broker = stage.snapshot.brokers.find((b) => `B${b.id}` === node);
  const down = broker && (broker.state === 'crashed' || broker.state === 'stopped');
  return h('g', { key: node, class: `link-node${chosen >= 0 ? ' picked' : ''}${down ? ' down' : ''}`, 'data-node': node, on: { click: () => press(node) } },
    h('title', {}, nodeName(node, stage)),
    h('circle', { cx: x, cy: y, r: NODE }),
    h('text', { x, y: y + 4, 'text-anchor': 'middle' }, short));
}
