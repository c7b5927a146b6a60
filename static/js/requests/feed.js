/* Who asked whom what, as far as this page asks for it: requests and answers, each once, in order of arrival.
 *
 * The engine keeps no such list: asking is what makes it (docs/api.md, Requests). So one question is on its way
 * at a time, and the next is sent when a new frame has come and somebody here still wants the answer: no timer. What
 * nobody saw between two answers is a gap, and is kept as one: {gap: true}. A moment of the past is asked for whole,
 * and is done again for us.
 *
 *   feed.want('view', true)            somebody wants them; 'view' names who
 *   feed.listen((rows, answer) => ...) new ones, as they come
 *   feed.rows, feed.underWay           what there is; of the present, or of the moment that is looked at */
import { ask, sandboxPath } from '../api.js';

export const KEPT = 240; // of the present: older ones go
const CALM_MS = 900; // between two questions while time runs fast: what comes is a sample then
const SLOW = 0.25; // up to this speed each frame is worth a question
const BACK_MS = 400; // how much there is of a moment of the past

export class Feed {
  constructor(stage) {
    Object.assign(this, { stage, wanted: new Set(), hears: [], rows: [], underWay: [], last: null, asking: false, asked: 0, answered: 0, then: null, told: -1, failed: '' });
  }

  listen(hear) {
    this.hears.push(hear);
  }

  want(who, on) {
    if (on === this.wanted.has(who)) return;
    if (on) this.wanted.add(who);
    else this.wanted.delete(who);
    if (!this.wanted.size) Object.assign(this, { rows: [], underWay: [], last: null, then: null });
    else if (on) this.next();
  }

  /* What is looked at has changed: a frame has come, or another moment is shown. */
  next() {
    const { stage } = this;
    if (!this.wanted.size || this.asking || !stage.live || document.hidden) return;
    if (stage.past.on) {
      const { step, at_ms: at } = stage.past.state;
      if (this.then?.step !== step || this.then?.at !== at) this.fetchMoment(step, at);
      return;
    }
    if (this.then) Object.assign(this, { then: null, rows: [], underWay: [], last: null });
    const { step, pace } = stage.live;
    if (step < this.answered) Object.assign(this, { rows: [], underWay: [], last: null, answered: 0 }); // begun anew
    if (this.last === null) this.begin();
    else if (step !== this.answered && (slow(pace) || performance.now() - this.asked > CALM_MS)) this.fetch();
  }

  /* The first question of the present: what has just been is done again, then the engine is listened to. */
  async begin() {
    const answer = await this.question(`since=0`);
    if (!answer) return;
    this.last = answer.last;
    const { step, at_ms: at } = this.stage.live;
    const before = await this.question(`step=${step}&ms=${at}&back_ms=${BACK_MS}`);
    if (before && this.last !== null && !this.then) this.put([...before.requests, ...newer(before.requests, answer.requests)], { ...answer, first: true });
    this.next();
  }

  async fetch() {
    const { step } = this.stage.live;
    const answer = await this.question(`since=${this.last}`);
    if (!answer || this.then || this.last === null) return;
    this.last = answer.last;
    this.answered = step;
    const rows = newer(this.rows, answer.requests);
    if (answer.gap && rows.length && this.rows.length) rows.unshift({ gap: true, n: -rows[0].n, at_ms: rows[0].sent_ms, sent_ms: rows[0].sent_ms });
    this.put(rows, answer);
    this.next(); // the frame that came while it was asked: where time stands still, no other follows
  }

  async fetchMoment(step, at) {
    const from = this.then;
    const forward = from && from.step < step && step - from.step < 3000;
    this.then = { step, at };
    const answer = await this.question(`step=${step}&ms=${at}&back_ms=${BACK_MS}`);
    if (!answer || this.then?.step !== step) {
      this.next();
      return;
    }
    Object.assign(this, { rows: answer.requests, underWay: answer.under_way, told: step });
    const fresh = forward ? answer.requests.filter((row) => row.step > from.step) : [];
    for (const hear of this.hears) hear(fresh, { ...answer, past: true, jumped: !forward });
    this.stage.redraw();
    this.next();
  }

  put(rows, answer) {
    this.rows = [...this.rows, ...rows].slice(-KEPT);
    this.underWay = answer.under_way;
    for (const hear of this.hears) hear(rows, answer);
    this.stage.redraw();
  }

  async question(query) {
    this.asking = true;
    this.asked = performance.now();
    const answer = await ask(sandboxPath(this.stage.sandbox, `/requests?${query}`));
    this.asking = false;
    this.failed = answer.ok ? '' : answer.error.code;
    return answer.ok && this.wanted.size ? answer : null;
  }

  /* What is known of the moment that is shown: while its own answer is on its way, what had happened by then. */
  get known() {
    const { past } = this.stage;
    if (past.on && (!this.then || this.told !== past.state.step)) return this.rows.filter((row) => !row.gap && row.step <= past.state.step);
    return [...this.rows, ...this.underWay.filter((row) => !this.rows.some((one) => one.n === row.n))];
  }

  find(n) {
    return this.rows.find((row) => row.n === n) ?? this.underWay.find((row) => row.n === n) ?? null;
  }
}

export const slow = (pace) => pace.paused || pace.speed <= SLOW;

/* Those that are not there yet. Bytes for a real client have no number of their own: they are known by their question. */
function newer(there, rows) {
  const name = (row) => row.n || `of ${row.of}`;
  const known = new Set(there.map(name));
  return rows.filter((row) => !known.has(name(row)));
}
