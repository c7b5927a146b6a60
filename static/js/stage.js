/* The page's whole memory: the newest snapshot, the story so far, and what this reader looks at.
 *
 * `live` is the newest state of the cluster, `snapshot` the one that is drawn: the same, unless the reader looks
 * back (past.js). What changes the cluster is refused then, with the reason: the past does not change any more.
 *
 * Every drawing function gets this object and reads it; only the methods here change it, and each
 * change asks for one new picture. */
import { Deeds } from './code/deeds.js';
import { enter } from './entering.js';
import { remember, speak, t, explain } from './i18n.js';
import { copyLink, recordThen } from './moments.js';
import { Past } from './past.js';
import { prefs } from './prefs.js';
import { Book } from './stories.js';

const SPEED_SETTLES_MS = 1200;
const AWAIT_RECORD_MS = 6000;
const STEP_TELLS = 3;
const NARROW = 900;
const BROAD = 1400; // from this width on there is room for the drawer beside everything (css/sizes.css)

export class Stage {
  constructor({ redraw, toasts, urls, sandbox }) {
    Object.assign(this, { redraw, toasts, urls, sandbox, title: sandbox, t, line: null, snapshot: null, live: null, heardAt: 0, rows: null, branches: [], book: new Book(), link: 'connecting', host: { state: 'ready' }, kafka: [] });
    this.view = {
      selected: null, tab: 'legend', drawer: innerWidth >= BROAD && !prefs.projector && !prefs.embedded, moment: null, record: null, cursor: {}, from: {}, column: {},
      hover: null, open: new Set(), pinned: new Set(), span: 0, sure: '', feedback: null, all: false, logged: 0, speedAsked: null, lastSent: {},
    };
    this.past = new Past(this);
    this.written = null; // a record composed here, not yet seen in its partition
    this.stepped = null; // while time stands still: the events of the last step, unless they are a moment of the story
    this.deeds = new Deeds();
    this.toast = (text) => this.toasts.show(text);
  }

  /* The newest state of the cluster. */
  hear(snapshot) {
    const before = this.live;
    this.live = snapshot;
    this.heardAt = performance.now();
    if (!this.past.on) this.snapshot = snapshot;
    const told = before && snapshot.event > before.event;
    if (!snapshot.pace.paused || told) this.stepped = null;
    else if (before?.pace.paused && snapshot.step > before.step) this.stepped = snapshot.traffic?.length ? snapshot.traffic.slice(-STEP_TELLS) : null;
  }

  /* The picture is another moment's from here on; state null: the present's again. traffic: of that moment.
   * question: what was asked for (past.js). */
  turnedTo(state, traffic = [], question = {}) {
    this.snapshot = state ?? this.live;
    this.stepped = null;
    Object.assign(this.view, { from: {}, cursor: {}, sure: '', feedback: null, moment: question.moment ?? null });
    this.turned(traffic, question.move);
    this.redraw();
  }

  /* Why nothing may be changed now; "" while it may. */
  get held() {
    return this.past.on ? t('past.held') : '';
  }

  /* The sandbox was begun anew: its story too. */
  forget() {
    if (this.past.on) this.past.return();
    this.book = new Book();
    this.stepped = null;
    this.change({ moment: null, selected: null, record: null, cursor: {}, from: {}, lastSent: {} });
  }

  change(more) {
    Object.assign(this.view, more);
    this.redraw();
  }

  // --- what people do to the cluster ------------------------------------------------------------

  /* Send a command. Answers {ok} or {ok: false, error}; a refusal has been shown by then. */
  async order(command) {
    this.view.sure = '';
    if (this.past.on) return this.holdBack();
    const before = this.live;
    const done = await this.line.command(command);
    if (done.ok) this.deeds.note(command, done, before);
    else {
      const { code, reason } = done.error;
      const said = explain(code) || t('refused');
      this.toasts.show(said[0].toUpperCase() + said.slice(1), { code, more: reason });
    }
    this.redraw();
    return done;
  }

  /* Somebody tried to change the past. */
  holdBack() {
    this.toasts.show(t('past.held'), { code: 'LOOKING_BACK' });
    this.redraw();
    return { ok: false, error: { code: 'LOOKING_BACK', reason: '' } };
  }

  async produce(command) {
    this.change({ feedback: null });
    this.written = { topic: command.topic, until: performance.now() + AWAIT_RECORD_MS };
    const done = await this.order(command);
    if (!done.ok) {
      this.written = null;
      this.change({ feedback: { ok: false, code: done.error.code } });
    } else if (done.offset >= 0) this.wrote(done);
    else if (this.written) this.change({ feedback: { ok: true } });
  }

  wrote({ topic, partition, offset }) {
    this.written = null;
    this.change({ feedback: { ok: true, topic, partition, offset, at: { topic, partition, offset } } });
  }

  togglePause() {
    return this.live && this.order({ do: this.live.pace.paused ? 'resume' : 'pause' });
  }

  touchSpeed(speed) {
    clearTimeout(this.speedTimer);
    this.speedTimer = setTimeout(() => this.change({ speedAsked: null }), SPEED_SETTLES_MS);
    this.change({ speedAsked: speed });
  }

  ask(what) {
    this.change({ sure: what });
  }

  // --- what this reader looks at ----------------------------------------------------------------

