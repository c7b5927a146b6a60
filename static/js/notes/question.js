/* The scene's question at the presenter's desk: when it comes, its answers, the one that was locked, what came of it.
 * The answer may be locked from here, when the class has called it out. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { language } from '../i18n.js';
import { marked } from '../lesson/markup.js';
import { asked, explanation, verdict } from '../lesson/predict.js';

const words = (given) => given?.[language()] ?? given?.['pt-BR'] ?? '';

export function question(notes, say) {
  const { document: scene, live } = notes;
  const all = asked(scene);
  const state = live.lesson;
  if (!all.length || !state) return h('section', { key: 'question', class: 'desk-card' }, h('h3', {}, say('n.question')), h('p', { class: 'muted' }, say('n.question.none')));
  const i = current(all, state);
  const one = all[i];
  const prediction = state.predictions[i];
  const right = verdict(prediction);
  const locked = prediction?.chosen !== null && prediction?.chosen !== undefined;
  return h('section', { key: `question ${i}`, class: `desk-card desk-question${right === null ? '' : right ? ' right' : ' wrong'}`, 'data-testid': 'notes-question', 'data-verdict': right === null ? '' : right ? 'right' : 'wrong' },
    h('h3', {}, all.length > 1 ? `${say('n.question')} ${i + 1}/${all.length}` : say('n.question')),
    h('p', { class: 'ask' }, marked(words(one.ask))),
    h('ol', { class: 'desk-options' }, one.options.map((option, n) => answer(option, n, { notes, say, i, prediction, open: state.asks === i, right }))),
    h('p', { class: 'muted', key: 'where', 'data-testid': 'notes-question-state' }, where(one, state, i, { locked, right, live, say })),
    right !== null ? h('p', { key: 'told', class: 'desk-outcome' }, h('b', {}, say(right ? 'n.right' : 'n.wrong')), explanation(one, right) ? [': ', marked(words(explanation(one, right)))] : null) : null);
}

/* The open one, or the last that was answered until the next is open, or the first that is still to come. */
function current(all, state) {
  if (state.asks !== null && state.asks !== undefined) return state.asks;
  const answered = all.map((_, i) => i).filter((i) => state.predictions[i]?.chosen !== null && state.predictions[i]?.chosen !== undefined);
  return answered.at(-1) ?? 0;
}

function answer(option, n, { notes, say, i, prediction, open, right }) {
  const mine = prediction?.chosen === n;
  const held = right !== null && prediction.held.includes(n);
  const tags = [mine ? say('n.mine') : '', held ? say('n.held') : ''].filter(Boolean).join(' · ');
  return h('li', { key: n, class: `${mine ? 'mine' : ''}${held ? ' held' : ''}` },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, held ? '✓' : mine ? (right === null ? '●' : '✕') : 'abcd'[n]),
    h('span', {}, marked(words(option.say)), tags ? h('small', {}, tags) : null),
    open ? button(say('n.lock'), () => notes.order({ do: 'predict', question: i, option: n }), { kind: 'small', test: `notes-lock-${n}` }) : null);
}

function where(one, state, i, { locked, right, live, say }) {
  if (right !== null) return say('n.question.judged');
  if (state.asks === i) return say('n.question.open');
  const since = live.at_ms - state.begin_ms; // all of a lesson's times count from its beginning
  if (locked) return say('n.question.locked', { ms: round(state.predictions[i].locked_ms + (one.after_ms ?? 0) - since) });
  return say('n.question.later', { ms: round((one.at_ms ?? 0) - since) });
}

const round = (ms) => Math.max(0, Math.ceil(ms / 1000) * 1000);
