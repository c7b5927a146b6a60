/* Events that belong together make one moment: a crash and the elections it brings, a broker's return and its way
 * back into each ISR, a topic and its first leaders. Everything else is a moment of its own.
 *
 * A moment: {n, last, at_ms, kind, mark, events, about}. n is its first event's number and its name, last its newest. */
import { tell, tellStory } from './i18n.js';

const TOGETHER_MS = 60_000;
const MOMENTS_MAX = 3000;
const PASSING_MS = 6000; // of the reader's time
const INTERNAL = /^__/;
const TOLD_ITSELF = /^(Create|Delete|Split|Merge|Update|Increase|Decrease|Start|Stop|Register|Deregister|Add|Remove|Enable|Disable|Tag|Untag)/; // what these did is told by an event of its own

export class Book {
  constructor() {
    this.moments = [];
    this.events = [];
    this.ofBroker = new Map(); // the newest story of each broker: crash, stop, back or added
    this.ofTopic = new Map();
    this.byEvent = new Map(); // an event's number -> its moment
  }

  add(events) {
    for (const event of events) {
      const moment = this.home(event) || this.begin(event);
      moment.events.push(event);
      moment.last = event.n;
      this.events.push(event);
      this.byEvent.set(event.n, moment);
    }
    if (this.moments.length > MOMENTS_MAX) this.moments.splice(0, this.moments.length - MOMENTS_MAX);
    const spare = this.events.length - 2 * MOMENTS_MAX;
    if (spare > 0) for (const event of this.events.splice(0, spare)) this.byEvent.delete(event.n);
  }

  missed({ from, to }) {
    this.moments.push({ n: from, last: from, at_ms: null, kind: 'missed', mark: '', events: [], about: { from, to } });
  }

  /* The story this event goes on with, if there is one. */
  home(event) {
    const p = event.params;
    const of = (broker, ...kinds) => {
      const story = this.ofBroker.get(broker);
      return story && kinds.includes(story.kind) && event.at_ms - story.at_ms <= TOGETHER_MS ? story : null;
    };
    const ofAny = (brokers, ...kinds) => brokers.map((b) => of(b, ...kinds)).find(Boolean) || null;
    switch (event.code) {
      case 'broker_fenced': return of(p.broker, 'crash', 'stop');
      case 'broker_stopped': return of(p.broker, 'stop');
      case 'broker_started': return of(p.broker, 'added');
      case 'broker_unfenced': return of(p.broker, 'back', 'added', 'boot');
      case 'leader_elected':
        if (p.why === 'created') return this.ofTopic.get(p.topic) || null;
        if (p.why === 'moved') return null;
        if (p.why === 'shutdown') return of(p.was, 'stop', 'crash');
        if (p.why === 'returned' || p.why === 'preferred') return of(p.leader, 'back');
        return of(p.was, 'crash', 'stop');
      case 'leader_missing': return ofAny(p.isr, 'crash', 'stop');
      case 'isr_shrunk': return ofAny(p.out, 'crash', 'stop');
      case 'isr_expanded': return ofAny(p.back, 'back', 'added', 'boot');
      default: return null;
    }
  }

  begin(event) {
    const p = event.params;
    const before = this.ofBroker.get(p.broker)?.kind;
    const kinds = { broker_started: 'boot', broker_crashed: 'crash', broker_stopping: 'stop', broker_added: 'added', topic_created: 'topic' };
    const returned = event.code === 'broker_started' && (before === 'crash' || before === 'stop');
    const kind = returned ? 'back' : kinds[event.code] || 'event';
    const moment = { n: event.n, last: event.n, at_ms: event.at_ms, kind, mark: event.mark, events: [], about: p };
    if (kind === 'topic') this.ofTopic.set(p.topic, moment);
    else if (kind !== 'event') this.ofBroker.set(p.broker, moment);
    this.moments.push(moment);
    return moment;
  }

