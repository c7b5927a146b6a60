/* Wiring: the server's messages go into the stage, and each change becomes one new picture on the next frame. */
import { openBranch, shortClock } from './branch.js';
import { Cluster } from './cluster.js';
import { sentence } from './controls.js';
import { patch } from './dom.js';
import { follow } from './deeplink.js';
import { drawer } from './drawer.js';
import { entered } from './entering.js';
import { faultStrip } from './faults/strip.js';
import { onceAFrame } from './frame.js';
import { Flights } from './flights.js';
import { Staging } from './motion/staging.js';
import { Feed } from './requests/feed.js';
import { looked } from './frames/looking.js';
import { saying, syncSpeed, timeControls } from './footer.js';
import { groups } from './groups.js';
import { banner, tools } from './header.js';
import { speak, t, tell } from './i18n.js';
import { drawHelp, listen } from './keys.js';
import { pastBar } from './lookback.js';
import { Late } from './lazy.js';
import { keepCounting } from './patience.js';
import { clients, producers } from './producers.js';
import { connect } from './socket.js';
import { Stage } from './stage.js';
import { sentenceOf } from './stories.js';
import { loadSandboxes, switcher } from './switcher.js';
import { timeline, timelineMetrics } from './timeline.js';
import { Toasts } from './toasts.js';
import { welcome } from './tools.js';
import { twin } from './twin.js';
import { Views } from './views/views.js';
import { prefs } from './prefs.js';

const ANNOUNCE_MS = 1500; // a screen reader is not told more than one sentence in this time

const place = (id) => document.getElementById(id);
const root = place('riacho');
const cluster = new Cluster(place('tapes'));
const toasts = new Toasts(place('toasts'));
const redraw = onceAFrame(begin);
let writeAddress = null; // once there is something to be addressed (deeplink.js)

const stage = new Stage({
  redraw, toasts, sandbox: root.dataset.sandbox, urls: { 'pt-BR': root.dataset.textsPt, en: root.dataset.textsEn },
});
stage.feed = new Feed(stage);
const flights = new Flights(place('sky'), cluster, stage);
const staging = new Staging(stage);
const views = new Views(stage, cluster, place);
const lessons = new Late(() => import('./lesson/index.js')); // fetched when the sandbox has a lesson
const streams = new Late(() => import('./streams/sides.js')); // fetched when there are any
stage.whereIs = (...where) => views.whereIs(...where);
stage.announce = (text) => patch(place('announcer'), text);
stage.openBranch = () => openBranch(stage, place('branch'));
/* The picture has just been turned to a moment of the past, or to the present again. */
stage.turned = (traffic, move) => {
  announce();
  flights.turned(move?.startsWith('forward') ? traffic : []);
  staging.turned();
  stage.feed.next();
};
stage.showHelp = () => {
  drawHelp(place('help'), stage);
  place('help').showModal();
};

function begin() {
  if (rest.length) return void (again = true); // the last picture is not whole yet
  served = waiting.splice(0);
  rest = picture(stage.snapshot);
  goOn(stage.snapshot);
}

/* A promise of a whole picture that is begun from now on. */
let served = [];
const waiting = [];
stage.redrawn = () => new Promise((done) => {
  waiting.push(done);
  redraw();
});

/* In a large cluster a picture is drawn in a few pieces, one each time the screen is about to be painted: whatever moves
 * meanwhile goes on moving. What is drawn of each is of the same moment. */
const LARGE = 60; // partitions
let rest = [];
let again = false;
function goOn(drawn) {
  const large = (drawn?.topics ?? []).reduce((sum, topic) => sum + topic.partitions.length, 0) > LARGE;
  const newest = stage.snapshot;
  stage.snapshot = drawn;
  do rest.shift()();
  while (rest.length && !large);
  stage.snapshot = newest;
  if (rest.length) return void requestAnimationFrame(() => goOn(drawn));
  entered();
  for (const done of served.splice(0)) done();
  if (again) {
    again = false;
    redraw();
  }
}

