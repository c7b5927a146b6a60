/* What is still missing, with the values as they are now; what came out of it in the end. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { clauseWords, listOf, valueOf } from './clauses.js';
import { marked } from './markup.js';

const stateOf = (state, part, index) => state.clauses.find((one) => one.part === part && one.index === index);

/* What is to be reached, in the order in which the document has it: a task of several steps begins with the first. */
const parts = (goal) => Object.keys(goal ?? {}).filter((part) => part === 'now' || part === 'ever');

/* "O que falta": clauses of `now` and `ever` with a tick each, how long it has to stay so, what must never happen. */
export function missing(stage, document, lesson) {
  const { say } = lesson;
  const state = stage.snapshot.lesson;
  const goal = document.goal ?? {};
  const lines = parts(goal).flatMap((part) => listOf(goal[part]).map((clause, i) => line(part, clause, stateOf(state, part, i), i, lesson)));
  const never = listOf(goal.never);
  return h('section', { key: 'goal', class: 'missing', 'aria-labelledby': 'lesson-missing', 'data-testid': 'missing' },
    h('h3', { id: 'lesson-missing' }, say(state.phase === 'reached' ? 'goal.had' : 'goal.missing')),
    h('ul', { class: 'plain checks' }, lines, held(state, goal, say), within(state, goal, say)),
    never.length ? h('div', { key: 'never', class: 'never' },
      h('h4', {}, say('goal.never')),
      h('ul', { class: 'plain checks' }, never.map((clause, i) => line('never', clause, stateOf(state, 'never', i), i, lesson)))) : null);
}

function line(part, clause, found, i, lesson) {
  const { say } = lesson;
  const holds = Boolean(found?.holds);
  const look = part === 'never' ? (holds ? 'broken' : 'kept') : holds ? 'done' : 'open';
  return check({ key: `${part} ${i}`, look, words: clauseWords(clause, lesson), value: part === 'never' && !holds ? '' : valueOf(clause, found, say), say, part });
}

const MARKS = { done: '✓', open: '…', kept: '✓', broken: '✕' };

function check({ key, look, words, value, say, part }) {
  return h('li', { key, class: `check-line ${look}`, 'data-testid': 'clause', 'data-part': part, 'data-look': look },
    h('b', { class: 'tick', 'aria-hidden': 'true' }, MARKS[look]),
    h('span', {}, h('span', { class: 'visually-hidden' }, `${say(`check.${look}`)}: `), words),
    h('span', { class: 'value num', 'data-testid': 'clause-value' }, value));
}

/* All of `now` together, for so long. */
function held(state, goal, say) {
  if (!goal.for_ms) return null;
  const done = state.phase === 'reached';
  const value = done || !state.held_ms ? '' : say('goal.held', { ms: Math.min(state.held_ms, goal.for_ms) });
  return check({ key: 'for', look: done ? 'done' : 'open', words: say('goal.for', { ms: goal.for_ms, clauses: listOf(goal.now).length }), value, say, part: 'for' });
}

function within(state, goal, say) {
  if (!goal.within_ms) return null;
  const look = state.phase === 'reached' ? 'done' : state.failed?.part === 'within' ? 'broken' : 'open';
  const left = state.left_ms ?? null;
  return check({ key: 'within', look, words: say('goal.within', { ms: goal.within_ms }), value: left === null || look !== 'open' ? '' : say('goal.left', { ms: left }), say, part: 'within' });
}

/* How many steps there are, and which are done: questions answered, clauses that hold, the goal itself. */
export function steps(state, document) {
  const answered = state.predictions.map((one) => one.chosen !== null && one.chosen !== undefined);
  const clauses = parts(document.goal).flatMap((part) => listOf(document.goal?.[part]).map((_, i) => Boolean(stateOf(state, part, i)?.holds)));
  const reached = state.phase === 'reached';
  return [...answered, ...clauses.map((holds) => holds || reached), reached];
}

export function stepsBar(state, document, say) {
  const all = steps(state, document);
  const now = all.indexOf(false);
  const done = all.filter(Boolean).length;
  return h('div', { key: 'steps', class: 'steps', role: 'img', 'aria-label': say('steps', { done, of: all.length }), 'data-testid': 'steps', 'data-done': done, 'data-of': all.length },
    all.map((it, i) => h('i', { key: i, class: it ? 'd' : i === now ? (state.phase === 'failed' ? 'x' : 'n') : null })));
}

/* The goal was reached: what was seen, and where to go from here. */
export function reached(stage, document, lesson) {
  const { say } = lesson;
  const state = stage.snapshot.lesson;
  const { next } = lesson.place;
  return h('section', { key: 'reached', class: 'ended reached', 'data-testid': 'reached', 'aria-labelledby': 'lesson-ended' },
    h('h2', { id: 'lesson-ended' }, h('span', { 'aria-hidden': 'true' }, '✓ '), say(state.shown ? 'reached.shown' : 'reached')),
    state.shown ? h('p', { class: 'muted' }, say('reached.shown.told')) : h('p', { class: 'muted num' }, say('reached.moves', { moves: state.moves, par: state.par ?? document.par ?? 0, ms: state.reached_ms ?? 0, client: String(state.by === 'client') })),
    h('p', { class: 'takeaway' }, marked(lesson.words(document.takeaway))),
    h('p', { class: 'actions' },
      state.shown ? button(say('anew'), () => lesson.anew(), { kind: 'primary', test: 'ended-anew' }) : null,
      next ? h('a', { class: state.shown ? 'button' : 'button primary', href: `/levels/${next.id}/`, 'data-testid': 'next' }, say('next', { title: lesson.words(next.title) }), h('span', { 'aria-hidden': 'true' }, ' →'))
        : h('a', { class: state.shown ? 'button' : 'button primary', href: '/levels/', 'data-testid': 'to-levels' }, say('levels.all')),
      h('a', { class: 'quiet-link', href: `/s/${encodeURIComponent(stage.sandbox)}/report/`, 'data-testid': 'to-report' }, say('report'))));
}

/* Failed for good: which clause, why, and the way out. */
export function failed(stage, document, lesson) {
  const { say } = lesson;
  const { part, index, value } = stage.snapshot.lesson.failed;
  const clause = part === 'within' ? null : listOf(document.goal?.[part])[index];
  const why = clause?.why ? marked(lesson.words(clause.why)) : part === 'within' ? say('failed.within', { ms: document.goal?.within_ms ?? 0 }) : clause ? [say('failed.happened'), ' ', clauseWords(clause, lesson), '.'] : say('failed.happened');
  const found = clause ? valueOf(clause, { value }, say) : '';
  return h('section', { key: 'failed', class: 'ended failed', 'data-testid': 'failed', 'aria-labelledby': 'lesson-ended' },
    h('h2', { id: 'lesson-ended' }, say('failed')),
    h('p', { 'data-testid': 'failed-why' }, why),
    clause?.why && found ? h('p', { class: 'muted' }, clauseWords(clause, lesson), ': ', h('b', { class: 'num' }, found)) : null,
    h('p', { class: 'actions' }, button(say('anew'), () => lesson.anew(), { kind: 'primary', test: 'ended-anew' })));
}
