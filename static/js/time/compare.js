/* "Side by side": asks what shall be different, makes two branches of the moment that is seen, and goes to the page that
 * shows both. What is chosen is one setting; everything else stays the same in both. */
import { ask, sandboxPath } from '../api.js';
import { BRANCH_NAME_MAX } from '../branch.js';
import { button, field } from '../controls.js';
import { h, patch } from '../dom.js';
import { explain } from '../i18n.js';
import { settings } from './settings.js';

export function open(stage) {
  const dialog = document.getElementById('branch');
  if (!stage.live || dialog.open) return;
  const moment = stage.past.state ?? stage.live;
  const choices = settings(moment);
  const shown = { stage, dialog, moment, choices, chosen: choices[0] ?? null, value: null, problem: null, busy: false };
  shown.value = other(shown.chosen);
  draw(shown);
  dialog.showModal();
  dialog.querySelector('select')?.focus();
}

const other = (choice) => choice?.values.find((value) => value !== choice.now) ?? null;

function draw(shown) {
  patch(shown.dialog, []);
  patch(shown.dialog, page(shown));
}

/* A value as people read it. */
export function worded(t, what, value) {
  if (what === 'keys') return t(`keys.${value}`);
  if (what === 'rate') return t('timeline.rate', { rate: value });
  if (what === 'poll_ms') return t('span.value', { span: Number(value) });
  return String(value);
}

export const nameOf = (t, { what, of }) => t(`compare.what.${what}`, { of });

function page(shown) {
  const { stage, dialog, moment, choices, chosen, value, problem, busy } = shown;
  const { t } = stage;
  const rest = stage.rows?.filter((row) => row.id !== stage.sandbox && !row.problem) ?? [];
  return [
    h('h2', { id: 'branch-title', key: 'title' }, t('compare.title', { at: moment.at_ms })),
    h('p', { key: 'told' }, t('compare.told')),
    h('form', {
      key: 'form', method: 'dialog', 'data-testid': 'compare-form',
      on: {
        submit: (event) => {
          event.preventDefault();
          if (!busy) send(shown);
        },
      },
    },
    field(t('compare.setting'), {
      name: 'setting', options: choices.map((one) => [one.id, nameOf(t, one)]), value: chosen?.id, 'data-testid': 'compare-setting',
      on: {
        change: (event) => {
          shown.chosen = choices.find((one) => one.id === event.target.value);
          shown.value = other(shown.chosen);
          redraw(shown);
        },
      },
    }),
    chosen ? h('div', { class: 'versus', key: 'versus' },
      h('p', { class: 'field' }, h('span', { class: 'label' }, h('span', { class: 'side-a' }, 'A'), ' ', t('compare.stays')), h('output', { class: 'stays', 'data-testid': 'compare-now' }, worded(t, chosen.what, chosen.now))),
      field([h('span', { class: 'side-b' }, 'B'), ' ', t('compare.becomes')], {
        name: 'value', options: chosen.values.filter((one) => one !== chosen.now).map((one) => [one, worded(t, chosen.what, one)]), value, 'data-testid': 'compare-value',
        on: { change: (event) => { shown.value = event.target.value; } },
      })) : h('p', {}, t('compare.nothing')),
    problem ? h('p', { class: 'bad', role: 'alert', 'data-testid': 'compare-problem' }, h('b', {}, '! '), explain(problem.code) || t('refused'), ' ', h('code', {}, problem.code), problem.reason ? h('span', { class: 'hint' }, problem.reason) : null) : null,
    h('p', { class: 'actions' },
      button(t('cancel'), () => dialog.close(), { kind: 'quiet' }),
      h('button', { type: 'submit', class: 'primary', disabled: busy || !chosen, 'data-testid': 'compare-send' }, t(busy ? 'compare.busy' : 'compare.send')))),
    rest.length ? h('div', { key: 'rest', class: 'compare-rest' },
      h('p', { class: 'muted' }, t('compare.others')),
      h('ul', { class: 'plain' }, rest.slice(0, 8).map((row) => h('li', { key: row.id }, h('a', { href: `/compare/${stage.sandbox}/${row.id}/` }, row.name))))) : null,
  ];
}

function redraw(shown) {
  const at = document.activeElement?.id;
  draw(shown);
  if (at) document.getElementById(at)?.focus();
}

async function send(shown) {
  const { stage, moment, chosen, value } = shown;
  const { t } = stage;
  Object.assign(shown, { problem: null, busy: true });
  redraw(shown);
  const names = [chosen.now, value].map((one) => t('compare.name', { what: nameOf(t, chosen), value: worded(t, chosen.what, one) }).slice(0, BRANCH_NAME_MAX));
  const done = await ask(sandboxPath(stage.sandbox, '/comparisons'), {
    method: 'POST', json: { step: moment.step, ms: moment.at_ms, changes: chosen.commands(value), names },
  });
  shown.busy = false;
  if (done.ok) {
    stage.leaveFor(done.address);
    return;
  }
  shown.problem = done.error;
  redraw(shown);
}
