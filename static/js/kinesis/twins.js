/* The two other ways to do what is clicked, shown: under a form what it would send, and in the column what was sent.
 * What they say is made in twin.js. */
import { paint } from '../code/paint.js';
import { button } from '../controls.js';
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { rich, slot } from './parts.js';
import { terminal } from './terminal.js';
import { twin } from './twin.js';

const FORMS = [['cli', 'AWS CLI', 'shell'], ['boto3', 'boto3', 'python']];

/* steps: as for twin(). test: for one's hook; the chosen form holds for all of them. What the command line
 * cannot do is only a program. */
export function twinBox(desk, steps, { key = 'twin', test = 'twin', title = null } = {}) {
  const { say } = desk;
  const made = twin(steps);
  const offered = FORMS.filter(([id]) => made[id]);
  const [form, , language] = offered.find(([id]) => id === desk.form) ?? offered[0];
  const text = made[form];
  return h('div', { class: 'k-other', key, 'data-testid': test }, h('p', { class: 'k-twin-title' }, title ?? say('twin.title')), h('div', { class: 'k-twin' },
    h('div', { class: 'k-twin-head' },
      h('span', { class: 'k-forms', role: 'group', 'aria-label': say('twin.form') }, offered.map(([id, name]) => h('button', {
        key: id, type: 'button', 'aria-pressed': String(id === form), 'data-testid': `${test}-${id}`, on: { click: () => choose(desk, id) },
      }, name))),
      form === 'cli' && desk.dock.takes ? button(say('twin.insert'), () => desk.dock.insert(text), { kind: 'quiet small', test: `${test}-insert`, title: say('twin.insert.told') }) : null,
      copyButton(text, say('twin.copy'), desk.toast, `${test}-copy`)),
    h('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': say(`twin.${form}`), 'data-testid': `${test}-text` }, paint(text, language).map(({ text: piece, kind }) => (kind ? h('span', { class: `c-${kind}` }, piece) : piece)))));
}

/* What was sent is what the form above would send once more: it need not stand there twice. */
const previewed = (desk, entry) => Boolean(desk.preview) && twin(desk.preview.steps).cli === twin(entry.steps).cli;

function choose(desk, form) {
  desk.form = form;
  desk.redraw();
}

/* desk.preview: what the page's form would send now. Below it, what was clicked since the page was
 * opened, the newest first: how it was sent, and what became of it. */
export function callsColumn(desk) {
  const { say, calls } = desk;
  const [newest, ...older] = calls.list;
  return [
    slot('preview', desk.preview ? h('section', { key: 'preview', class: 'k-preview', 'aria-label': say('twin.title') }, twinBox(desk, desk.preview.steps, { test: desk.preview.test })) : null),
    h('h2', { key: 'title', id: 'calls-title' }, say('calls.title')),
    slot('newest', newest ? one(desk, newest, true) : h('p', { key: 'none', class: 'hint' }, rich(desk, 'calls.none'))),
    older.length ? h('ol', { key: 'older', class: 'plain k-older', reversed: true }, older.slice(0, 12).map((entry) => h('li', { key: entry.n }, one(desk, entry, desk.kept.get('call') === entry.n)))) : null,
    terminal(desk),
  ];
}

function one(desk, entry, unfolded) {
  const { say } = desk;
  const named = entry.steps.filter(({ operation }) => operation).map(({ operation }) => operation).join(' + ');
  const newest = entry === desk.calls.list[0];
  const head = [h('span', { class: `k-mark ${entry.state}`, 'aria-hidden': 'true' }, { done: '✓', refused: '!', running: '…', waiting: '…' }[entry.state]),
    h('code', {}, named), h('span', { class: 'k-call-state' }, say(`call.${entry.state}`), entry.error?.status ? ` · HTTP ${entry.error.status}` : '')];
  return h('article', { key: `call-${entry.n}`, class: `k-call ${entry.state}`, 'data-testid': 'call', 'data-state': entry.state, 'data-operation': named },
    newest ? h('p', { class: 'k-call-head' }, head) : h('button', {
      type: 'button', class: 'k-call-head quiet', 'aria-expanded': String(unfolded),
      on: {
        click: () => {
          desk.kept.set('call', unfolded ? 0 : entry.n);
          desk.redraw();
        },
      },
    }, head),
    unfolded ? [
      entry.steps.length > 1 && entry.state !== 'done' ? h('p', { key: 'at', class: 'hint' }, say('call.step', { step: entry.at + 1, steps: entry.steps.length })) : null,
      entry.error ? h('p', { key: 'error', class: 'k-aws mono k-call-error' }, h('b', {}, entry.error.code), entry.error.message ? `: ${entry.error.message}` : '') : null,
      newest && previewed(desk, entry) ? null : twinBox(desk, entry.steps, { key: 'twin', test: newest ? 'done' : `call-${entry.n}`, title: say('twin.same') }),
    ] : null);
}
