/* What is on its way, painted: each kind has a form of its own, the colour is the key's. */
import { palette } from '../palette.js';

const LIFT = 0.07; // how far a way bends up, of its length
const LIFT_MAX = 26;
const LIFT_LOW = 7; // between two machines: just above their cards
const TRAIL = 0.14;
const ARROW = 15;
const SMALL = new Set(['ask', 'beat', 'nothing']); // these leave no trail: there are many

/* The point of a way at a part of it, with its direction. */
export function pointOn(from, to, part) {
  const eased = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) ** 2;
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const lift = Math.abs(dx) < 8 ? 0 : Math.min(from.low && to.low ? LIFT_LOW : LIFT_MAX, Math.hypot(dx, dy) * LIFT);
  const rise = Math.cos(Math.PI * eased) * Math.PI * lift;
  return { x: from.x + dx * eased, y: from.y + dy * eased - Math.sin(Math.PI * eased) * lift, angle: Math.atan2(dy - rise, dx) };
}

/* flight: plan.js, with the points from and to. frozen: time stands still: show where it was going. */
export function drawFlight(context, flight, from, to, part, { frozen = false, size = 20, named = true } = {}) {
  const at = pointOn(from, to, part);
  const colors = palette();
  const color = colorOf(flight, colors);
  const stopped = flight.lost && part > 0.55;
  const where = stopped ? pointOn(from, to, 0.55) : at;
  if (!frozen && !stopped && !SMALL.has(flight.shape)) trail(context, from, to, part, color);
  if (frozen && flight.shape !== 'ask') arrow(context, where, colors.ink, size); // an open arrow shows it by itself
  context.globalAlpha = stopped ? Math.max(0, 1 - (part - 0.55) / 0.45) : 1;
  SHAPES[flight.shape]?.(context, where, flight, { color, colors, size });
  if (stopped) cross(context, where, size * 0.5, colors.red);
  else if (flight.stuck) pauseSign(context, where, size, colors);
  const words = flight.label || (frozen && named ? flight.api : '');
  if (words && flight.shape !== 'note') write(context, words, where.x + size * 0.7, where.y, colors, size, flight.shape === 'error' ? colors.red : colors.ink);
  context.globalAlpha = 1;
}

function colorOf({ shape, keys }, colors) {
  if (shape === 'record') return (colors.keys[keys[0]] ?? colors.keys['-']).fill;
  if (shape === 'error') return colors.red;
  return shape === 'nothing' ? colors.soft : colors.river;
}

