/* The panel at the left of the stage: where one stands, what is to be done, what was foreseen, what is still missing. */
import { h } from '../dom.js';
import { reached, failed, missing, stepsBar, steps } from './goal.js';
import { byClient, hints, lab, misconceptions, offers } from './help.js';
import { lazy } from '../lazy.js';
import { marked } from './markup.js';
import { questions } from './predict.js';

const solution = lazy(() => import('./solution.js'), 'solution');

export function panel(stage, document, lesson) {
  const { say } = lesson;
  const state = stage.snapshot.lesson;
  const { phase } = state;
  const now = phase === 'running' && state.predictions.some(({ chosen }) => chosen === null) ? 'waiting' : phase;
  const over = phase === 'reached' || phase === 'failed';
  const text = h('div', { key: 'text', class: over ? 'lesson-text quiet' : 'lesson-text' },
    over ? null : h('h2', { key: 'now' }, say(`phase.${now}`)),
    h('p', {}, marked(lesson.words(document.text))));
  return [
    fold(stage, document, lesson, now),
    h('div', { key: 'body', id: 'lesson-body', class: 'lesson-body' },
      stepsBar(state, document, say),
      phase === 'reached' ? reached(stage, document, lesson) : null,
      phase === 'failed' ? failed(stage, document, lesson) : null,
      over ? null : text,
      lesson.open && stage.live.lesson.shown ? h('div', { key: 'solution' }, solution(document, lesson, stage)) : null,
      byClient(stage, lesson),
      misconceptions(stage, document, lesson),
      questions(stage, document, lesson),
      missing(stage, document, lesson),
      over ? text : null,
      over ? null : offers(stage, document, say),
      hints(document, lesson),
      lab(stage, document, lesson)),
  ];
}

/* Where there is no room beside the stage, the panel is a sheet that can be folded to this line. */
function fold(stage, document, lesson, now) {
  const { say } = lesson;
  const all = steps(stage.snapshot.lesson, document);
  return h('button', {
    key: 'fold', type: 'button', class: 'lesson-fold', 'aria-expanded': String(!lesson.folded), 'aria-controls': 'lesson-body', 'data-testid': 'lesson-fold',
    on: { click: () => lesson.turnFold() },
  },
  h('b', {}, lesson.words(document.title)),
  h('span', { class: 'muted num' }, say(`brief.${now}`, { done: all.filter(Boolean).length, of: all.length })),
  h('span', { class: 'fold-way', 'aria-hidden': 'true' }, lesson.folded ? '▾' : '▴'));
}
