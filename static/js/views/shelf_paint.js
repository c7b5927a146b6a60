/* The records and chips of a machine's shelf, painted. What a record looks like is told by cells.js, as on the tapes. */
import { dashes, hatch, look } from '../cells.js';
import { type } from './board.js';

/* layout: of shelves.js. */
export function paintShelf(context, layout, colors) {
  for (const item of layout.items) {
    if (layout.rows) paintRow(context, item, colors, layout.m);
    else paintChip(context, item, colors, layout.m);
  }
}

function paintRow(context, item, colors, m) {
  const { partition, replica, first, count, cell, x0, gap, tall, middle, leader } = item;
  const lane = { replica, leader, dead: item.dead, out: item.out };
  const y = middle - tall / 2;
  const last = Math.min(replica.end, first + count);
  for (let offset = Math.max(first, replica.start); offset < last; offset++) {
    const seen = look({ partition }, lane, offset, colors);
    if (!seen) continue;
    const x = x0 + (offset - first) * cell;
    const w = cell - gap;
    context.beginPath();
    context.roundRect(...(seen.open ? [x + 0.8, y + 0.8, w - 1.6, tall - 1.6] : [x, y, w, tall]), leader ? tall / 6 : 1);
    if (seen.open) {
      context.strokeStyle = seen.edge;
      context.lineWidth = 1.6;
      context.stroke();
    } else {
      context.fillStyle = seen.color;
      context.fill();
      if (seen.pale && leader) {
        context.strokeStyle = seen.edge;
        context.lineWidth = 1;
        context.stroke();
      }
    }
    if (leader && cell >= 14 * m.u && tall >= 15) digit(context, seen, x + w / 2, middle, m);
  }
  const from = Math.max(first, replica.start);
  const strip = { x: x0 + (from - first) * cell, y, w: Math.max(0, (last - from) * cell - gap), h: tall };
  if (item.dead) hatch(context, strip, colors.hatch, { lead: m.row });
  else if (item.out) dashes(context, strip, colors.amber);
}

function digit(context, { mark, ink }, x, y, m) {
  context.font = `650 ${10.5 * m.u * m.scale}px "JetBrains Mono Variable", monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = ink;
  context.fillText(mark, x, y + 0.5);
}

/* Leader full, follower a ring, out of the ISR dashed, dead hatched: as in the matrix. */
function paintChip(context, item, colors, m) {
  const { x, y, w, h } = item;
  const round = 5 * m.u;
  context.beginPath();
  context.roundRect(x + 1, y + 1, w - 2, h - 2, round);
  if (item.leader && !item.dead) {
    context.fillStyle = colors.river;
    context.fill();
  } else {
    context.fillStyle = colors.card;
    context.fill();
    const dashed = item.dead || item.out;
    context.setLineDash(dashed ? [3, 2.5] : []);
    context.strokeStyle = item.dead ? colors.red : item.out ? colors.amber : colors.river;
    context.lineWidth = 1.3;
    context.stroke();
    context.setLineDash([]);
    if (item.dead) hatch(context, { x: x + 3, y: y + 3, w: w - 6, h: h - 6 }, colors.line, { lead: 20 });
  }
  context.font = `${item.leader ? 700 : 500} ${Math.min(type(11.5), h * 0.66)}px "JetBrains Mono Variable", monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = item.leader && !item.dead ? colors.card : item.dead ? colors.red : colors.ink;
  context.fillText(String(item.partition.id), x + w / 2, y + h / 2 + 0.5);
}