const SHAPES = {
  record(context, { x, y }, { keys, count, read }, { colors, size }) {
    const side = size * (read ? 0.5 : 0.62);
    const shown = [...(keys || '?')].slice(0, Math.min(3, count));
    for (let i = shown.length - 1; i >= 0; i--) {
      const hue = colors.keys[shown[i]] ?? colors.keys['?'];
      const by = i * side * 0.28;
      context.beginPath();
      if (read) context.arc(x - by, y - by, side / 2, 0, 2 * Math.PI);
      else context.roundRect(x - side / 2 - by, y - side / 2 - by, side, side, side / 4);
      context.fillStyle = hue.fill;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = colors.card;
      context.stroke();
      context.lineWidth = 1;
      context.strokeStyle = hue.edge;
      context.stroke();
    }
    if (count > 1) write(context, `×${count}`, x + side * 0.75, y, colors, size, colors.ink);
  },
  ack(context, { x, y }, flight, { colors, size }) {
    const r = size * 0.3;
    disc(context, x, y, r, colors.ok, colors.card);
    context.beginPath();
    context.moveTo(x - r * 0.5, y + r * 0.05);
    context.lineTo(x - r * 0.12, y + r * 0.45);
    context.lineTo(x + r * 0.52, y - r * 0.4);
    stroke(context, colors.card, Math.max(1.6, r * 0.3));
  },
  error(context, { x, y }, flight, { colors, size }) {
    disc(context, x, y, size * 0.32, colors.red, colors.card);
    cross(context, { x, y }, size * 0.28, colors.card);
  },
  ask(context, { x, y, angle }, flight, { colors, size }) {
    const r = size * 0.3;
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.beginPath();
    context.moveTo(-r * 0.7, -r);
    context.lineTo(r * 0.8, 0);
    context.lineTo(-r * 0.7, r);
    stroke(context, colors.card, r * 0.9);
    stroke(context, colors.river, Math.max(1.8, r * 0.36));
    context.restore();
  },
  nothing(context, { x, y }, flight, { colors, size }) {
    context.beginPath();
    context.arc(x, y, size * 0.16, 0, 2 * Math.PI);
    context.fillStyle = colors.card;
    context.fill();
    stroke(context, colors.soft, 1.6);
  },
  beat(context, { x, y }, flight, { colors, size }) {
    const r = size * 0.3;
    context.beginPath();
    context.moveTo(x, y + r * 0.9);
    context.bezierCurveTo(x - r * 1.9, y - r * 0.35, x - r * 0.75, y - r * 1.5, x, y - r * 0.45);
    context.bezierCurveTo(x + r * 0.75, y - r * 1.5, x + r * 1.9, y - r * 0.35, x, y + r * 0.9);
    context.fillStyle = colors.river;
    context.fill();
    stroke(context, colors.card, 1.4);
  },
  note(context, { x, y }, { label }, { colors, size }) {
    if (!label) return void SHAPES.nothing(context, { x, y }, null, { colors, size });
    font(context, size);
    const width = context.measureText(label).width + size * 0.6;
    const height = size * 0.85;
    context.beginPath();
    context.roundRect(x - width / 2, y - height / 2, width, height, height / 2);
    context.fillStyle = colors.card;
    context.fill();
    stroke(context, colors.river, 1.5);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colors.ink;
    context.fillText(label, x, y + 0.5);
  },
};

function trail(context, from, to, part, color) {
  if (part <= 0.02) return;
  context.beginPath();
  for (let i = 0; i <= 4; i++) {
    const { x, y } = pointOn(from, to, Math.max(0, part - TRAIL * (1 - i / 4)));
    if (i) context.lineTo(x, y);
    else context.moveTo(x, y);
  }
  context.globalAlpha = 0.35;
  context.lineCap = 'round';
  stroke(context, color, 3);
  context.globalAlpha = 1;
}

/* Which way it was going. */
function arrow(context, { x, y, angle }, color, size) {
  const from = size * 0.55;
  const to = from + ARROW;
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.beginPath();
  context.moveTo(from, 0);
  context.lineTo(to, 0);
  context.moveTo(to - 5, -4);
  context.lineTo(to, 0);
  context.lineTo(to - 5, 4);
  context.lineCap = 'round';
  stroke(context, color, 2);
  context.restore();
}

function pauseSign(context, { x, y }, size, colors) {
  const r = size * 0.55;
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.setLineDash([4, 3]);
  stroke(context, colors.amber, 2);
  context.setLineDash([]);
}

function cross(context, { x, y }, r, color) {
  context.beginPath();
  context.moveTo(x - r * 0.6, y - r * 0.6);
  context.lineTo(x + r * 0.6, y + r * 0.6);
  context.moveTo(x + r * 0.6, y - r * 0.6);
  context.lineTo(x - r * 0.6, y + r * 0.6);
  context.lineCap = 'round';
  stroke(context, color, 2.4);
}

function disc(context, x, y, r, fill, edge) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  stroke(context, edge, 1.6);
}

function stroke(context, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

export function font(context, size, weight = 650) {
  context.font = `${weight} ${Math.max(10.5, size * 0.5)}px "Inter Variable", sans-serif`;
}

/* Words with a halo, so that they are read on anything. */
export function write(context, words, x, y, colors, size, color) {
  font(context, size, 700);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = colors.card;
  context.strokeText(words, x, y);
  context.fillStyle = color;
  context.fillText(words, x, y);
}

/* Where a record has landed, for who asked for less motion: a ring that fades. */
export function drawRing(context, cell, color, strength) {
  context.globalAlpha = strength;
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.strokeRect(cell.x - cell.w / 2 - 2.5, cell.y - cell.h / 2 - 2.5, cell.w + 5, cell.h + 5);
  context.globalAlpha = 1;
}