/* One snapshot in, one picture out: the pieces it is drawn in. */
function picture(snapshot) {
  const seen = sizes(snapshot);
  return snapshot ? [() => frame(snapshot), () => sides(snapshot), () => foot(snapshot, seen), () => middle(snapshot, seen), () => words(snapshot), lesson] : [() => frame(snapshot)];
}

function frame(snapshot) {
  const { past } = stage;
  document.title = `${past.on ? `⟲ ${shortClock(past.state.at_ms)} · ` : ''}${stage.title} · ${t('title')} · Riacho`;
  patch(place('tools'), tools(stage));
  patch(place('crumb'), switcher(stage));
  document.documentElement.toggleAttribute('data-past', past.on);
  patch(place('banner'), banner(stage));
  patch(place('past'), pastBar(stage));
  document.documentElement.toggleAttribute('data-drawer', stage.view.drawer);
  root.classList.toggle('waiting', !snapshot);
  patch(place('drawer'), stage.view.drawer && snapshot ? drawer(stage) : []);
}

/* After the rest, as it says something about it. */
function lesson() {
  if (!prefs.embedded && (stage.live?.lesson || lessons.module)) lessons.ready(redraw)?.draw(stage);
}

function sides(snapshot) {
  const more = snapshot.kinesis ? streams.ready(redraw) : null;
  patch(place('producer-list'), beside(more?.writers(snapshot, stage), snapshot.producers, () => producers(snapshot, stage)));
  patch(place('client-list'), beside(more?.callers(snapshot, stage), snapshot.clients, () => clients(snapshot, stage)));
  patch(place('group-list'), beside(more?.readers(snapshot, stage), snapshot.groups, () => groups(snapshot, stage)));
}

/* Those of streams, and Kafka's: first those whom the view is about. Where there is only one kind, the others' absence is not told. */
function beside(kinesis, some, kafka) {
  if (!kinesis?.length) return kafka();
  if (!some?.length) return kinesis;
  return stage.view.view === 'streams' ? [kinesis, kafka()] : [kafka(), kinesis];
}

function foot(snapshot, seen) {
  patch(place('saying'), saying(stage));
  patch(place('controls'), timeControls(stage));
  syncSpeed(stage.live, stage.view);
  const width = seen?.line ?? place('timeline').clientWidth;
  patch(place('timeline'), timeline(stage, width, timelineMetrics(prefs.projector)));
  patch(place('faults'), faultStrip(snapshot, stage));
}

function middle(snapshot, seen) {
  views.draw(stage, seen?.tapes);
  flights.settle();
  staging.moved.draw();
  if (!stage.past.on) stage.line?.look('tapes', looked(snapshot, cluster.plan ? cluster.inView : []));
}

function words(snapshot) {
  patch(place('twin'), [twin(snapshot, stage), snapshot.kinesis ? streams.module?.table(snapshot, stage) : null]);
  document.documentElement.dataset.frame = stage.live.frame;
  for (const id of ['new-producer', 'new-group', 'new-topic', 'compose']) hold(place(id), stage.held);
  window.riacho.snapshot = snapshot;
  writeAddress ??= follow(stage);
  writeAddress();
  stage.drawn?.();
}

/* How large everything is, read before anything is written; undefined when this picture itself may change that. */
let shape = '';
function sizes(snapshot) {
  const { drawer: open, view } = stage.view;
  const now = [Boolean(snapshot), open, view, prefs.projector, stage.past.on].join();
  const [same, line] = [now === shape, place('timeline').clientWidth];
  shape = now;
  return same && snapshot ? { line, tapes: cluster.measure() } : undefined;
}

/* The buttons that stand in the page itself. */
function hold(button, why) {
  if (why) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
  button.title = why;
}

