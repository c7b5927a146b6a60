/* To delete a stream, its name is typed: what is in it is gone for good. In the lab this is "end the lab". */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { doing, form, labelled, refusal, rich, toggle, typed } from './parts.js';
import { twinBox } from './twins.js';

export function askRemoval(desk, name) {
  desk.asking = { name, typed: '', consumers: true, before: document.activeElement };
  desk.redraw();
}

const stepsOf = (asking, stream) => [{ operation: 'DeleteStream', parameters: { StreamName: asking.name, ...(stream?.consumers.length ? { EnforceConsumerDeletion: asking.consumers } : {}) } }];

/* The dialog, drawn with every picture while it is open. */
export function removal(desk, dialog) {
  const { asking } = desk;
  if (!asking) {
    if (dialog.open) dialog.close();
    return;
  }
  const stream = desk.stream(asking.name);
  patch(dialog, content(desk, asking, stream));
  if (dialog.open) return;
  dialog.addEventListener('close', () => {
    desk.asking?.before?.isConnected && desk.asking.before.focus();
    desk.asking = null;
    patch(dialog, []);
  }, { once: true });
  dialog.showModal();
  dialog.querySelector('input')?.focus();
}

function content(desk, asking, stream) {
  const { say } = desk;
  const sure = asking.typed.trim() === asking.name;
  const close = () => {
    document.getElementById('removal').close();
  };
  return form(desk, 'delete', () => (sure ? remove(desk, asking, stream, close) : document.getElementById('r-name')?.focus()), { key: asking.name, class: 'k-stack', 'data-testid': 'delete-form' },
    h('h2', { id: 'removal-title' }, say('delete.title', { stream: asking.name })),
    h('p', {}, rich(desk, 'delete.told', { stream: asking.name })),
    stream?.consumers.length ? toggle(desk, asking, 'consumers', say('delete.consumers', { consumers: stream.consumers.length }), { 'data-testid': 'delete-consumers' }) : null,
    labelled('r-name', say('delete.type', { stream: asking.name }), typed(desk, asking, 'typed', { class: 'mono', 'data-testid': 'delete-name' })),
    refusal(desk, 'delete'),
    h('p', { key: 'acts', class: 'k-acts end' }, button(say('cancel'), close), doing(desk, 'delete', say('delete.send'), null, { kind: 'danger-fill', test: 'delete-send', off: !sure })),
    twinBox(desk, stepsOf(asking, stream), { test: 'delete-twin' }));
}

async function remove(desk, asking, stream, close) {
  const done = await desk.calls.run('delete', stepsOf(asking, stream));
  if (!done.ok) return;
  desk.kept.set('ended', asking.name);
  asking.before = null;
  close();
  desk.go({ page: 'list' });
}
