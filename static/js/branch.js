/* "Branch here": asks for a name (a good one is there already), makes the branch, and goes to it. */
import { ask, sandboxPath } from './api.js';
import { button, field } from './controls.js';
import { h, patch } from './dom.js';
import { explain } from './i18n.js';
import { clock } from './narration.js';

export const BRANCH_NAME_MAX = 60;

export function openBranch(stage, dialog) {
  const { t, past, live } = stage;
  if (!live || dialog.open) return;
  const moment = past.state ?? live;
  const shown = { problem: null, busy: false };
  const draw = () => patch(dialog, page(stage, dialog, moment, shown, send));
  const send = async (name) => {
    Object.assign(shown, { problem: null, busy: true });
    draw();
    const done = await ask(sandboxPath(stage.sandbox, '/branches'), { method: 'POST', json: { step: moment.step, ms: moment.at_ms, ...(name ? { name } : {}) } });
    shown.busy = false;
    if (done.ok) {
      stage.leaveFor(`/s/${done.id}/`);
      return;
    }
    shown.problem = done.error;
    draw();
  };
  patch(dialog, []);
  draw();
  dialog.showModal();
  const input = dialog.querySelector('input');
  input.value = t('branch.name.default', { name: stage.title, at: moment.at_ms }).slice(0, BRANCH_NAME_MAX);
  input.select();
}

function page(stage, dialog, moment, { problem, busy }, send) {
  const { t } = stage;
  return [
    h('h2', { id: 'branch-title', key: 'title' }, t('branch.title', { at: moment.at_ms })),
    h('p', { key: 'told' }, t('branch.told')),
    h('form', {
      key: 'form', method: 'dialog', 'data-testid': 'branch-form',
      on: {
        submit: (event) => {
          event.preventDefault();
          if (!busy) send(new FormData(event.currentTarget).get('name').trim());
        },
      },
    },
    field(t('name'), { name: 'name', maxlength: BRANCH_NAME_MAX, 'data-testid': 'branch-name' }),
    problem ? h('p', { class: 'bad', role: 'alert', 'data-testid': 'branch-problem' }, h('b', {}, '! '), explain(problem.code) || t('refused'), ' ', h('code', {}, problem.code), problem.reason ? h('span', { class: 'hint' }, problem.reason) : null) : null,
    h('p', { class: 'actions' },
      button(t('cancel'), () => dialog.close(), { kind: 'quiet' }),
      h('button', { type: 'submit', class: 'primary', disabled: busy, 'data-testid': 'branch-send' }, busy ? t('branch.busy') : t('branch.send')))),
  ];
}

/* The title of a moment in the list of windows: the clock without milliseconds. */
export const shortClock = (ms) => clock(ms).split('.')[0];
