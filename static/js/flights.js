/* What is on its way, on a canvas over everything: records from who wrote them to the leader, from there to the
 * followers and to who reads them, acknowledgements on their way back; and, while time goes slowly or by steps, every
 * request: heartbeats, fetches, joins.
 *
 * Each stands for a counted event or a real request of the engine's. Where it is is a function of (sent,
 * received, now) (motion/clock.js): nothing runs while nothing flies, and while time stands still all stand still, each with
 * an arrow that says where to. What the engine says is under way just then is shown as far as it has got.
 * How much flies is said in motion/rates.js. Whoever asked for less motion gets a ring that fades where a record landed. */
import { slow } from './requests/feed.js';
import { Clock, progress } from './motion/clock.js';
import { ofAck, ofEvent, ofRow } from './motion/plan.js';
import { Places } from './motion/places.js';
import { Rates } from './motion/rates.js';
import { schedule, spanAt } from './motion/schedule.js';
import { drawFlight, drawRing, pointOn } from './motion/shapes.js';
import { drawStripe, stripesOf } from './motion/stripes.js';
import { ofStreams, trafficFor } from './motion/streams.js';
import { palette } from './palette.js';
import { prefs } from './prefs.js';

const FADE_MS = 700;
const BUSY = 40; // from so many things in flight on, and while stripes flow, every second picture is enough: the page has more to do then
const IN_FLIGHT_MAX = 300;
const STAGGER_MS = 70; // between records that came in one batch and fly by themselves
const ACKS_KEPT = 200; // records of a producer that wait for their acknowledgement
const LATEST_MS = 1500;
const NAMED_MAX = 14; // so many that stand still are named
const ITEM = 20; // size of what flies, in CSS pixels; twice for a projector
const WITHOUT = new Set(['requests', 'files']); // views in which nobody stands

export class Flights {
  constructor(canvas, cluster, stage) {
    Object.assign(this, {
      canvas, stage, cluster, clock: new Clock(), places: new Places(cluster, stage), rates: new Rates(), flying: [], ghosts: [], rings: [], stripes: [],
      arrivals: new Map(), written: new Map(), acked: new Map(), since: 0, stood: 0, heard: 0, frame: null, dirty: null, paused: null,
    });
    stage.rates = this.rates;
    stage.feed.listen((rows, answer) => this.requests(rows, answer));
  }

  /* A frame of the present. Call when its picture is drawn: cells and cards are where they now are. */
  hear(snapshot) {
    const now = performance.now();
    this.rates.hear(snapshot, now);
    if (this.stage.past.on) return;
    const { paused } = snapshot.pace;
    const stepped = paused && this.paused && snapshot.step > this.heard;
    if (paused !== this.paused) {
      this.paused = paused;
      this.stood = snapshot.step; // what comes after it was stepped to
      if (paused) this.clock.stop();
      else {
        this.clock.go();
        this.ghosts = [];
      }
    } else if (stepped && this.flying.length) this.land(); // what hung in the air arrives
    this.heard = snapshot.step;
    const requests = slow(snapshot.pace) && this.shown;
    this.stage.feed.want('motion', requests && !prefs.still);
    this.acknowledge(snapshot, requests || paused);
    if (this.shown) this.launch(trafficFor(this.stage.view.view, snapshot.traffic ?? [], snapshot, requests && !prefs.still), snapshot);
    if (stepped && this.flying.length) this.land();
    this.stripes = this.shown && !paused ? stripesOf(snapshot, this.rates, now) : [];
    this.go();
  }

  /* Another moment is shown. traffic: of a step forward to it. */
  turned(traffic) {
    const { stage } = this;
    if (!traffic.length) this.clear();
    stage.feed.want('motion', this.shown && !prefs.still && (stage.past.on || slow(stage.live.pace)));
    if (stage.past.on && !traffic.length) this.clock.stop();
    else if (!stage.past.on && !stage.live.pace.paused) this.clock.go();
    if (this.shown) this.launch(trafficFor(stage.view.view, traffic, stage.snapshot, !prefs.still), stage.snapshot);
    if (stage.past.on && traffic.some(ofStreams) && this.flying.length) this.land();
    this.go();
  }

  clear() {
    Object.assign(this, { flying: [], ghosts: [], rings: [], stripes: [] });
    this.arrivals.clear();
    this.go();
  }

  get shown() {
    return !document.hidden && !WITHOUT.has(this.stage.view.view);
  }

  /* The picture has changed: things stand elsewhere. */
  settle() {
    this.places.forget();
    if (!this.shown && (this.flying.length || this.ghosts.length || this.stripes.length)) this.clear();
    this.go();
  }

  // --- from events: at the usual speeds -----------------------------------------------------------

  launch(traffic, snapshot) {
    const together = new Map();
    for (const event of traffic) {
      const { producer, consumer, broker, topic, partition, first, last } = event.params;
      const edge = `${event.code} ${producer ?? ''} ${consumer ?? ''} ${broker} ${topic}-${partition}`;
      const before = together.get(edge);
      const count = event.records ?? last - first + 1;
      together.set(edge, before ? { code: event.code, params: { ...event.params, first: before.params.first }, count: before.count + count } : { code: event.code, params: event.params, count, rate: event.rate ?? 0 });
      if (event.code === 'appended') this.wrote(event.params);
    }
    for (const event of together.values()) this.launchOne(event, snapshot);
  }

