/* What was foreseen, in one line, while the cluster answers; later what happened beside it. The sentence that explains it
 * stands at its object (callout.js); from here it can be called back. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { marked } from './markup.js';
import { asked, verdict } from './predict.js';

const isLocked = (prediction) => prediction?.chosen !== null && prediction?.chosen !== undefined;

/* The newest question that was answered; null before. */
export function answered(stage, document, lesson, say) {
  const state = stage.snapshot.lesson;
  const all = asked(document);
  const i = all.reduce((last, _, n) => (isLocked(state.predictions[n]) ? n : last), -1);
  if (i < 0) return null;
  const prediction = state.predictions[i];
  const right = verdict(prediction);
  const option = (n) => marked(lesson.words(all[i].options[n].say));
  return h('div', { key: `answer ${i}`, class: `answered${right === null ? '' : right ? ' right' : ' wrong'}`, 'data-testid': 'answered', 'data-question': i, 'data-verdict': right === null ? 'open' : right ? 'right' : 'wrong' },
    h('p', { key: 'mine' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, right === null ? '●' : right ? '✓' : '✕'), h('small', {}, say('mine')), ' ', h('b', {}, option(prediction.chosen))),
    right === false && prediction.held.length ? h('p', { key: 'held', class: 'held' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, '✓'), h('small', {}, say('held')), ' ', h('b', {}, option(prediction.held[0]))) : null,
    right === null ? h('p', { key: 'wait', class: 'wait' }, say('watch')) : null,
    right === true ? h('p', { key: 'true', class: 'wait' }, say('came.true')) : null,
    right !== null && all[i].about ? button(say('where'), () => lesson.point(i), { kind: 'link', test: 'outcome-where' }) : null);
}
