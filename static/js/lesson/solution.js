/* The solution in steps: each in words and as code, and the next one can be done for the learner. A level reached
 * after it was shown counts as shown: it is solved by whoever begins anew. */
import { words as codeWords } from '../code/page.js';
import { chosenForm, placeFor } from '../code/place.js';
import { codeBlock, formTabs } from '../code/shown.js';
import { formsFor, snippet } from '../code/snippets.js';
import { taskOf } from '../code/tasks.js';
import { button } from '../controls.js';
import { h } from '../dom.js';
import { t } from '../i18n.js';

const SUBJECTS = ['group', 'topic', 'stream', 'consumer', 'producer', 'broker', 'partition', 'client'];

/* "Acrescentar um consumidor: grupo faturamento"; of a call of AWS its operation, and what it is handed. */
export function stepWords({ at_ms: _, do: what, ...fields }, say) {
  if (what === 'call_aws') return { name: fields.operation, about: Object.entries(fields.parameters ?? {}).map(([key, value]) => `${key} = ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(' · ') };
  const name = t(`do.${what}`);
  const about = SUBJECTS.filter((one) => fields[one] !== undefined && fields[one] !== null).map((one) => say(`about.${one}`, { topic: fields.topic ?? '', ...fields }));
  const rest = Object.entries(fields).filter(([key, value]) => !SUBJECTS.includes(key) && value !== null).map(([key, value]) => `${key} = ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  return { name: name[0].toUpperCase() + name.slice(1), about: [...about, ...rest].join(' · ') };
}

export function solution(document, lesson, stage) {
  const { say } = lesson;
  const state = stage.live.lesson;
  const list = document.solution ?? [];
  const at = lesson.done;
  const over = state.phase === 'reached' || state.phase === 'failed';
  return h('section', { key: 'solution', class: 'solution', 'data-testid': 'solution', 'aria-labelledby': 'lesson-solution' },
    h('h3', { id: 'lesson-solution' }, say('solution')),
    h('ol', { class: 'plain solution-steps' }, list.map((step, i) => {
      const { name, about } = stepWords(step, say);
      const wait = i === at ? untilDue(step, state, stage) : 0;
      return h('li', { key: i, class: i < at ? 'was' : i === at && !over ? 'now' : null, 'aria-current': i === at && !over ? 'step' : null, 'data-testid': 'solution-step' },
        h('b', { class: 'number', 'aria-hidden': 'true' }, i < at ? '✓' : String(i + 1)),
        h('div', {}, h('p', {}, name), about ? h('p', { class: 'muted' }, about) : null,
          i === at && !over ? button(wait > 0 ? say('solution.wait', { ms: wait }) : say('solution.do'), () => (held(stage, state, say) ? lesson.sayWhy(held(stage, state, say)) : lesson.doStep(step)), {
            kind: 'primary small', test: 'solution-do', held: held(stage, state, say) || (wait > 0 ? say('solution.early') : ''),
          }) : null));
    })),
    list[at] && !over ? twin(list[at], stage, say) : null,
    at >= list.length && !over ? h('p', { class: 'muted' }, say('solution.watch')) : null);
}

const held = (stage, state, say) => stage.held || (state.phase === 'asking' ? say('barred.asking') : '');

/* So much of the cluster's time is still to pass before a step is due. */
const untilDue = (step, state, stage) => Math.max(0, state.begin_ms + (step.at_ms ?? 0) - stage.live.at_ms);

/* The step as code. */
function twin({ at_ms: _, ...command }, stage, say) {
  const codeSay = codeWords.in(stage);
  if (!codeSay) return null;
  const task = taskOf(command, stage.live);
  const forms = formsFor(task);
  const form = forms.find(({ id }) => id === chosenForm(stage))?.id ?? forms[0].id;
  return h('details', { key: 'twin', class: 'twin-code', 'data-testid': 'solution-code' },
    h('summary', {}, say('solution.code')),
    formTabs(stage, forms, codeSay), codeBlock(snippet(form, task, placeFor(form, stage, codeSay), command), stage, codeSay));
}