  /* The moment to tell of now: the one with news last, but the cluster's own housekeeping, and what was done to time
   * a while ago, only if there is nothing else. */
  latest(snapshot) {
    let best = null;
    let dull = null;
    for (let i = this.moments.length - 1; i >= 0 && i >= this.moments.length - 200; i--) {
      const moment = this.moments[i];
      if (isDull(moment) || isOver(moment, snapshot)) dull = dull || moment;
      else if (!best || moment.last > best.last) best = moment;
    }
    return best || dull;
  }

  find(n) {
    return this.byEvent.get(n) || this.moments.find((m) => m.n === n) || null;
  }
}

export function isDull(moment) {
  return moment.kind !== 'missed' && isDullEvent(moment.events[0]);
}

export function isDullEvent({ code, params }) {
  if (code === 'call_answered') return !params.error && TOLD_ITSELF.test(params.operation);
  return code === 'coordinator_moved' || code === 'clause_held' /* the panel tells it */ || INTERNAL.test(params.topic || '') || (code === 'leader_elected' && params.why === 'created');
}

/* That time was stopped, set going or given another speed is worth a few seconds, not the place of the story. */
function isOver({ kind, events, at_ms: at }, { pace, at_ms: now }) {
  const code = kind === 'event' ? events[0].code : '';
  if (code === 'rebased') return true; // this machine's trouble, not the cluster's
  if (code === 'paused') return !pace.paused;
  return (code === 'resumed' || code === 'speed_set') && now - at > PASSING_MS * pace.speed;
}

/* The sentence of a moment, as [{text, strong}]. */
export function sentenceOf(moment) {
  const makers = { boot: booted, crash: crashed, stop: stopped, back: returned, topic: created, missed: () => moment.about };
  const make = makers[moment.kind];
  return make ? tellStory(moment.kind, make(moment)) : tell(moment.events[0]);
}

const name = (event) => `${event.params.topic}-${event.params.partition}`;
const unique = (list) => [...new Set(list)];
const names = (events) => unique(events.map(name)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

// People's own partitions; the cluster's internal ones only when nothing else was touched.
function touched(events) {
  const own = events.filter((e) => !INTERNAL.test(e.params.topic));
  return own.length ? own : events;
}

function pick(moment, code, when = () => true) {
  return moment.events.filter((e) => e.code === code && when(e));
}

function crashed(moment) {
  const { broker, leads } = moment.about;
  const all = pick(moment, 'leader_elected');
  const elected = touched(all);
  const has = new Set(all.map(name));
  const offline = touched(pick(moment, 'leader_missing', (e) => !has.has(name(e))));
  const waiting = elected.length || offline.length ? 0 : leads;
  const unclean = all.some((e) => e.params.why === 'unclean');
  const safe = !offline.length && !waiting && has.size >= leads;
  return {
    broker, waiting, partitions: names(elected), leaders: unique(elected.map((e) => e.params.leader)).sort((a, b) => a - b),
    // From the crash itself: the controller can only know how long it heard nothing.
    leaderless_ms: Math.max(0, ...elected.map((e) => e.at_ms - moment.at_ms)), offline: names(offline),
    outcome: unclean ? 'unclean' : leads === 0 && !elected.length ? 'unhurt' : safe ? 'safe' : '',
  };
}

function stopped(moment) {
  const elected = touched(pick(moment, 'leader_elected'));
  const offline = touched(pick(moment, 'leader_missing'));
  return {
    broker: moment.about.broker, done: pick(moment, 'broker_stopped').length > 0, partitions: names(elected),
    leaders: unique(elected.map((e) => e.params.leader)).sort((a, b) => a - b), offline: names(offline),
  };
}

function returned(moment) {
  return {
    broker: moment.about.broker, serving: pick(moment, 'broker_unfenced').length > 0,
    back: names(touched(pick(moment, 'isr_expanded'))), partitions: names(touched(pick(moment, 'leader_elected'))),
  };
}

function booted(moment) {
  return { broker: moment.about.broker, serving: pick(moment, 'broker_unfenced').length > 0 };
}

function created(moment) {
  const { topic, partitions, replication } = moment.about;
  const leaders = unique(pick(moment, 'leader_elected').map((e) => e.params.leader)).sort((a, b) => a - b);
  return { topic, count: partitions, replication, leaders };
}