  launchOne(event, snapshot) {
    const flight = ofEvent(event, snapshot);
    if (!flight) return;
    const now = performance.now();
    const kind = this.rates.kind(flight.way);
    if (kind === 'stripe' && !event.rate && !this.rates.sample(`${event.code} ${flight.way}`, now)) return;
    const name = `${event.params.topic}-${event.params.partition}@${event.params.last}`;
    if (prefs.still) {
      this.ring(event, flight);
      return;
    }
    const span = spanAt(snapshot.pace);
    const start = Math.min(this.clock.now + LATEST_MS, Math.max(this.clock.now, this.arrivals.get(`${name} ${BEFORE[event.code]}`) ?? 0));
    this.arrivals.set(`${name} ${event.code}`, start + span);
    const copies = kind === 'each' && event.code !== 'replicated' ? Math.min(event.count, 5) : 1;
    for (let i = 0; i < copies; i++) {
      const offset = event.params.last - (copies - 1 - i);
      const own = copies > 1 ? ofEvent({ code: event.code, params: { ...event.params, first: offset, last: offset } }, snapshot) : flight;
      this.add({ ...own, count: copies > 1 || kind === 'stripe' ? 1 : event.count, sent: start + i * STAGGER_MS, received: start + span + i * STAGGER_MS });
    }
    if (this.arrivals.size > 3000) this.arrivals.clear();
  }

  wrote({ producer, topic, partition, last }) {
    const waiting = this.written.get(producer) ?? [];
    waiting.push({ topic, partition, offset: last });
    this.written.set(producer, waiting.slice(-ACKS_KEPT));
  }

  /* What producers have been told since the last frame, from their own counters. */
  acknowledge(snapshot, silent) {
    for (const producer of snapshot.producers) {
      const before = this.acked.get(producer.id);
      this.acked.set(producer.id, producer.acked);
      const told = before === undefined ? 0 : producer.acked - before;
      if (producer.kind !== 'sim' || told <= 0) continue;
      const waiting = this.written.get(producer.id) ?? [];
      const done = waiting.splice(0, Math.min(told, waiting.length));
      if (silent || prefs.still || this.rates.kind(`from ${producer.id}`) === 'stripe') continue;
      for (const where of done.slice(-3)) {
        const flight = ofAck(producer.id, where, snapshot);
        const span = spanAt(snapshot.pace);
        const name = `${where.topic}-${where.partition}@${where.offset}`;
        const start = Math.max(this.clock.now, this.arrivals.get(`${name} replicated`) ?? this.arrivals.get(`${name} appended`) ?? 0);
        if (flight) this.add({ ...flight, sent: Math.min(start, this.clock.now + LATEST_MS), received: Math.min(start, this.clock.now + LATEST_MS) + span });
      }
    }
  }

  ring(event, flight) {
    if (event.code === 'replicated') return;
    this.rings.push({ about: flight.about.to ?? flight.about.from, broker: flight.about.to ? flight.to : flight.from, key: flight.keys, start: performance.now() });
    this.rings = this.rings.slice(-40);
  }

  // --- from requests: slow, by steps, and in the past ---------------------------------------------

  requests(rows, answer) {
    if (prefs.still || !this.shown || !(this.stage.past.on || slow(this.stage.live.pace))) return;
    const { snapshot, past } = this.stage;
    const real = answer.first || answer.jumped ? [] : rows.filter((row) => !row.gap);
    const steps = past.on || (snapshot.pace.paused && real.some((row) => row.step > this.stood));
    const pace = { paused: steps, speed: snapshot.pace.speed };
    if (answer.jumped) this.flying = [];
    const stood = new Map(this.ghosts.map((ghost) => [ghost.n, ghost]));
    const planned = schedule(real, { now: this.clock.now, pace, since: this.since, arrivals: this.arrivals });
    this.since = answer.at_ms ?? this.stage.live.at_ms;
    let end = this.clock.now;
    for (const { row, sent, received } of planned) {
      const flight = ofRow(row, snapshot);
      if (!flight) continue;
      const had = stood.get(row.n)?.part ?? 0;
      const span = received - sent;
      this.add({ ...flight, sent: sent - had * span, received: received - had * span });
      end = Math.max(end, received - had * span);
    }
    this.stand(answer, { ...pace, paused: steps || snapshot.pace.paused }, stood, snapshot, steps ? end : 0);
    if (steps && real.length) this.land();
    this.go();
  }

  /* Let time go on here until all that flies has arrived. */
  land() {
    this.clock.goUntil(Math.max(...this.flying.map((one) => one.received), ...this.ghosts.map((one) => one.received)));
  }

