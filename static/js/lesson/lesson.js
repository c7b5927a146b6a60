/* A lesson as this page knows it: its document, its place among the others, and what this reader has opened. What has
 * been answered, reached or failed is not kept here: that is the engine's state, in each snapshot. */
import { ask, sandboxPath } from '../api.js';
import { Words } from '../code/words.js';
import { language } from '../i18n.js';
import { bare } from './markup.js';
import { asked, explanation, verdict } from './predict.js';
import { note, progressOf } from './progress.js';

const texts = new Words('lesson');
const NOWHERE = { number: 0, of: 0, next: null };
const OPENING_MS = 300;
const FAILED = 'riacho.failed'; // the failure that was counted last, so that a reload does not count it again

export class Lesson {
  constructor(stage, callout) {
    Object.assign(this, { stage, callout, document: null, place: NOWHERE, say: null, coming: '', problem: '', before: null, step: -1 });
    this.begin();
    callout.gone = () => this.look();
  }

  /* What belongs to one attempt. */
  begin() {
    Object.assign(this, { picks: new Map(), hinted: 0, done: 0, open: true, folded: false, busy: false, since: performance.now(), client: null });
  }

  /* Is everything there that a picture needs? What is not is fetched; a new picture follows. */
  ready() {
    const { stage } = this;
    const { id } = stage.live.lesson;
    this.say = texts.in(stage);
    if (stage.live.step < this.step) this.anewSeen();
    this.step = stage.live.step;
    if (this.coming !== id) {
      this.begin();
      this.callout.close();
      this.fetch(id);
    }
    return this.say !== null && this.document?.id === id;
  }

  async fetch(id) {
    this.coming = id;
    this.problem = '';
    const found = await ask(sandboxPath(this.stage.sandbox, '/lesson'));
    if (found.ok) this.document = found.lesson;
    else if (found.error.code === 'SANDBOX_OPENING') setTimeout(() => this.again(id), OPENING_MS); // begun anew just now
    else this.problem = found.error.code;
    this.stage.redraw();
    if (found.ok && this.document.kind !== 'scene') await this.findPlace(id);
  }

  again(id) {
    if (this.coming === id) this.coming = '';
    this.stage.redraw();
  }

  /* Which of how many, and what comes next. A level that is not in the list (one's own) stands nowhere. */
  async findPlace(id) {
    const found = await ask('/api/levels');
    const levels = found.ok ? found.levels : [];
    const at = levels.findIndex((one) => one.id === id);
    this.place = at < 0 ? NOWHERE : { number: at + 1, of: levels.length, next: levels[at + 1] ?? null };
    this.stage.redraw();
  }

  /* Time has gone back: it was begun anew, here or elsewhere. Its document may be another one. */
  anewSeen() {
    this.begin();
    this.callout.close();
    Object.assign(this, { before: null, coming: '' });
  }

  /* A text of the document in the reader's language. */
  words(given) {
    return given?.[language()] ?? given?.['pt-BR'] ?? given?.en ?? '';
  }

  // --- what is done in the panel -------------------------------------------------------------------

  chosen(question) {
    return this.picks.get(question) ?? null;
  }

  choose(question, option) {
    this.picks.set(question, option);
    this.stage.redraw();
  }

  async predict(question) {
    const done = await this.stage.order({ do: 'predict', question, option: this.chosen(question) });
    if (!done.ok) return;
    this.folded = true; // where the panel covers the stage there is something to be seen now
    document.getElementById('lesson')?.focus({ preventScroll: true }); // the button is gone
    this.stage.redraw();
  }

  async anew() {
    if (this.busy) return;
    this.busy = true;
    const done = await ask(sandboxPath(this.stage.sandbox, '/reset'), { method: 'POST', json: {} });
    this.busy = false;
    if (!done.ok) this.stage.toasts.show(this.say('anew.failed'), { code: done.error.code, more: done.error.reason });
    this.stage.redraw();
  }