const fly = (snapshot) => requestAnimationFrame(() => requestAnimationFrame(() => flights.hear(snapshot)));

function hearFrame(snapshot) {
  stage.hear(snapshot);
  for (const { code, params } of snapshot.traffic || []) {
    if (code !== 'appended' || !params.producer) continue;
    stage.view.lastSent[params.producer] = `${params.topic}-${params.partition} @ ${params.last}`;
    const { written } = stage;
    if (written && performance.now() < written.until && params.topic === written.topic && params.producer === 'composer') {
      stage.wrote({ topic: params.topic, partition: params.partition, offset: params.last });
    }
  }
  if (stage.stepped) announce();
  redraw();
  fly(snapshot);
  stage.feed.next();
  staging.frame();
}

let announced = null;
let announcing = null;
let wasBack = false; // what was announced last was the past
function announce() {
  if (announcing !== null) return;
  announcing = setTimeout(() => {
    announcing = null;
    if (!stage.snapshot) return;
    const { past } = stage;
    const moment = (past.on ? past.book : stage.book).latest(stage.snapshot);
    const stepped = past.on ? past.stepped : stage.stepped;
    if (!moment && !stepped && !past.on) return;
    const parts = stepped ? stepped.flatMap((event) => [...tell(event), { text: ' ' }]) : moment ? sentenceOf(moment) : [];
    if (past.on) parts.unshift({ text: `${t('past.spoken', { at: past.state.at_ms, behind: past.behind })} ` });
    else if (wasBack) parts.unshift({ text: `${t('past.over')} ` });
    wasBack = past.on;
    const text = parts.map((s) => s.text).join('');
    if (text === announced) return;
    announced = text;
    patch(place('announcer'), sentence(parts));
  }, ANNOUNCE_MS);
}

function hello(message, anew) {
  if (anew) stage.forget();
  if (message.kafka?.length) stage.kafka = message.kafka;
  if (message.resync && !anew) stage.book.missed(message.resync);
  redraw();
}

const socketUrl = () => {
  const path = root.dataset.socket;
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
};

window.riacho = {
  stage,
  snapshot: null,
  cellAt: (...where) => cluster.cellAt(...where),
  colorAt: (x, y) => cluster.colorAt(x, y),
  probe: () => views.probe(),
  colors: (points) => views.colors(points),
  elements: () => document.querySelectorAll('#tapes *').length,
  motion: () => flights.told(),
};

await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', stage.urls);
listen(stage);
for (const [id, act] of [
  ['new-producer', () => stage.select({ kind: 'new-producer' })], ['new-group', () => stage.select({ kind: 'new-group' })],
  ['new-topic', () => stage.select({ kind: 'new-topic' })], ['compose', () => stage.compose()],
]) place(id).addEventListener('click', () => (stage.held ? stage.holdBack() : act()));
addEventListener('click', (event) => {
  if (stage.view.switcher && !event.target.closest('#crumb')) stage.change({ switcher: false });
  if (stage.view.tools && !event.target.closest('.toolbox')) stage.change({ tools: false });
});
keepCounting(stage);
if (prefs.embedded && parent !== window) import('./time/beside.js').then(({ join }) => join(stage));
new ResizeObserver(redraw).observe(place('tapes'));
addEventListener('resize', redraw);
document.addEventListener('scroll', redraw, { capture: true, passive: true });
matchMedia('(resolution: 1dppx)').addEventListener('change', redraw);
document.fonts?.ready.then(redraw);
redraw();
loadSandboxes(stage);
welcome(stage);
stage.line = connect(socketUrl(), {
  hello,
  frame: hearFrame,
  events: (events) => {
    stage.book.add(events);
    if (!stage.past.on) staging.hear(events);
    announce();
    redraw();
  },
  host: (message) => {
    stage.host = message;
    redraw();
  },
  link: (state) => {
    stage.link = state === 'connecting' ? stage.link : state;
    redraw();
  },
});
