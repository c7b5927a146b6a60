/* Lessons on the stage: fetched when the sandbox has one, and drawn with each of its pictures.
 *
 * A level has a panel beside the stage (panel.js) and its own top line (head.js); a scene of the lecture has what
 * scene.js draws. Both have the outcome of a prediction at its object (callout.js) and only what is allowed lit (gate.js). */
import { h, patch } from '../dom.js';
import { showView } from '../views/address.js';
import { Callout } from './callout.js';
import { Gate } from './gate.js';
import { head } from './head.js';
import { Lesson } from './lesson.js';
import { panel } from './panel.js';

const root = document.documentElement;
let here = null; // {lesson, gate, callout, mounts} while the sandbox has a lesson
let scene = null; // the module that draws scenes, once one was there

/* Called with each picture, also those of a sandbox that has no lesson any more. */
export function draw(stage) {
  if (!stage.live?.lesson?.phase) return leave(stage); // none, or it has not begun
  here ??= arrive(stage);
  const { lesson, gate, callout } = here;
  if (!lesson.ready()) return waiting(stage);
  const { document: told } = lesson;
  if (root.dataset.lesson !== told.kind) begin(stage, told.kind);
  lesson.watch();
  if (told.kind === 'scene') drawScene(stage, told, lesson);
  else drawLevel(stage, told, lesson);
  if (callout.shown) callout.draw();
  gate.set({ allow: told.allow, asking: stage.live.lesson.phase === 'asking', say: lesson.say });
  remind(stage, lesson);
  return undefined;
}

/* The panel's places in the page. They stay when the lesson is gone, empty and hidden. */
function arrive(stage) {
  const made = (tag, props, ...inside) => {
    const element = document.createElement(tag);
    Object.assign(element, props);
    element.append(...inside);
    return element;
  };
  const body = made('div', { className: 'lesson-sheet' });
  const said = made('p', { id: 'lesson-said', className: 'visually-hidden' });
  said.setAttribute('role', 'status');
  const box = made('section', { id: 'lesson', tabIndex: -1 }, body, said);
  box.dataset.testid = 'lesson';
  const top = made('div', { id: 'lesson-head' });
  document.querySelector('main').prepend(box);
  document.getElementById('crumb').after(top);
  const callout = new Callout(stage);
  return { lesson: new Lesson(stage, callout), gate: new Gate(stage), callout, mounts: { panel: box, body, head: top } };
}

/* The first picture of a lesson of this kind: the drawer gives its place away. */
function begin(stage, kind) {
  root.dataset.lesson = kind;
  here.mounts.panel.setAttribute('aria-label', here.lesson.say(kind === 'scene' ? 'panel.scene' : 'panel'));
  if (kind !== 'level' || location.hash.length > 1) return;
  stage.change({ drawer: false });
  const { view } = here.lesson.document.show ?? {};
  if (view) showView(stage, view);
}

function waiting(stage) {
  if (!here.lesson.problem || !here.lesson.say) return undefined;
  root.dataset.lesson = 'level';
  patch(here.mounts.body, h('p', { class: 'bad', role: 'alert' }, here.lesson.say('broken', { code: here.lesson.problem })));
  return stage;
}

function drawLevel(stage, told, lesson) {
  const { mounts } = here;
  const phase = stage.snapshot.lesson?.phase; // of the moment that is looked at
  patch(mounts.head, phase ? head(stage, told, lesson) : []);
  patch(mounts.body, phase ? panel(stage, told, lesson) : h('p', { class: 'lesson-body muted' }, lesson.say('before')));
  mounts.panel.classList.toggle('folded', lesson.folded);
  mounts.panel.dataset.phase = phase;
}

async function drawScene(stage, told, lesson) {
  scene ??= import('./scene.js');
  (await scene).draw(stage, told, lesson);
}

async function leave(stage) {
  if (!here || root.dataset.lesson === undefined) return;
  delete root.dataset.lesson;
  here.gate.open();
  here.callout.close();
  Object.assign(here.lesson, { before: null, coming: '', document: null });
  patch(here.mounts.head, []);
  patch(here.mounts.body, []);
  if (scene) (await scene).leave(stage, here.lesson);
}

/* While time stands still no picture comes by itself; a hint may become due nevertheless. */
let reminder = null;
function remind(stage, lesson) {
  if (reminder !== null || !stage.live.pace.paused || stage.live.lesson.phase === 'reached' || !lesson.document.hints?.length) return;
  reminder = setTimeout(() => {
    reminder = null;
    stage.redraw();
  }, 1000);
}
