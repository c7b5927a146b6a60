/* The records, painted: fillRect batched by colour on one canvas under the page's structure.
 *
 * `look` says what one cell looks like and is all that a test needs to know: `paint` does nothing
 * else with a record. A cell below the high watermark is filled, one past it only outlined. */
import { cellRect, keyAt, xOf } from './layout.js';
import { palette } from './palette.js';

const MARKS = { '-': '·', '?': '' };

/* {color, open, mark, ink} of the record at an offset of a lane, or null where there is none. */
export function look(row, lane, offset, colors = palette()) {
  const { replica } = lane;
  const key = keyAt(row.partition, offset);
  if (offset < replica.start || offset >= replica.end || key === 'x' || !colors.keys[key]) return null;
  const hue = colors.keys[key];
  const open = offset >= row.partition.hw;
  const tone = lane.leader ? 'fill' : lane.dead || lane.out ? 'faint' : 'thin';
  const color = open && lane.leader ? hue.edge : hue[tone];
  const mark = MARKS[key] ?? String(Number(key) + 1);
  return { color, open, pale: key in MARKS, edge: tone === 'faint' ? hue.thin : hue.edge, mark, ink: lane.leader && !open ? hue.mark : colors.ink };
}

/* Paint the rows between span.top and span.bottom of the tapes. The canvas lies over just that part. */
export function paint(canvas, plan, span, paintMatrix) {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Math.ceil(plan.width * ratio), Math.ceil((span.bottom - span.top) * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, -span.top * ratio);
  context.clearRect(0, span.top, plan.width, span.bottom - span.top);
  const colors = palette();
  const brush = new Brush(context, plan.m);
  for (const row of plan.rows) {
    if (row.y + row.h < span.top || row.y > span.bottom) continue;
    if (row.kind === 'tape') {
      paintCard(context, row, plan, colors);
      for (const lane of row.lanes) addLane(brush, row, lane, plan.m, colors);
    } else if (row.kind === 'matrix') {
      paintMatrix(context, row, plan, colors);
    }
  }
  brush.fill();
  for (const row of plan.rows) {
    if (row.kind !== 'tape' || row.y + row.h < span.top || row.y > span.bottom) continue;
    for (const lane of row.lanes) {
      if (lane.dead) hatch(context, strip(row, lane, plan.m), colors.hatch, plan.m);
      else if (lane.out) dashes(context, strip(row, lane, plan.m), colors.amber);
    }
  }
  brush.write(colors.card);
}

/* Collects rectangles by colour, so that a colour is set once and not ten thousand times. */
class Brush {
  constructor(context, m) {
    Object.assign(this, { context, m, flat: new Map(), round: new Map(), hair: new Map(), outline: new Map(), texts: new Map() });
  }

  add(kind, color, ...what) {
    const list = this[kind].get(color);
    if (list) list.push(what);
    else this[kind].set(color, [what]);
  }

  fill() {
    const { context, m } = this;
    for (const [color, list] of this.flat) {
      context.fillStyle = color;
      for (const [x, y, w, h] of list) context.fillRect(x, y, w, h);
    }
    for (const [color, list] of this.round) {
      context.fillStyle = color;
      context.beginPath();
      for (const [x, y, w, h] of list) context.roundRect(x, y, w, h, h / 6);
      context.fill();
    }
    this.edges(this.hair, 1);
    this.edges(this.outline, m.lead > 40 ? 2.5 : 1.6);
  }

  edges(lists, wide) {
    const { context } = this;
    context.lineWidth = wide;
    const half = wide / 2;
    for (const [color, list] of lists) {
      context.strokeStyle = color;
      context.beginPath();
      for (const [x, y, w, h] of list) context.roundRect(x + half, y + half, w - wide, h - wide, h / 7);
      context.stroke();
    }
  }

  /* halo: the colour around marks that do not stand on a full cell. */
  write(halo) {
    const { context, m } = this;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.font = `650 ${m.leadFont}px "JetBrains Mono Variable", monospace`;
    for (const [color, list] of this.texts) {
      context.fillStyle = color;
      context.strokeStyle = halo;
      context.lineWidth = 4;
      for (const [text, x, y, bare] of list) {
        if (bare) context.strokeText(text, x, y);
        context.fillText(text, x, y);
      }
    }
  }
}

function addLane(brush, row, lane, m, colors) {
  const last = Math.min(lane.replica.end, row.first + row.count);
  for (let offset = Math.max(row.first, lane.replica.start); offset < last; offset++) {
    const seen = look(row, lane, offset, colors);
    if (!seen) continue;
    const { x, y, w, h } = cellRect(row, lane, offset, m);
    if (seen.open) brush.add('outline', lane.tall ? seen.edge : seen.color, x, y, w, h);
    else brush.add(lane.tall ? 'round' : 'flat', seen.color, x, y, w, h);
    // a pale cell needs an edge to be seen
    if (lane.tall && seen.pale && !seen.open) brush.add('hair', seen.edge, x, y, w, h);
    if (lane.tall) brush.add('texts', seen.ink, seen.mark, x + w / 2, y + h / 2 + 0.5, lane.dead);
  }
}

function paintCard(context, row, plan, colors) {
  const lost = row.partition.leader < 0;
  context.beginPath();
  context.roundRect(0.75, row.y + 0.75, plan.width - 1.5, row.h - 1.5, plan.m.radius);
  context.fillStyle = colors.card;
  context.fill();
  context.lineWidth = lost ? 1.8 : 1;
  context.strokeStyle = lost ? colors.red : colors.line;
  context.setLineDash(lost ? [6, 4] : []);
  context.stroke();
  // where the next record will land
  const lane = row.lanes[0];
  const next = lane && lane.leader && cellRect(row, lane, lane.replica.end, plan.m);
  if (next) {
    context.setLineDash([2, 3]);
    context.lineWidth = 1;
    context.strokeStyle = colors.soft;
    context.beginPath();
    context.roundRect(next.x + 0.5, next.y + 0.5, next.w - 1, next.h - 1, next.h / 6);
    context.stroke();
  }
  context.setLineDash([]);
}

/* The part of the card that a lane's records cover. */
function strip(row, lane, m) {
  const from = Math.max(row.first, lane.replica.start);
  const to = Math.min(lane.replica.end, row.first + row.count);
  return { x: xOf(row, from), y: row.y + lane.y, w: Math.max(0, (to - from) * row.cell - m.gap), h: lane.h };
}

export function hatch(context, { x, y, w, h }, color, m) {
  if (w <= 0) return;
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  context.beginPath();
  const space = m.lead > 30 ? 10 : 5.5;
  for (let at = x - h; at < x + w; at += space) {
    context.moveTo(at, y + h);
    context.lineTo(at + h, y);
    context.moveTo(at, y);
    context.lineTo(at + h, y + h);
  }
  context.strokeStyle = color;
  context.lineWidth = m.lead > 30 ? 1.6 : 0.9;
  context.stroke();
  context.restore();
}

export function dashes(context, { x, y, w, h }, color) {
  if (w <= 0) return;
  context.save();
  context.strokeStyle = color;
  context.lineWidth = 1.4;
  context.setLineDash([4, 3]);
  context.strokeRect(x - 1.5, y - 1.5, w + 3, h + 3);
  context.restore();
}
