/* Shards and their records, painted. A record has its key's colour; past the high watermark it is only outlined; a
 * closed shard's are paler; a shard whose partition has no leader is hatched. */
import { hatch } from '../cells.js';
import { keyAt } from '../layout.js';

const MARKS = { '-': '·', '?': '', x: '' };
const LATELY_MS = 4000; // so long a throttle shows
const NUMBER = 34; // pixels at both ends of a bar
const HATCHED = 0.34; // words stand on it

/* Whether it refused somebody in the last seconds, of the cluster's own time. */
export const throttledLately = (shard, now) => shard.throttled_ms >= 0 && now - shard.throttled_ms < LATELY_MS;

export function paintStream(context, layout, { now, chosen, probed }, colors) {
  for (const one of layout.lanes) {
    body(context, one, layout.m, colors, { throttled: throttledLately(one.shard, now), chosen: one.shard.id === chosen, probed: one.shard.id === probed, dense: layout.dense });
    if (layout.dense) fill(context, one, layout.m, colors);
    else tape(context, one, layout.m, colors);
  }
}

function body(context, { x, y, w, h, shard, lost }, m, colors, { throttled, chosen, probed, dense }) {
  const outline = () => {
    context.beginPath();
    context.roundRect(x + 0.75, y + 0.75, w - 1.5, h - 1.5, dense ? 2 : 8 * m.u);
  };
  outline();
  context.fillStyle = shard.open ? colors.card : colors.rail;
  context.fill();
  if (lost) {
    context.globalAlpha = HATCHED;
    hatch(context, { x: x + 1, y: y + 1, w: w - 2, h: h - 2 }, colors.hatch, { lead: 34 });
    context.globalAlpha = 1;
    outline();
  }
  context.setLineDash(lost ? [6, 4] : throttled ? [4, 3] : []);
  context.lineWidth = probed || chosen ? 2.4 : lost || throttled ? 1.8 : 1;
  context.strokeStyle = lost ? colors.red : throttled ? colors.amber : probed ? colors.river : chosen ? colors.ink : colors.line;
  context.stroke();
  context.setLineDash([]);
}

/* Of so many shards only how full each is. */
function fill(context, { x, y, w, h, shard, end, start }, m, colors) {
  context.fillStyle = shard.open ? colors.river : colors.hatch;
  const share = Math.min(1, Math.log10(1 + end - start) / 6);
  const [from, thick] = [x + NUMBER * m.u, Math.max(2, Math.min(h * 0.34, 6 * m.u))]; // beside its number
  if (share > 0) context.fillRect(from, y + (h - thick) / 2, (w - 2 * NUMBER * m.u) * share, thick);
}

function tape(context, one, m, colors) {
  const { shard, partition, end, start, first, count, hw } = one;
  const y = one.y + one.tapeY;
  const side = m.cell - m.gap;
  const texts = [];
  for (let offset = Math.max(first, start); offset < Math.min(end, first + count); offset++) {
    const key = partition ? keyAt(partition, offset) : '?';
    const hue = colors.keys[key];
    if (!hue) continue;
    const x = one.x + one.x0 + (offset - first) * m.cell;
    const open = offset >= hw;
    context.beginPath();
    context.roundRect(x + (open ? 0.8 : 0), y + (open ? 0.8 : 0), side - (open ? 1.6 : 0), m.tape - (open ? 1.6 : 0), m.tape / 6);
    if (open) {
      context.strokeStyle = hue.edge;
      context.lineWidth = 1.6;
      context.stroke();
    } else {
      context.fillStyle = shard.open ? hue.fill : hue.thin;
      context.fill();
      if (key in MARKS) {
        context.strokeStyle = hue.edge;
        context.lineWidth = 1;
        context.stroke();
      }
    }
    texts.push([MARKS[key] ?? String(Number(key) + 1), x + side / 2, open || !shard.open ? colors.ink : hue.mark]);
  }
  const next = end - first;
  if (shard.open && next < count) {
    context.setLineDash([2, 3]);
    context.lineWidth = 1;
    context.strokeStyle = colors.soft;
    context.beginPath();
    context.roundRect(one.x + one.x0 + next * m.cell + 0.5, y + 0.5, side - 1, m.tape - 1, m.tape / 6);
    context.stroke();
    context.setLineDash([]);
  }
  context.font = `650 ${Math.min(m.tagFont, side * 0.66)}px "JetBrains Mono Variable", monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const [text, x, ink] of texts) {
    context.fillStyle = ink;
    context.fillText(text, x, y + m.tape / 2 + 0.5);
  }
}
