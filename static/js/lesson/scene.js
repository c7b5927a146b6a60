/* A scene of the lecture over the stage: what it is called, one short text, the sentence of the moment, its question,
 * and the way back and on. The band stands above the stage and covers nothing of it.
 *
 * Entering a scene turns the stage to what the scene is about: a view, something open, one thing in the light. After
 * that the stage is the reader's: it is turned again only when a scene begins. */
import { button } from '../controls.js';
import { Words } from '../code/words.js';
import { h, patch } from '../dom.js';
import { explain } from '../i18n.js';
import { prefs } from '../prefs.js';
import { offers } from './help.js';
import { Lecture } from './lecture.js';
import { answered } from './answered.js';
import { marked } from './markup.js';
import { questions } from './predict.js';
import { clicker } from './clicker.js';
import { Figure } from './figure.js';
import { enter, light, unlight } from './showing.js';

const texts = new Words('scene');
let here = null; // what belongs to this page's scenes (arrive), once one was there

export function draw(stage, document, lesson) {
  here ??= arrive(stage);
  const say = texts.in(stage);
  if (!say || !here.lecture.ready()) return;
  Object.assign(here, { say, document });
  if (stage.live.step < here.step) here.entered = ''; // time has gone back: it was begun anew
  here.step = stage.live.step;
  if (here.entered !== document.id) {
    here.entered = document.id;
    here.brief = false;
    enter(stage, document);
  }
  follow(stage.live.lesson);
  here.band.hidden = false;
  here.band.dataset.scene = document.id;
  patch(here.band, band(stage, document, lesson, say));
  here.figure.draw(stage, document, say);
  light(document);
  drawDark(say);
}

/* While the cluster answers, the text makes room for it; a question brings it back. */
function follow({ phase, predictions }) {
  const locked = predictions.filter(({ chosen }) => chosen !== null && chosen !== undefined).length;
  if (here.phase !== phase || here.locked !== locked) here.brief = phase !== 'asking' && locked > 0;
  Object.assign(here, { phase, locked });
}

export function leave() {
  if (!here) return;
  here.band.hidden = true;
  here.entered = '';
  here.figure.close();
  patch(here.band, []);
  unlight();
}

function arrive(stage) {
  const band = document.createElement('section');
  band.id = 'scene';
  band.dataset.testid = 'scene';
  document.querySelector('main').before(band);
  const dark = document.createElement('div');
  dark.id = 'dark';
  dark.hidden = true;
  dark.tabIndex = -1;
  document.getElementById('riacho').append(dark);
  const lecture = new Lecture(stage.sandbox, stage.redraw);
  clicker({
    next: () => go(stage, 1), back: () => go(stage, -1), blank: () => lecture.turnBlank((command) => stage.line.command(command), !stage.live.pace.paused),
    isDark: () => lecture.blank, single: () => prefs.shortcuts, here: () => !here.band.hidden,
  });
  dark.addEventListener('click', () => lecture.turnBlank((command) => stage.line.command(command), false));
  return { lecture, band, dark, entered: '', step: -1, brief: false, phase: '', locked: 0, figure: new Figure(), say: null, document: null };
}

function band(stage, document, lesson, say) {
  const { lecture, brief } = here;
  const asks = stage.snapshot.lesson.asks !== null;
  const place = lecture.place(document.id);
  const words = lesson.words;
  return [
    h('div', { key: 'head', class: 'scene-head' },
      h('p', { class: 'scene-count', 'data-testid': 'scene-count' }, h('a', { href: '/lecture/', title: say('all') }, place.number ? say('place', { number: place.number, of: place.of }) : say('scene')),
        place.part ? h('span', { class: 'scene-part' }, ` · ${words(place.part.title)}`) : null),
      h('h2', { 'data-testid': 'scene-title' }, words(document.title)),
      h('div', { class: 'scene-ways', role: 'group', 'aria-label': say('ways') },
        button(say('back.short'), () => go(stage, -1), { name: place.back ? say('back', { title: words(place.back.title) }) : say('back.none'), title: 'PageUp', test: 'scene-back', off: !place.back || lecture.busy }),
        button(icon('again'), () => begin(stage, document.id), { kind: 'icon-way', name: say('again'), title: say('again'), test: 'scene-again', off: lecture.busy }),
        button(say('next.short'), () => go(stage, 1), { kind: 'primary', name: place.next ? say('next', { title: words(place.next.title) }) : say('next.none'), title: 'PageDown', test: 'scene-next', off: !place.next || lecture.busy }),
        h('a', { class: 'button icon-way notes-way', href: `/s/${encodeURIComponent(stage.sandbox)}/notes/`, target: 'riacho-notes', title: say('notes.open'), 'aria-label': say('notes.open'), 'data-testid': 'scene-notes' }, icon('notes')),
        button(icon(brief ? 'unfold' : 'fold'), () => turn(stage), { kind: 'icon-way quiet', name: say(brief ? 'unfold' : 'fold'), title: say(brief ? 'unfold' : 'fold'), test: 'scene-fold' }))),
    h('div', { key: 'body', class: asks ? 'scene-body asks' : 'scene-body' },
      h('div', { key: 'words', class: 'scene-words' },
        brief ? null : h('p', { key: 'text', class: 'scene-text', 'data-testid': 'scene-text' }, marked(words(document.text))),
        asks ? null : h('p', { key: 'sentence', class: 'scene-sentence', 'data-testid': 'scene-sentence' }, marked(words(document.sentence))),
        asks ? null : offers(stage, document, lesson.say)),
      asks ? questions(stage, document, lesson).filter(Boolean).at(-1) : answered(stage, document, lesson, say)),
  ];
}

const SHAPES = {
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 1.8v3.4H9.8', notes: 'M2.6 2.4h10.8v8.4H7.6L4.4 13.6v-2.8H2.6zM5.4 5.4h5.2M5.4 7.8h3.4', fold: 'M3.6 10 8 5.6l4.4 4.4', unfold: 'M3.6 6 8 10.4 12.4 6',
};

function icon(name) {
  return h('svg', { class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, h('path', { d: SHAPES[name] }));
}

function turn(stage) {
  here.brief = !here.brief;
  stage.redraw();
}

function go(stage, by) {
  const place = here.lecture.place(here.document.id);
  const to = by > 0 ? place.next : place.back;
  return to ? begin(stage, to.id) : undefined;
}

async function begin(stage, id) {
  const done = await here.lecture.begin(id);
  if (done.ok) return;
  const said = explain(done.error.code) || here.say('failed');
  stage.toasts.show(said[0].toUpperCase() + said.slice(1), { code: done.error.code, more: done.error.reason });
}

/* The blank screen. Whoever presses anything sees the stage again. */
function drawDark(say) {
  const { dark, lecture } = here;
  if (dark.hidden === !lecture.blank) return;
  dark.hidden = !lecture.blank;
  dark.setAttribute('role', 'button');
  dark.setAttribute('aria-label', say('dark'));
  if (lecture.blank) dark.focus();
}
