/* What one's own terminal needs for the lines beside it to reach this sandbox, and not the real AWS: asked for when it is
 * first unfolded. */
import { ask, sandboxPath } from '../api.js';
import { AWS_FORMS } from '../connect/aws_lines.js';
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { rich } from './parts.js';

const [TERMINAL] = AWS_FORMS;

export function terminal(desk) {
  const { say } = desk;
  const access = desk.kept.get('access');
  return h('details', {
    key: 'terminal', class: 'k-details k-terminal', 'data-testid': 'terminal',
    on: { toggle: (event) => event.currentTarget.open && !access && fetchAccess(desk) },
  },
  h('summary', {}, say('terminal')),
  h('p', { class: 'hint' }, rich(desk, 'terminal.told')),
  access?.ok ? lines(desk, access) : access ? h('p', { class: 'k-fault', role: 'alert' }, desk.told(access.error)) : h('p', { class: 'muted', role: 'status' }, desk.t('lazy.coming')));
}

function lines(desk, access) {
  const { text } = TERMINAL.makes({ ...access, client: 'terminal' });
  return h('div', { class: 'k-twin' }, h('div', { class: 'k-twin-head' }, h('span', { class: 'k-twin-title' }, 'bash'), copyButton(text, desk.say('twin.copy'), desk.toast, 'terminal-copy')),
    h('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': desk.say('terminal'), 'data-testid': 'terminal-text' }, text));
}

async function fetchAccess(desk) {
  const answer = await ask(sandboxPath(desk.sandbox, '/aws/access'));
  desk.kept.set('access', answer);
  desk.redraw();
}
