/* A question before things happen: options, one answer that is locked, and later what happened beside it.
 *
 * Used by levels (panel.js) and by scenes alike. What is chosen but not confirmed is this page's own; what is locked is
 * the engine's state. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { marked } from './markup.js';

export const asked = (document) => (Array.isArray(document.predict) ? document.predict : document.predict ? [document.predict] : []);

/* Did the chosen option hold? null: not judged yet. */
export const verdict = (prediction) => (!prediction || prediction.judged_ms === null || prediction.judged_ms === undefined ? null : prediction.held.includes(prediction.chosen));

/* What is said at the object when it was judged. */
export const explanation = (question, right) => (right ? question.because ?? null : question.surprise ?? null);

/* All questions that have been asked so far, the newest whole. */
export function questions(stage, document, lesson) {
  const state = stage.snapshot.lesson;
  const all = asked(document);
  const latest = all.reduce((last, _, i) => (i === state.asks || isLocked(state.predictions[i]) ? i : last), -1);
  return all.map((question, i) => {
    if (i === state.asks) return open(question, i, stage, lesson);
    if (!isLocked(state.predictions[i])) return null;
    return i === latest ? locked(question, i, state.predictions[i], stage, lesson) : past(question, i, state.predictions[i], stage, lesson);
  });
}

const isLocked = (prediction) => prediction?.chosen !== null && prediction?.chosen !== undefined;

function open(question, i, stage, lesson) {
  const { say } = lesson;
  const chosen = lesson.chosen(i);
  const held = stage.held || (chosen === null ? say('predict.choose') : '');
  return h('section', { key: `question ${i}`, class: 'question', 'data-testid': 'question', 'data-question': i },
    h('h3', { id: `q-${i}` }, say('predict.title'), h('span', { class: 'once' }, ` · ${say('predict.once')}`)),
    h('p', { id: `q-${i}-ask`, class: 'ask' }, marked(lesson.words(question.ask))),
    h('div', { role: 'radiogroup', 'aria-labelledby': `q-${i} q-${i}-ask`, class: 'options' }, question.options.map((option, n) => h('label', {
      key: n, class: chosen === n ? 'option chosen' : 'option', 'data-testid': `option-${n}`,
    },
    h('input', { type: 'radio', name: `prediction-${i}`, value: n, initial: { checked: chosen === n }, disabled: Boolean(stage.held), on: { change: () => lesson.choose(i, n) } }),
    h('span', {}, marked(lesson.words(option.say)))))),
    button(say('predict.confirm'), () => (chosen === null || stage.held ? lesson.sayWhy(held) : lesson.predict(i)), { kind: 'primary whole', test: 'predict', held }));
}

function locked(question, i, prediction, stage, lesson) {
  const { say } = lesson;
  const right = verdict(prediction);
  const outcome = right === null ? null : explanation(question, right);
  return h('section', { key: `question ${i}`, class: `question locked${right === null ? '' : right ? ' right' : ' wrong'}`, 'data-testid': 'question', 'data-question': i, 'data-verdict': right === null ? 'open' : right ? 'right' : 'wrong' },
    h('h3', {}, say('predict.title'), h('span', { class: 'once' }, ` · ${say(right === null ? 'predict.locked' : 'predict.judged')}`)),
    h('p', { class: 'ask' }, marked(lesson.words(question.ask))),
    options(question, prediction, lesson),
    right === null
      ? h('p', { key: 'wait', class: 'muted' }, say('predict.watch'))
      : h('div', { key: 'outcome', class: 'outcome', 'data-testid': 'outcome' },
        h('p', { class: 'verdict' }, h('b', {}, say(right ? 'predict.right' : 'predict.wrong'))),
        outcome ? h('p', { key: 'told' }, marked(lesson.words(outcome))) : null,
        question.about && outcome ? button(say('predict.where'), () => lesson.point(i), { kind: 'link', test: 'outcome-where' }) : null));
}

function options(question, prediction, lesson) {
  const { say } = lesson;
  const judged = verdict(prediction) !== null;
  return h('ol', { class: 'options' }, question.options.map((option, n) => {
    const [mine, held] = [prediction.chosen === n, judged && prediction.held.includes(n)];
    const tags = [mine ? say('predict.mine') : '', held ? say('predict.held') : ''].filter(Boolean);
    return h('li', { key: n, class: `option${mine ? ' chosen' : ''}${held ? ' held' : ''}${judged && mine && !held ? ' missed' : ''}`, 'data-testid': `option-${n}` },
      h('span', { class: 'option-mark', 'aria-hidden': 'true' }, held ? '✓' : mine ? (judged ? '✕' : '●') : ''),
      h('span', {}, marked(lesson.words(option.say)), tags.length ? h('small', {}, tags.join(' · ')) : null));
  }));
}

/* An earlier one: folded. */
function past(question, i, prediction, stage, lesson) {
  const right = verdict(prediction);
  return h('details', { key: `question ${i}`, class: 'question past', 'data-question': i },
    h('summary', {}, h('b', { class: right ? 'good' : 'warn' }, right === null ? '· ' : right ? '✓ ' : '✕ '), marked(lesson.words(question.ask))),
    options(question, prediction, lesson));
}
