/* Records on their way: a dot from who wrote it to its cell, and from the cell to who received it.
 *
 * Each stands for counted events of the engine's. Nothing runs while nothing flies. Up to 5 a second an
 * edge each flies by itself, up to 60 a batch flies as "×N", above that one sample every 2 s. Whoever
 * asked for less motion gets a ring that fades where the record landed. */
import { keyAt } from './layout.js';
import { palette } from './palette.js';
import { prefs } from './prefs.js';

const FLIGHT_MS = 400;
const FADE_MS = 700;
const IN_FLIGHT_MAX = 300;
const BUSY = 60;
const SAMPLE_MS = 2000;

export class Flights {
  constructor(canvas, cluster) {
    Object.assign(this, { canvas, cluster, flying: [], running: false, edges: new Map() });
  }

  /* traffic: the events of one frame. Call after the picture is drawn: cells and cards are where they now are. */
  launch(traffic, snapshot) {
    if (document.hidden || !traffic?.length) return;
    const now = performance.now();
    for (const [edge, { event, count }] of this.together(traffic)) {
      if (this.flying.length >= IN_FLIGHT_MAX) break;
      if (!this.due(edge, count, now)) continue;
      const flight = this.plan(event, count, snapshot, now);
      if (flight) this.flying.push(flight);
    }
    if (this.flying.length && !this.running) {
      this.running = true;
      requestAnimationFrame((time) => this.tick(time));
    }
  }

  together(traffic) {
    const edges = new Map();
    for (const event of traffic) {
      const { producer, consumer, topic, partition, first, last } = event.params;
      const who = event.code === 'appended' ? producer : event.code === 'delivered' ? consumer : '';
      if (!who) continue;
      const edge = `${event.code} ${who} ${topic}-${partition}`;
      const before = edges.get(edge);
      edges.set(edge, { event, count: (before?.count || 0) + last - first + 1 });
    }
    return edges;
  }

  due(edge, count, now) {
    const seen = this.edges.get(edge) || { since: now, records: 0, shown: -Infinity, busy: false };
    this.edges.set(edge, seen);
    if (now - seen.since >= 1000) {
      seen.busy = (seen.records * 1000) / (now - seen.since) > BUSY;
      Object.assign(seen, { since: now, records: 0 });
    }
    seen.records += count;
    if (seen.busy && now - seen.shown < SAMPLE_MS) return false;
    seen.shown = now;
    return true;
  }

  plan(event, count, snapshot, now) {
    const { topic, partition, last, producer, consumer } = event.params;
    const it = snapshot.topics.find((x) => x.name === topic)?.partitions.find((x) => x.id === partition);
    if (!it || it.leader < 0) return null;
    const cell = this.cluster.cellAt(topic, partition, it.leader, last);
    if (!cell) return null;
    const place = { x: cell.x + cell.w / 2, y: cell.y + cell.h / 2 };
    const wrote = event.code === 'appended';
    const other = end(wrote ? producer : consumer, wrote, topic);
    if (!other && !prefs.still) return null;
    const speed = Math.min(4, Math.max(0.25, snapshot.pace.speed || 1));
    const key = keyAt(it, last);
    return {
      from: wrote ? other : place, to: wrote ? place : other, color: (palette().keys[key] || palette().keys['-']).fill, count, wrote,
      size: cell.h, start: now, span: prefs.still ? FADE_MS : FLIGHT_MS / speed, landed: prefs.still ? [topic, partition, it.leader, last] : null,
    };
  }

  tick(now) {
    const ratio = devicePixelRatio || 1;
    const { canvas } = this;
    if (canvas.width !== Math.ceil(innerWidth * ratio)) canvas.width = Math.ceil(innerWidth * ratio);
    if (canvas.height !== Math.ceil(innerHeight * ratio)) canvas.height = Math.ceil(innerHeight * ratio);
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, innerWidth, innerHeight);
    this.flying = this.flying.filter((flight) => now - flight.start < flight.span);
    for (const flight of this.flying) {
      const part = Math.max(0, (now - flight.start) / flight.span);
      if (flight.landed) drawRing(context, this.cluster.cellAt(...flight.landed), flight.color, 1 - part);
      else drawFlight(context, flight, part);
    }
    this.running = this.flying.length > 0;
    if (this.running) requestAnimationFrame((time) => this.tick(time));
  }
}

/* Where a producer or a consumer stands; records written by hand leave from their topic's own button. */
function end(who, wrote, topic) {
  const name = CSS.escape(who);
  const found = document.querySelector(wrote ? `[data-producer="${name}"]` : `[data-member="${name}"] svg`)
    || document.querySelector(`[data-testid="client-${name}"]`)
    || (wrote && who === 'composer' && document.querySelector(`[data-testid="topic-${CSS.escape(topic)}-compose"]`));
  if (!found) return null;
  const box = found.getBoundingClientRect();
  if (box.bottom < 0 || box.top > innerHeight) return null;
  return { x: wrote ? box.right - 4 : box.left, y: box.top + box.height / 2 };
}

/* Where a record has landed, about its cell wherever that is by now. */
function drawRing(context, cell, color, strength) {
  if (!cell) return;
  context.globalAlpha = strength;
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.strokeRect(cell.x - 2.5, cell.y - 2.5, cell.w + 5, cell.h + 5);
  context.globalAlpha = 1;
}

function drawFlight(context, { from, to, color, count, wrote, size }, part) {
  const eased = 1 - (1 - part) ** 3;
  const x = from.x + (to.x - from.x) * eased;
  const y = from.y + (to.y - from.y) * eased - Math.sin(Math.PI * part) * 18;
  const side = wrote ? size * 0.62 : size * 0.46;
  const colors = palette();
  context.beginPath();
  if (wrote) context.roundRect(x - side / 2, y - side / 2, side, side, side / 4);
  else context.arc(x, y, side / 2, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = colors.card;
  context.stroke();
  if (count > 1) {
    context.font = `700 ${Math.max(11, size * (wrote ? 0.5 : 0.36))}px "Inter Variable", sans-serif`;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.lineWidth = 3;
    context.strokeText(`×${count}`, x + side * 0.7, y);
    context.fillStyle = colors.ink;
    context.fillText(`×${count}`, x + side * 0.7, y);
  }
}
