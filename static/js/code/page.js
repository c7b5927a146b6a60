/* The page of the drawer that shows what was just done as code. It follows what is done, until another deed is chosen. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { clock } from '../narration.js';
import { chosenForm, placeFor } from './place.js';
import { codeBlock, coming, formTabs } from './shown.js';
import { formsFor, snippet } from './snippets.js';
import { recipes } from './tasks.js';
import { Words } from './words.js';

export const words = new Words('code');

/* chosen: {kind: 'code', about?: what was selected before, n?: a deed, recipe?: one of the recipes} */
export function page(chosen, stage) {
  const say = words.in(stage);
  if (!say) return coming(words, stage);
  const deeds = stage.deeds.list;
  const offered = recipes(chosen.about, stage.live ?? stage.snapshot);
  const deed = deeds.find((it) => it.n === chosen.n) ?? (chosen.recipe === undefined ? deeds[0] : null);
  const recipe = typeof chosen.recipe === 'string' ? offered.findIndex((it) => it.act === chosen.recipe) : chosen.recipe;
  const task = deed?.task ?? offered[recipe] ?? offered[0];
  const forms = formsFor(task);
  const form = forms.find((it) => it.id === chosenForm(stage))?.id ?? forms[0].id;
  const command = deed?.command ?? commandOf(task);
  const made = snippet(form, task, placeFor(form, stage, say), command);
  return h('div', { key: 'workshop', class: 'workshop', 'data-testid': 'code-page' },
    h('h3', { key: 'head', class: 'page-title' }, say('title')),
    h('p', { key: 'lead', class: 'lead' }, say(deeds.length ? 'lead' : 'lead.nothing')),
    choice({ deeds, offered, deed, task, chosen }, stage, say),
    formTabs(stage, forms, say),
    codeBlock(made, stage, say),
    h('p', { key: 'more', class: 'actions' },
      button(say('to.connect'), () => stage.select({ kind: task.act === 'aws' ? 'connect-aws' : 'connect' }), { test: 'code-to-connect' }),
      button(say('to.doctor'), () => stage.select({ kind: 'doctor' }), { kind: 'quiet', test: 'code-to-doctor' })));
}

function choice({ deeds, offered, deed, task, chosen }, stage, say) {
  const option = (value, text, selected) => h('option', { key: value, value, selected }, text);
  return h('p', { key: 'what', class: 'field' },
    h('label', { for: 'code-what' }, say('what')),
    h('select', {
      id: 'code-what', 'data-testid': 'code-what',
      on: {
        change: ({ target }) => {
          const [list, n] = target.value.split(' ');
          stage.select({ kind: 'code', about: chosen.about, ...(list === 'deed' ? { n: Number(n) } : { recipe: Number(n) }) });
        },
      },
    },
    deeds.length ? h('optgroup', { key: 'deeds', label: say('what.done') }, deeds.map((it) => option(`deed ${it.n}`, `${clock(it.at_ms)}  ${titleOf(it.task, say)}`, it === deed))) : null,
    h('optgroup', { key: 'recipes', label: say('what.recipes') }, offered.map((it, i) => option(`recipe ${i}`, titleOf(it, say), it === task)))));
}

export function titleOf(task, say) {
  const act = task.act === 'produce' && task.value === null ? 'tombstone' : task.act;
  const key = [task.ending ? `act.${act}.${task.ending}` : '', `act.${act}`].find((it) => it && say.has(it));
  return key ? say(key, task) : say('act.other', task);
}

/* The command of ours that does what a recipe does, if there is one. */
function commandOf(task) {
  const { act, topic } = task;
  if (act === 'aws') return task.steps.length === 1 ? { do: 'call_aws', operation: task.operation, parameters: task.steps[0].parameters } : null;
  if (act === 'produce') return { do: 'produce', topic, key: task.key, value: task.value };
  if (act === 'create_topic') return { do: act, topic, partitions: task.partitions, replication: task.replication };
  if (act === 'set_config') return { do: 'set_topic', topic, configs: task.configs };
  if (act === 'consume') return { do: 'add_group', group: task.group, topic };
  return null;
}
