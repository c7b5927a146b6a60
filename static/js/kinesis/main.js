/* The console of Kinesis Data Streams: the list of streams, the form that makes one, a stream and its tabs.
 *
 * One page that moves inside itself (the addresses are those of place.js, and the way back works), so that the shell at
 * its foot goes on living. What is shown is made of the newest frame (state.kinesis) and of what the reader typed; what
 * is clicked goes to the API as an AWS request (calls.js). Nothing is asked for again and again. */
import { ask, sandboxPath } from '../api.js';
import { Words } from '../code/words.js';
import { h, patch } from '../dom.js';
import { enter, entered } from '../entering.js';
import { onceAFrame } from '../frame.js';
import { banner } from '../header.js';
import { explain, speak, t } from '../i18n.js';
import { connect } from '../socket.js';
import { Toasts } from '../toasts.js';
import { Calls } from './calls.js';
import { createPage } from './create.js';
import { Dock } from './dock.js';
import { listPage } from './list.js';
import { addressOf, placeOf } from './place.js';
import { RegionClock } from './clock.js';
import { removal } from './remove.js';
import { Series } from './series.js';
import { streamPage } from './stream.js';
import { callsColumn } from './twins.js';

const PAST_MS = 1000; // the page does not wait longer for what its graphs begin with
const root = document.getElementById('kinesis');
const part = (id) => document.getElementById(id);
const words = new Words('kinesis');
const redraw = onceAFrame(draw);

const desk = {
  sandbox: root.dataset.sandbox, t, say: null, words, link: 'connecting', host: { state: 'ready' }, snapshot: null, line: null,
  place: placeOf(location.pathname, location.search), drafts: new Map(), kept: new Map(), series: new Series(), form: 'cli', asking: null, preview: null,
  toasts: new Toasts(part('toasts')), toast: (text, more) => desk.toasts.show(text, more), redraw, go, order, told, address: (to) => addressOf(desk.sandbox, to),
  /* The account as the frames tell it; an empty one until the first stream is made. */
  get kinesis() {
    return this.snapshot?.kinesis ?? { region: 'us-east-1', account: '000000000000', throttling: true, streams: [], iterators: [], consumers: [], producers: [], clients: [], calls: [] };
  },
  stream(name = this.place.stream) {
    return this.kinesis.streams.find((one) => one.name === name) ?? null;
  },
  /* What the reader has typed into a form, which lives as long as the page. */
  draft(key, fresh) {
    if (!this.drafts.has(key)) this.drafts.set(key, fresh());
    return this.drafts.get(key);
  },
  forget(key) {
    this.drafts.delete(key);
    redraw();
  },
};
desk.calls = new Calls(desk, (body) => ask(sandboxPath(desk.sandbox, '/aws'), { method: 'POST', json: body }));
desk.dock = new Dock(desk, part('shell'));
desk.clock = new RegionClock(desk);

function draw() {
  desk.say = words.in(desk);
  patch(part('banner'), banner(desk));
  if (!desk.say) return void patch(part('content'), words.failed ? h('p', { role: 'alert' }, t('lazy.failed')) : null);
  patch(part('crumb-here'), crumbs());
  patch(part('account'), desk.clock.shown());
  desk.preview = null; // the page says what its form would send
  patch(part('content'), desk.snapshot ? page() : null);
  patch(part('calls'), callsColumn(desk));
  desk.dock.draw();
  removal(desk, part('removal'));
  if (desk.snapshot) document.documentElement.dataset.ready = 'kinesis';
  entered();
  if (shown !== desk.place) reveal();
}

/* Where there is no room for all tabs, the one that is open is in view. */
let shown = null;
function reveal() {
  shown = desk.place;
  const tab = part('content').querySelector('[role="tab"][aria-selected="true"]');
  if (tab) tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft - (tab.parentNode.clientWidth - tab.offsetWidth) / 2;
}

function page() {
  if (desk.place.page === 'create') return createPage(desk);
  return desk.place.page === 'stream' ? streamPage(desk) : listPage(desk);
}

function crumbs() {
  const { say, place } = desk;
  if (place.page === 'list') return h('b', { 'aria-current': 'page' }, say('title'));
  const step = (words_, to) => h('a', { href: addressOf(desk.sandbox, to), on: { click: (event) => follow(event, to) } }, words_);
  return [step(say('title'), { page: 'list' }), h('span', { 'aria-hidden': 'true' }, '›'), h('b', { 'aria-current': 'page' }, place.page === 'create' ? say('create') : place.stream)];
}

/* A plain click moves inside the page; with a key held, browsers do what they do. */
function follow(event, to) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(to);
}
desk.follow = follow;

/* To another place of the console. Within a stream the focus stays where it is; else it goes to the new page's head. */
function go(to, { replace = false } = {}) {
  const same = to.page === desk.place.page && to.stream === desk.place.stream;
  desk.place = to;
  history[replace ? 'replaceState' : 'pushState'](null, '', addressOf(desk.sandbox, to));
  if (!same) {
    scrollTo(0, 0);
    enter(() => part('content').querySelector('h1'));
  }
  title();
  redraw();
}

function title() {
  const { place } = desk;
  document.title = `${place.stream ?? (desk.say ? desk.say(place.page === 'create' ? 'create' : 'title') : 'Kinesis')} · Kinesis · Riacho`;
}

/* A command of the stage: time goes on. */
async function order(command) {
  const answer = await desk.line.command(command);
  if (answer.t === 'done') return { ok: true };
  desk.toast(told(answer.error ?? {}), { code: answer.error?.code ?? '' });
  return { ok: false };
}

/* A refusal in a kind sentence: AWS's codes have theirs in our catalogue, the playground's in the stage's. */
function told({ code = '', reason = '' }) {
  const { say } = desk;
  if (say?.has(`error.${code}`)) return say(`error.${code}`);
  return explain(code) || (say ? say('error.other') : reason);
}

addEventListener('popstate', () => {
  desk.place = placeOf(location.pathname, location.search);
  title();
  redraw();
});
const counted = ask(sandboxPath(desk.sandbox, '/aws/counted'));
await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', { 'pt-BR': root.dataset.textsPt, en: root.dataset.textsEn });
const before = await Promise.race([counted, new Promise((late) => setTimeout(late, PAST_MS))]);
if (before?.ok) desk.series.remember(before);
const { protocol, host } = location;
desk.line = connect(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws/sandboxes/${encodeURIComponent(desk.sandbox)}`, {
  frame(state) {
    desk.snapshot = state;
    desk.series.hear(state);
    desk.calls.hear(state);
    redraw();
  },
  events() {},
  hello: redraw,
  host(message) {
    desk.host = message;
    redraw();
  },
  link(state) {
    desk.link = state;
    redraw();
  },
});
window.riachoKinesis = desk;
redraw();
