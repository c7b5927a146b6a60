/* Looking back: the picture of a moment that has been, while the engine goes on unseen.
 *
 * A moment is asked for by number (step), by time (ms) or by a move from where the reader is: to the
 * previous or next meaningful event, or by a second. One question is on its way at a time. Moves wait in
 * line, for each counts from the one before; of the places a drag passes only the last is asked for.
 * Frames of the engine keep coming meanwhile and are kept (stage.live), so the way back is immediate. */
import { ask, sandboxPath } from './api.js';
import { explain, t } from './i18n.js';
import { Book } from './stories.js';

const WAITING_MAX = 24; // key presses in line; more of them are dropped
const PATIENT_MS = 250; // an answer that takes longer is said to be on its way

export class Past {
  constructor(stage) {
    Object.assign(this, { stage, answer: null, book: null, asked: null, waiting: [], busy: false, slow: false, visit: 0 });
  }

  get on() {
    return this.answer !== null;
  }

  get state() {
    return this.answer?.state ?? null;
  }

  /* Where the reader looks, or is about to, in virtual ms; null: live. */
  get at() {
    return this.asked ?? this.state?.at_ms ?? null;
  }

  /* How far behind the present. */
  get behind() {
    return Math.max(0, this.stage.live.at_ms - (this.state?.at_ms ?? this.stage.live.at_ms));
  }

  /* question: {step}, {ms} or {move: 'back' | 'forward' | 'back_second' | 'forward_second'}. */
  look(question) {
    if (!this.stage.live) return;
    if ('ms' in question) {
      this.asked = question.ms;
      this.waiting = this.waiting.filter((one) => !('ms' in one));
      this.stage.redraw();
    }
    if (this.waiting.length < WAITING_MAX) this.waiting.push(question);
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    const late = setTimeout(() => {
      this.slow = true;
      this.stage.redraw();
    }, PATIENT_MS);
    while (this.waiting.length) await this.fetch(this.waiting.shift());
    clearTimeout(late);
    Object.assign(this, { busy: false, slow: false, asked: null });
    this.stage.redraw();
  }

  async fetch(question) {
    const { visit, stage } = this;
    const from = this.state?.step ?? stage.live.step;
    const here = this.state ? `step=${from}&ms=${this.state.at_ms}` : `step=${from}`;
    const query = question.move ? `${here}&move=${question.move}` : question.step === undefined ? `ms=${Math.max(0, question.ms)}` : `step=${question.step}`;
    const answer = await ask(sandboxPath(stage.sandbox, `/moment?${query}`));
    if (visit !== this.visit) return; // the reader has returned to live meanwhile
    if (!answer.ok) {
      this.waiting = [];
      this.asked = null;
      const { code, reason } = answer.error;
      const said = explain(code) || t('past.failed');
      stage.toasts.show(said[0].toUpperCase() + said.slice(1), { code, more: reason });
      return;
    }
    if (question.move?.startsWith('forward') && answer.state.step >= stage.live.step) this.return();
    else this.show(answer, question);
  }

  show(answer, question = {}) {
    const before = this.state?.at_ms ?? this.stage.live.at_ms;
    this.answer = answer;
    this.asked = this.waiting.some((one) => 'ms' in one) ? this.asked : null;
    this.book = new Book();
    this.book.add(answer.events ?? []);
    // what moved between where the reader was and here
    const moved = (answer.traffic ?? []).filter((event) => event.at_ms > before);
    this.stage.turnedTo(answer.state, moved, question);
  }

  /* What this very step was, when it was no event of the story: a record written, fetched, committed. */
  get stepped() {
    const here = this.state.at_ms;
    const told = this.answer.events?.at(-1);
    if (told && Math.abs(told.at_ms - here) < 0.001) return null;
    const traffic = this.answer.traffic ?? [];
    const now = traffic.filter((event) => Math.abs(event.at_ms - here) < 0.001);
    return now.length ? now.slice(-3) : null;
  }

  /* Back to the present. */
  return() {
    const was = this.on;
    this.visit += 1;
    Object.assign(this, { answer: null, book: null, asked: null, waiting: [], busy: false, slow: false });
    if (was) this.stage.turnedTo(null);
    else this.stage.redraw();
  }
}