  hint() {
    this.hinted += 1;
    this.folded = false;
    this.stage.redraw();
    requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector('#lesson .hints p:last-child')?.scrollIntoView({ block: 'nearest' })));
  }

  async showSolution() {
    const done = await this.stage.order({ do: 'show_solution' });
    if (done.ok) this.turnSolution(true);
  }

  turnSolution(open = !this.open) {
    this.open = open;
    if (open) this.folded = false;
    this.stage.redraw();
    if (open) document.getElementById('lesson-body')?.scrollTo({ top: 0 }); // it comes right below the text
  }

  async doStep({ at_ms: _, ...command }) {
    const done = await this.stage.order(command);
    if (done.ok) this.done += 1;
    this.stage.redraw();
  }

  turnFold() {
    this.folded = !this.folded;
    this.stage.redraw();
  }

  /* It is over: shown from the top. */
  look(unfold = true) {
    if (!['reached', 'failed'].includes(this.stage.live?.lesson?.phase)) return;
    if (unfold) this.folded = false;
    this.stage.redraw();
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('lesson-body')?.scrollTo({ top: 0 })));
  }

  sayWhy(words) {
    this.stage.toast(words);
  }

  /* How long and how often it did not work out: hints depend on it. */
  get trouble() {
    return { fails: progressOf(this.document.id).fails, waited_ms: performance.now() - this.since };
  }

  // --- what has just happened ----------------------------------------------------------------------

  /* Compare with the last picture: what is new is said, shown at its object, and kept. */
  watch() {
    const { stage, before } = this;
    const now = stage.live.lesson;
    this.before = now;
    const real = stage.live.clients?.at(-1) ?? stage.live.kinesis?.clients?.at(-1);
    if (real) this.client = real;
    const fresh = before?.id === now.id; // otherwise all that is there has been there before
    if (fresh && acted(now) && !acted(before)) note(now.id, () => ({}));
    asked(this.document).forEach((question, i) => {
      const right = verdict(now.predictions[i]);
      if (right === null || (fresh && verdict(before.predictions[i]) !== null)) return;
      if (this.document.kind !== 'scene') note(now.id, ({ guesses }) => (guesses[i] === undefined || guesses[i] === null ? { guesses: Object.assign([...guesses].fill(null, guesses.length), guesses, { [i]: right }) } : null));
      if (fresh) this.point(i, true);
    });
    const met = fresh ? (now.met ?? []).filter((number) => !(before.met ?? []).includes(number)) : [];
    if (met.length) this.warn(met.at(-1));
    if (this.document.kind === 'scene') return;
    if (now.phase === 'reached' && !(fresh && before.phase === 'reached')) this.reached(now, fresh);
    if (now.phase === 'failed' && !(fresh && before.phase === 'failed')) this.failed(now, fresh);
    if (fresh && now.phase === 'asking' && before.phase !== 'asking') this.folded = false;
  }

  /* What came of a prediction, at what it was about. */
  point(i, pulse = false) {
    const question = asked(this.document)[i];
    const right = verdict(this.stage.live.lesson.predictions[i]);
    const told = explanation(question, right);
    const title = this.say(right ? 'predict.right' : 'predict.wrong');
    const text = told ? this.words(told) : this.words(question.options[this.stage.live.lesson.predictions[i].held[0]]?.say);
    if (pulse) this.tell(`${title} ${bare(text)}`);
    if (question.about) this.callout.show({ key: `outcome ${i}`, about: question.about, title, text, kind: right ? 'right' : 'wrong' }, true);
  }

  warn(number) {
    const { when, say } = this.document.misconceptions[number];
    const text = this.words(say);
    this.tell(bare(text));
    this.callout.show({ key: `met ${number}`, about: Array.isArray(when) ? when[0] : when, title: this.say('met'), text, kind: 'note' });
  }

  reached(now, fresh) {
    note(now.id, ({ solved, best, shown }) => (now.shown ? { shown: true } : { solved: true, shown, best: solved && best !== null ? Math.min(best, now.moves) : now.moves }));
    if (!fresh) return;
    this.look(!this.callout.shown); // first what is said at the object
    this.tell(`${this.say(now.shown ? 'reached.shown' : 'reached')} ${bare(this.words(this.document.takeaway))}`);
  }

  failed(now, fresh) {
    const { part, index } = now.failed;
    const name = `${this.stage.sandbox} ${part} ${index} ${now.clauses.find((one) => one.part === part && one.index === index)?.since_ms ?? now.begin_ms}`;
    if (fresh || counted() !== name) note(now.id, ({ fails }) => ({ fails: fails + 1 }));
    count(name);
    if (!fresh) return;
    this.look();
    this.tell(this.say('failed'));
  }

  /* To whoever listens instead of looking. */
  tell(text) {
    const place = document.getElementById('lesson-said');
    if (place) place.textContent = text;
  }
}

const acted = (state) => state.moves > 0 || state.predictions.some((one) => one.chosen !== null && one.chosen !== undefined);

function counted() {
  try {
    return sessionStorage.getItem(FAILED);
  } catch {
    return null;
  }
}

function count(name) {
  try {
    sessionStorage.setItem(FAILED, name);
  } catch {
    // a private window may forbid it: a reload then counts it once more
  }
}
