/* Wiring: the server's messages go into the stage, and each change becomes one new picture on the next frame. */
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
import { brokers } from './brokers.js';
import { clients, producers } from './producers.js';
import { connect } from './socket.js';
import { Stage } from './stage.js';
import { sentenceOf } from './stories.js';
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
  document.title = `${stage.sandbox} · ${t('title')} · Riacho`;
  patch(place('tools'), tools(stage));
  patch(place('banner'), banner(stage));
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
  syncSpeed(snapshot, stage.view);
  const width = place('timeline').clientWidth;
  patch(place('timeline'), timeline(stage, width, timelineMetrics(prefs.projector)));
  cluster.draw(stage);
  patch(place('twin'), twin(snapshot, stage));
  document.documentElement.dataset.frame = snapshot.frame;
  window.riacho.snapshot = snapshot;
}

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
  if (snapshot.traffic?.length) requestAnimationFrame(() => requestAnimationFrame(() => flights.launch(snapshot.traffic, snapshot)));
}

let announced = null;
let announcing = null;
function announce() {
  if (announcing !== null) return;
  announcing = setTimeout(() => {
    announcing = null;
    const moment = stage.snapshot && stage.book.latest(stage.snapshot);
    if (!moment) return;
    const parts = stage.stepped ? stage.stepped.flatMap((event) => [...tell(event), { text: ' ' }]) : sentenceOf(moment);
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
]) place(id).addEventListener('click', act);
new ResizeObserver(redraw).observe(place('tapes'));
addEventListener('resize', redraw);
document.addEventListener('scroll', redraw, { capture: true, passive: true });
matchMedia('(resolution: 1dppx)').addEventListener('change', redraw);
document.fonts?.ready.then(redraw);
redraw();
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
