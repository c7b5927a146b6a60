/* The presenter's window: notes of the scene that is on the stage, what comes next, the clock, the open question.
 *
 * It has a line of its own to the sandbox, so it may be on another machine than the stage; only the blank screen needs
 * the same browser (lesson/lecture.js). What is done here is a command like anybody's. */
import { ask, sandboxPath } from '../api.js';
import { Words } from '../code/words.js';
import { patch } from '../dom.js';
import { onceAFrame } from '../frame.js';
import { explain, speak, t } from '../i18n.js';
import { Lecture } from '../lesson/lecture.js';
import { clicker } from '../lesson/clicker.js';
import { prefs } from '../prefs.js';
import { connect } from '../socket.js';
import { Book } from '../stories.js';
import { Toasts } from '../toasts.js';
import { Timer } from './timer.js';
import { desk } from './desk.js';

const root = document.querySelector('[data-socket]');
const texts = new Words('scene');
const place = document.getElementById('desk');
const redraw = onceAFrame(draw);

const notes = {
  t, sandbox: root.dataset.sandbox, live: null, book: new Book(), link: 'connecting', document: null, coming: '', picks: new Map(), redraw,
  toasts: new Toasts(document.getElementById('toasts')), lecture: null, timer: new Timer(root.dataset.sandbox), line: null,
  order, begin, go, blank, pause,
};
notes.lecture = new Lecture(notes.sandbox, redraw);

function draw() {
  const say = texts.in(notes);
  const there = notes.lecture.ready();
  if (!say || !there) return;
  follow();
  patch(place, desk(notes, say));
  place.dataset.scene = notes.document?.id ?? '';
}

/* The scene on the stage may have changed: by us, by the stage, by somebody else. */
function follow() {
  const now = notes.live?.lesson ?? null;
  if (!now) {
    notes.document = null;
    notes.coming = '';
  } else if (notes.coming !== now.id) fetchDocument(now.id);
}

async function fetchDocument(id) {
  notes.coming = id;
  const found = await ask(sandboxPath(notes.sandbox, '/lesson'));
  if (found.ok && found.lesson.id !== id) notes.coming = ''; // it has changed again meanwhile
  else if (found.ok) {
    notes.document = found.lesson;
    notes.picks.clear();
    notes.timer.entered();
  }
  else if (found.error?.code === 'SANDBOX_OPENING') setTimeout(() => { notes.coming = ''; redraw(); }, 300); // begun anew just now
  redraw();
}

async function order(command) {
  const done = await notes.line.command(command);
  if (!done.ok) refuse(done.error);
  redraw();
  return done;
}

function refuse({ code, reason }) {
  const said = explain(code) || t('refused');
  notes.toasts.show(said[0].toUpperCase() + said.slice(1), { code, more: reason });
}

async function begin(id) {
  const done = await notes.lecture.begin(id);
  if (!done.ok) refuse(done.error);
}

function go(by) {
  const spot = notes.lecture.place(notes.document?.id);
  const to = by > 0 ? spot.next : spot.back;
  return to ? begin(to.id) : undefined;
}

function blank() {
  return notes.lecture.turnBlank(order, notes.live?.pace.paused === false);
}

function pause() {
  return notes.live && order({ do: notes.live.pace.paused ? 'resume' : 'pause' });
}

clicker({
  next: () => go(1), back: () => go(-1), blank, isDark: () => false, single: () => prefs.shortcuts, here: () => true,
}, { next: ['ArrowRight'], back: ['ArrowLeft'] });
addEventListener('keydown', (event) => {
  if (event.key !== ' ' || event.target.closest('button, a, input, summary')) return;
  event.preventDefault();
  pause();
});
setInterval(() => document.hidden || redraw(), 1000); // the clocks

await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', { 'pt-BR': root.dataset.textsPt, en: root.dataset.textsEn });
redraw();
notes.line = connect(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${root.dataset.socket}`, {
  hello: (message, anew) => {
    if (anew) notes.book = new Book();
    redraw();
  },
  frame: (snapshot) => {
    const back = notes.live && snapshot.step < notes.live.step; // begun anew: the same scene may be another document
    notes.live = snapshot;
    if (back) Object.assign(notes, { coming: '', book: new Book() });
    document.documentElement.dataset.frame = snapshot.frame;
    redraw();
  },
  events: (events) => {
    notes.book.add(events);
    redraw();
  },
  host: redraw,
  link: (state) => {
    notes.link = state === 'connecting' ? notes.link : state;
    redraw();
  },
});
