/* Lines and boxes of the figures, in the units of their viewBox. */
import { h } from '../../dom.js';

export const BOX = { w: 104, h: 34 };

/* n places on an ellipse, the first at the top, clockwise. */
export function ring(n, { x, y, rx, ry }) {
  return Array.from({ length: n }, (_, i) => {
    const turn = -Math.PI / 2 + (2 * Math.PI * i) / n;
    return { x: x + rx * Math.cos(turn), y: y + ry * Math.sin(turn) };
  });
}

/* Where a line from the middle of a box leaves it, towards a point. */
function edge(from, to, { w, h: height }, gap = 4) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const out = Math.min((w / 2) / (Math.abs(dx) || 1e-9), (height / 2) / (Math.abs(dy) || 1e-9)) + gap / length;
  return { x: from.x + dx * out, y: from.y + dy * out };
}

const at = ({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/* A line with a head, from box to box, bent to its left so that two that go both ways stay apart. */
export function arrow(key, kind, from, to, { bend = 0, fromBox = BOX, toBox = BOX, shift = 0, props = {} } = {}) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const side = { x: (to.y - from.y) / length, y: (from.x - to.x) / length };
  const moved = (point) => ({ x: point.x + side.x * shift, y: point.y + side.y * shift });
  const [a, b] = [moved(from), moved(to)];
  const middle = { x: (a.x + b.x) / 2 + side.x * bend, y: (a.y + b.y) / 2 + side.y * bend };
  const start = edge(a, middle, fromBox);
  const end = edge(b, middle, toBox, 5);
  const far = Math.hypot(end.x - middle.x, end.y - middle.y) || 1;
  const way = { x: (end.x - middle.x) / far, y: (end.y - middle.y) / far };
  const wing = (sign) => ({ x: end.x - way.x * 8 + sign * way.y * 3.6, y: end.y - way.y * 8 - sign * way.x * 3.6 });
  return h('g', { key, class: `fig-line ${kind}`, ...props },
    h('path', { class: 'shaft', d: `M${at(start)}Q${at(middle)} ${at(end)}` }),
    h('path', { class: 'head', d: `M${at(end)}L${at(wing(1))}L${at(wing(-1))}z` }));
}

/* A system, as a button where act is given. badge: a short text at its corner. */
export function node({ key, name, place, box = BOX, state = '', badge = '', mark = '', label = '', test = null, act = null, off = '' }) {
  const press = act ? {
    role: 'button', tabindex: 0, 'aria-label': label, 'aria-disabled': off ? 'true' : null,
    on: {
      click: () => act(),
      keydown: (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        act();
      },
    },
  } : {};
  const [left, top] = [place.x - box.w / 2, place.y - box.h / 2];
  return h('g', { key, class: `fig-node ${state}`, 'data-testid': test, 'data-state': state || 'up', 'data-badge': badge, ...press },
    h('rect', { class: 'fig-box', x: left, y: top, width: box.w, height: box.h, rx: 8 }),
    state === 'down' ? h('path', { key: 'hatch', class: 'fig-hatch', d: hatch(left, top, box) }) : null,
    h('text', { key: 'name', x: place.x, y: place.y + 5, 'text-anchor': 'middle' }, name),
    mark ? pill('mark', left + 4, top, mark) : null,
    badge ? pill('badge', left + box.w + 4 - badge.length * 4.2, top, badge) : null);
}

const pill = (kind, x, y, text) => h('g', { key: kind, class: `fig-pill ${kind}`, 'aria-hidden': 'true' },
  h('rect', { x: x - text.length * 4.2 - 6, y: y - 11, width: text.length * 8.4 + 12, height: 21, rx: 10.5 }), h('text', { x, y: y + 4.5, 'text-anchor': 'middle' }, text));

function hatch(left, top, { w, h: height }) {
  const lines = [];
  for (let x = 8; x < w + height; x += 10) {
    const [x1, y1] = x < w ? [left + x, top] : [left + w, top + x - w];
    const [x2, y2] = x < height ? [left, top + x] : [left + x - height, top + height];
    lines.push(`M${x1} ${y1}L${x2} ${y2}`);
  }
  return lines.join('');
}

/* The last records of a partition as a small tape, in the colours of their keys. */
export function tape({ x, y, w, h: height }, partition, cells = 9) {
  const { first, keys } = partition.tail ?? { first: 0, keys: '' };
  const from = Math.max(partition.start, partition.end - cells);
  const width = (w - 8) / cells;
  return h('g', { key: 'tape', class: partition.leader < 0 ? 'fig-tape lost' : 'fig-tape' },
    h('rect', { class: 'fig-rail', x: x - w / 2, y: y - height / 2, width: w, height, rx: 7 }),
    Array.from({ length: Math.min(cells, partition.end - from) }, (_, i) => {
      const key = keys[from + i - first];
      return h('rect', { key: from + i, class: /[0-7]/.test(key ?? '') ? `fig-cell fill${key}` : 'fig-cell', x: x - w / 2 + 4 + i * width, y: y - height / 2 + 5, width: width - 2, height: height - 22, rx: 2 });
    }),
    h('text', { key: 'end', class: 'num', x, y: y + height / 2 - 4, 'text-anchor': 'middle' }, String(partition.end)));
}