  /* Asked for again by keyboard, what is shown already is entered. */
  select(selected, entered = false) {
    const again = entered && this.view.drawer && JSON.stringify(selected) === JSON.stringify(this.view.selected);
    if (again && this.view.tab === 'detail') {
      this.origin = document.activeElement;
      document.getElementById('drawer-page')?.focus();
      return;
    }
    this.change({ selected, tab: 'detail', drawer: true, sure: '', feedback: selected.kind === 'compose' ? this.view.feedback : null });
    if (selected.kind === 'record') this.fetchRecord(selected);
  }

  async fetchRecord({ topic, partition, offset }) {
    this.view.cursor[`${topic}-${partition}`] = offset;
    this.view.record = null;
    const answer = this.past.on ? await recordThen(this, topic, partition, offset) : await this.line.record(topic, partition, offset);
    const chosen = this.view.selected;
    if (chosen?.kind !== 'record' || chosen.offset !== offset || chosen.partition !== partition || chosen.topic !== topic) return;
    const record = answer.record ? { ...answer.record, topic, partition, offset } : { topic, partition, offset, error: answer.error || { code: 'HOST_LOST', reason: '' } };
    this.change({ record });
    this.announce(record.error ? t('record.error', { code: record.error.code }) : t('record.announced', {
      topic, partition, offset, key: record.key?.text ?? '', value: (record.value?.text ?? '').slice(0, 200),
    }));
  }

  compose(topic) {
    if (this.past.on) return void this.holdBack();
    const first = this.snapshot?.topics.find((it) => !it.internal)?.name;
    this.select({ kind: 'compose', topic: topic ?? first });
    enter(() => document.getElementById('f-key')); // its page is fetched when it is first opened
  }

  openTab(tab) {
    this.change({ tab, drawer: true });
  }

  closeDrawer() {
    this.change({ drawer: false });
  }

  hover(key, offset) {
    const { hover } = this.view;
    if ((hover?.offset ?? null) === offset && (offset === null || hover.key === key)) return;
    this.change({ hover: offset === null ? null : { key, offset } });
  }

  travel(key, offset, from, live) {
    if (live) delete this.view.cursor[key];
    else this.view.cursor[key] = offset;
    if (from === undefined) delete this.view.from[key];
    else this.view.from[key] = from;
    this.redraw();
  }

  look(topic, column) {
    this.view.column[topic] = column;
    this.redraw();
  }

  pin(key) {
    if (!this.view.pinned.delete(key)) this.view.pinned.add(key);
    this.redraw();
  }

  toggleTopic(name) {
    if (!this.view.open.delete(name)) this.view.open.add(name);
    this.redraw();
  }

  // --- the story --------------------------------------------------------------------------------

  showMoment(moment) {
    this.change({ moment: moment.n, selected: { kind: 'moment', n: moment.n }, tab: this.view.tab === 'log' && this.view.drawer ? 'log' : 'detail', drawer: true });
  }

  /* As it was when this event happened; moment: the story it belongs to, for the drawer. */
  lookAt(event, moment = null) {
    if (moment && innerWidth > NARROW) this.showMoment(moment); // on a telephone the drawer would cover what there is to see
    this.past.look({ step: event.step, moment: moment?.n });
  }

  backToLive() {
    this.past.return();
    this.change({ moment: null, from: {}, cursor: {} });
  }

  /* The previous meaningful event. */
  earlier() {
    this.past.look({ move: 'back' });
  }

  /* The next one, if the reader has gone back; otherwise the engine makes one step. */
  later() {
    return this.past.on ? this.past.look({ move: 'forward' }) : this.order({ do: 'step' });
  }

  secondBack() {
    this.past.look({ move: 'back_second' });
  }

  secondForward() {
    if (this.past.on) this.past.look({ move: 'forward_second' });
  }

  // --- branches and links ---------------------------------------------------------------------------

  leaveFor(address) {
    location.assign(address);
  }

  copyLink() {
    return copyLink(this);
  }

  showMore() {
    this.change({ logged: (this.view.logged || 60) + 200 });
  }

  showAll() {
    this.change({ all: !this.view.all });
  }

  // --- how it is shown --------------------------------------------------------------------------

  async speak(language) {
    await speak(language, this.urls);
    remember(language);
    this.redraw();
  }

  turnTheme() {
    prefs.theme = prefs.theme === 'dark' ? 'light' : 'dark';
    this.redraw();
  }

  turnProjector() {
    prefs.projector = !prefs.projector;
    this.change({ drawer: !prefs.projector && !prefs.embedded && innerWidth >= BROAD });
  }

  help() {
    this.showHelp();
  }

  escape() {
    if (this.view.switcher || this.view.tools) this.change({ switcher: false, tools: false });
    else if (this.view.sure) this.change({ sure: '' });
    else if (document.querySelector('dialog[open]')) return;
    else if (this.past.on || this.view.moment !== null) this.backToLive();
    else if (this.origin?.isConnected && document.activeElement?.closest('#drawer')) this.origin.focus();
    else if (this.view.drawer) this.closeDrawer();
  }

  /* host:port of a broker's Kafka listener, of another that runs when that one does not. */
  bootstrap(broker) {
    const running = this.live.brokers.filter((b) => b.state === 'running');
    const one = running.find((b) => b.id === broker) || running[0];
    return one ? `${one.host}:${one.port}` : this.kafka[0] || '';
  }
}
