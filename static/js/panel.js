/* A dialog that a tool opens: made when it is opened, gone when it is closed, drawn anew whenever its tool says so.
 *
 *   const panel = openPanel(stage, 'recording', (panel) => [title(t('recording.make')), ...]);
 *   panel.draw(); panel.close();
 *
 * Escape closes it, the focus goes back to where it was. Only one is open at a time. */
import { button } from './controls.js';
import { h, patch } from './dom.js';

export function openPanel(stage, id, page, { wide = false, gone = null } = {}) {
  document.querySelector('dialog.panel')?.close();
  const dialog = document.createElement('dialog');
  dialog.className = wide ? 'panel wide' : 'panel';
  dialog.id = `panel-${id}`;
  dialog.dataset.testid = `panel-${id}`;
  dialog.setAttribute('aria-labelledby', `panel-${id}-title`);
  const before = document.activeElement;
  const panel = {
    dialog,
    title: (words) => h('h2', { id: `panel-${id}-title`, key: 'title' }, words),
    draw: () => dialog.isConnected && patch(dialog, [
      button('✕', () => dialog.close(), { kind: 'quiet small close', name: stage.t('close'), test: `panel-${id}-close` }),
      page(panel),
    ]),
    close: () => dialog.close(),
  };
  dialog.addEventListener('close', () => {
    dialog.remove();
    gone?.();
    if (before?.isConnected) before.focus();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog && !inside(dialog, event)) dialog.close(); // beside it
  });
  document.getElementById('riacho').append(dialog);
  panel.draw();
  dialog.showModal();
  dialog.querySelector('[autofocus], .panel-first')?.focus();
  return panel;
}

function inside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
