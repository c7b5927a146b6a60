/* Wiring: the server's messages go into the stage, and each change becomes one new picture on the next frame. */
import { openBranch, shortClock } from './branch.js';
import { brokers } from './brokers.js';
import { Cluster } from './cluster.js';
import { sentence } from './controls.js';
import { patch } from './dom.js';
import { drawer } from './drawer.js';
import { Flights } from './flights.js';
import { saying, syncSpeed, timeControls } from './footer.js';
import { groups } from './groups.js';
import { banner, tools } from './header.js';
import { speak, t, tell } from './i18n.js';
import { drawHelp, listen } from './keys.js';
import { pastBar } from './lookback.js';
import { keepCounting } from './patience.js';
import { clients, producers } from './producers.js';
import { connect } from './socket.js';
import { Stage } from './stage.js';
import { sentenceOf } from './stories.js';
import { loadSandboxes, switcher } from './switcher.js';
import { timeline, timelineMetrics } from './timeline.js';
import { Toasts } from './toasts.js';
import { twin } from './twin.js';
import { prefs } from './prefs.js';

const ANNOUNCE_MS = 1500; // a screen reader is not told more than one sentence in this time

const place = (id) => document.getElementById(id);
const root = place('riacho');
const cluster = new Cluster(place('tapes'));
const flights = new Flights(place('sky'), cluster);
const toasts = new Toasts(place('toasts'));
let asked = false;

const stage = new Stage({
  redraw, toasts, sandbox: root.dataset.sandbox, urls: { 'pt-BR': root.dataset.textsPt, en: root.dataset.textsEn },
});
stage.announce = (text) => patch(place('announcer'), text);
stage.openBranch = () => openBranch(stage, place('branch'));
/* The picture has just been turned to a moment of the past, or to the present again. */
stage.turned = (traffic, move) => {
  announce();
  if (stage.past.on && move?.startsWith('forward') && traffic.length) fly(traffic, stage.snapshot);
};
stage.showHelp = () => {
  drawHelp(place('help'), stage);
  place('help').showModal();
};

function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    draw(stage.snapshot);
  });
}

/* One snapshot in, one picture out. */
function draw(snapshot) {
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
  if (!snapshot) return;
  patch(place('producer-list'), producers(snapshot, stage));
  patch(place('client-list'), clients(snapshot, stage));
  place('brokers').classList.toggle('many', snapshot.brokers.length > 5);
  patch(place('brokers'), brokers(snapshot, stage));
  patch(place('group-list'), groups(snapshot, stage));
  patch(place('saying'), saying(stage));
  patch(place('controls'), timeControls(stage));
  syncSpeed(stage.live, stage.view);
  const width = place('timeline').clientWidth;
  patch(place('timeline'), timeline(stage, width, timelineMetrics(prefs.projector)));
  cluster.draw(stage);
  patch(place('twin'), twin(snapshot, stage));
  document.documentElement.dataset.frame = stage.live.frame;
  for (const id of ['new-producer', 'new-group', 'new-topic', 'compose']) hold(place(id), stage.held);
  window.riacho.snapshot = snapshot;
}

/* The buttons that stand in the page itself. */
function hold(button, why) {
  if (why) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
  button.title = why;
}

const fly = (traffic, snapshot) => requestAnimationFrame(() => requestAnimationFrame(() => flights.launch(traffic, snapshot)));

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
  if (snapshot.traffic?.length && !stage.past.on) fly(snapshot.traffic, snapshot);
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
  snapshot: null,
  cellAt: (...where) => cluster.cellAt(...where),
  colorAt: (x, y) => cluster.colorAt(x, y),
  elements: () => document.querySelectorAll('#tapes *').length,
};

await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', stage.urls);
listen(stage);
for (const [id, act] of [
  ['new-producer', () => stage.select({ kind: 'new-producer' })], ['new-group', () => stage.select({ kind: 'new-group' })],
  ['new-topic', () => stage.select({ kind: 'new-topic' })], ['compose', () => stage.compose()],
]) place(id).addEventListener('click', () => (stage.held ? stage.holdBack() : act()));
addEventListener('click', (event) => {
  if (stage.view.switcher && !event.target.closest('#crumb')) stage.change({ switcher: false });
});
keepCounting(stage);
new ResizeObserver(redraw).observe(place('tapes'));
addEventListener('resize', redraw);
document.addEventListener('scroll', redraw, { capture: true, passive: true });
matchMedia('(resolution: 1dppx)').addEventListener('change', redraw);
document.fonts?.ready.then(redraw);
redraw();
loadSandboxes(stage);
stage.line = connect(socketUrl(), {
  hello,
  frame: hearFrame,
  events: (events) => {
    stage.book.add(events);
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
