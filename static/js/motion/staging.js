/* Elections and rebalances, staged: one captioned step after the other, in the order in which they happened, with
 * those lit whom a step is about. Whatever is said is said of real events; they happen in milliseconds, and are told
 * at the speed of reading. Whoever asked for less motion gets all steps at once. While time stands still they stay. */
import { button, sentence } from '../controls.js';
import { h, patch } from '../dom.js';
import { tell } from '../i18n.js';
import { prefs } from '../prefs.js';
import { concerned, stage as staged } from './acts.js';
import { Moved } from './moved.js';

const STEP_MS = 1800;
const REREAD_MS = 8000;
const LASTS_MS = 6500; // after its last step
const STILL_MS = 15_000; // all at once, for whoever asked for less motion
const NEWS_MS = 20_000; // virtual
const FASTEST = 4; // above it nobody could follow
const ACTS_SHOWN = 1;

export class Staging {
  constructor(stage) {
    Object.assign(this, { stage, acts: new Map(), playing: [], lit: [], timer: null, moved: new Moved() });
    this.box = document.createElement('div');
    this.box.className = 'acts';
    document.querySelector('.cluster')?.append(this.box);
  }

  /* News, as they come; those of before this page was opened are no news. */
  hear(events) {
    const { live } = this.stage;
    if (!live || document.hidden || (!live.pace.paused && live.pace.speed > FASTEST)) return;
    const fresh = events.filter((event) => live.at_ms - event.at_ms < NEWS_MS);
    if (prefs.still) this.moved.hear(fresh);
    for (const act of staged(fresh, this.acts)) this.play(act);
  }

  play(act) {
    const known = this.playing.find((one) => one.act === act);
    if (known) known.ends = Infinity;
    else this.playing.push({ act, shown: prefs.still ? Infinity : 1, since: performance.now(), ends: Infinity });
    this.playing = this.playing.slice(-3);
    this.step();
  }

  /* Tell on: the next step when the last has been read, the next act when the last is over. */
  step() {
    clearTimeout(this.timer);
    this.timer = null;
    const now = performance.now();
    const [one] = this.playing;
    if (!one) {
      this.draw();
      return;
    }
    const { steps } = one.act;
    if (one.shown < steps.length && now - one.since >= STEP_MS) Object.assign(one, { shown: one.shown + 1, since: now });
    const told = one.shown >= steps.length;
    if (told && one.ends === Infinity) one.ends = now + this.lasts;
    if (told && now >= (this.playing.length > ACTS_SHOWN ? one.since + 2 * STEP_MS : one.ends) && !this.standsStill) {
      this.playing.shift();
      this.step();
      return;
    }
    this.draw();
    if (told && this.standsStill) return; // it stays; `frame` goes on once time does
    const wait = told ? (this.playing.length > ACTS_SHOWN ? 2 * STEP_MS : this.lasts) : STEP_MS;
    this.timer = setTimeout(() => this.step(), wait);
  }

  get lasts() {
    return prefs.still ? STILL_MS : LASTS_MS;
  }

  get standsStill() {
    const { past, live } = this.stage;
    return past.on || Boolean(live?.pace.paused);
  }

  /* The reader goes to a step by hand: it is there as long as the last one would be. */
  reread(number) {
    const [one] = this.playing;
    if (!one) return;
    const now = performance.now();
    Object.assign(one, { shown: number, since: now + REREAD_MS - STEP_MS, ends: Infinity });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.step(), REREAD_MS);
    this.draw();
  }

  close() {
    this.playing.shift();
    this.step();
  }

  /* A frame has come: time may go on again. */
  frame() {
    this.moved.know(this.stage.live);
    if (this.timer === null && this.playing.length && !this.standsStill) this.step();
  }

  /* Another moment is looked at: if something of the kind has just happened there, its steps so far. */
  turned() {
    const { past } = this.stage;
    this.playing = [];
    this.acts.clear();
    this.moved.forget();
    const events = past.on ? past.book.events : [];
    const last = events.at(-1);
    if (last && Math.abs(last.at_ms - past.state.at_ms) < 0.001) {
      staged(events, this.acts);
      const act = [...this.acts.values()].find((one) => one.steps.some((step) => step.events.includes(last)));
      if (act) this.playing = [{ act, shown: act.steps.length, since: performance.now(), ends: Infinity }];
    }
    this.step();
  }

  draw() {
    const [one] = this.playing;
    this.light(one ? concerned(one.act.steps[Math.min(one.shown, one.act.steps.length) - 1]) : []);
    this.box.style.setProperty('--above', `${(document.querySelector('footer')?.offsetHeight ?? 0) + 8}px`);
    patch(this.box, one ? card(one, this) : []);
  }

  light(selectors) {
    for (const node of this.lit) delete node.dataset.lit;
    this.lit = selectors.flatMap((selector) => [...document.querySelectorAll(`main ${selector}`)]);
    for (const node of this.lit) node.dataset.lit = '';
  }
}

function card({ act, shown }, staging) {
  const { t } = staging.stage;
  const last = Math.min(shown, act.steps.length);
  const whole = shown === Infinity;
  const number = (i) => button(String(i + 1), () => staging.reread(i + 1), {
    kind: `number${i === last - 1 ? ' now' : ''}`, name: t('motion.step', { number: i + 1, count: act.steps.length }), pressed: i === last - 1, test: `act-${i + 1}`,
  });
  return h('section', { key: act.n, class: 'act', 'aria-label': t('motion.steps'), 'data-testid': 'act', 'data-kind': act.kind, 'data-step': last },
    h('div', { class: 'card-head' }, h('h3', {}, t(`motion.${act.kind}`, act.about)),
      h('span', { class: 'row' }, whole ? null : act.steps.map((step, i) => number(i)),
        button('✕', () => staging.close(), { kind: 'quiet small', name: t('motion.close'), test: 'act-close' }))),
    whole
      ? h('ol', { key: 'all' }, act.steps.map((step, i) => h('li', { key: i, 'data-code': step.code }, h('b', { 'aria-hidden': 'true' }, `${i + 1} `), caption(step, act.kind, t))))
      : h('p', { key: `told ${last}`, class: 'caption', 'data-code': act.steps[last - 1].code }, caption(act.steps[last - 1], act.kind, t)));
}

function caption({ events }, kind, t) {
  const shards = kind === 'resharding';
  return [sentence(tell(events[0])), events.length > 1 ? h('span', { class: 'muted' }, ' ', t(shards ? 'motion.more.shards' : 'motion.more', { count: events.length - 1 })) : null];
}