  /* Where what is under way just now stands; while time runs, only what nothing moves: it waits at a cut. */
  stand({ under_way: underWay, at_ms: at }, pace, stood, snapshot, end) {
    const now = at ?? this.stage.live.at_ms;
    this.ghosts = underWay.filter((row) => pace.paused || row.at_ms === null).slice(0, IN_FLIGHT_MAX).map((row) => {
      const flight = ofRow(row, snapshot);
      const part = row.at_ms === null ? 0.5 : Math.min(0.94, Math.max(0.06, (now - row.sent_ms) / (row.at_ms - row.sent_ms || 1)));
      const before = stood.get(row.n);
      const span = spanAt(pace);
      const times = before ? { sent: before.sent, received: before.received } : end > this.clock.now ? { sent: end - span, received: end } : { sent: -1, received: 0 };
      return { ...flight, ...times, part };
    });
  }

  // --- the canvas ---------------------------------------------------------------------------------

  add(flight) {
    if (this.flying.length < IN_FLIGHT_MAX) this.flying.push(flight);
  }

  go() {
    if (this.frame === null && (this.flying.length || this.ghosts.length || this.rings.length || this.stripes.length || this.dirty)) {
      this.frame = requestAnimationFrame(() => this.tick());
    }
  }

  tick() {
    this.frame = null;
    const { clock } = this;
    this.skipped = !this.skipped && (this.stripes.length > 0 || this.flying.length > BUSY);
    if (this.skipped) return void this.go();
    const now = clock.now;
    const still = clock.stillAt(now);
    const wall = performance.now();
    this.flying = this.flying.filter((flight) => now < flight.received || (clock.stopped !== null && flight.received > now));
    this.rings = this.rings.filter((ring) => wall - ring.start < FADE_MS);
    const context = this.wipe();
    const size = ITEM * (prefs.projector ? 1.9 : 1);
    for (const stripe of this.stripes) this.paintStripe(context, stripe, now);
    const named = this.flying.length + this.ghosts.length <= NAMED_MAX;
    for (const flight of this.flying) this.paint(context, flight, progress(flight, now), { frozen: still, size, named });
    for (const ghost of this.ghosts) this.paint(context, ghost, Math.min(ghost.part, progress(ghost, now)), { frozen: still || ghost.stuck, size, named });
    for (const ring of this.rings) {
      const cell = this.places.of(ring.broker, ring.about);
      if (cell?.cell) drawRing(this.mark(context, cell, cell), cell, (palette().keys[ring.key] ?? palette().keys['-']).fill, 1 - (wall - ring.start) / FADE_MS);
    }
    const flows = this.stripes.length && !prefs.still && !still;
    if ((this.flying.length && !still) || this.rings.length || flows || (this.ghosts.length && !still && this.ghosts.some((one) => one.received > now))) this.go();
  }

  paint(context, flight, part, how) {
    const [from, to] = this.ends(flight);
    if (!from || !to || (part <= 0 && !how.frozen)) return;
    drawFlight(this.mark(context, from, to), flight, from, to, part, how);
  }

  ends({ from, to, about, read }) {
    return [this.places.of(from, about?.from, 'right', to), this.places.of(to, about?.to, read ? 'left' : 'right', from)];
  }

  paintStripe(context, stripe, now) {
    const [from, to] = this.ends(stripe);
    if (!from || !to) return;
    drawStripe(this.mark(context, from, to), from, to, stripe, now, prefs.still, prefs.projector ? 1.8 : 1);
  }

  /* Only what was painted on is cleared. */
  wipe() {
    const ratio = devicePixelRatio || 1;
    const { canvas, dirty } = this;
    const [width, height] = [Math.ceil(innerWidth * ratio), Math.ceil(innerHeight * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (dirty) context.clearRect(dirty.left, dirty.top, dirty.right - dirty.left, dirty.bottom - dirty.top);
    this.dirty = null;
    return context;
  }

  mark(context, from, to) {
    const room = prefs.projector ? 120 : 70;
    const before = this.dirty ?? { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    this.dirty = {
      left: Math.min(before.left, from.x - room, to.x - room), top: Math.min(before.top, from.y - room, to.y - room),
      right: Math.max(before.right, from.x + room * 2, to.x + room * 2), bottom: Math.max(before.bottom, from.y + room, to.y + room),
    };
    return context;
  }

  /* For tests: what is in the air, and where. */
  told() {
    const { clock, clock: { now } } = this;
    const show = (flight, part) => {
      const [from, to] = this.ends(flight);
      return { n: flight.n, shape: flight.shape, api: flight.api, from: flight.from, to: flight.to, count: flight.count, keys: flight.keys, stuck: flight.stuck, lost: flight.lost, part, at: from && to ? pointOn(from, to, part) : null };
    };
    return {
      still: clock.stillAt(now), now, flying: this.flying.map((one) => show(one, progress(one, now))), ghosts: this.ghosts.map((one) => show(one, Math.min(one.part, progress(one, now)))),
      stripes: this.stripes.map(({ from, to }) => ({ from, to })), rings: this.rings.length,
    };
  }
}

const BEFORE = { appended: '', replicated: 'appended', delivered: 'replicated', record_put: '', records_read: 'record_put' };
