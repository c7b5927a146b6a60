/* Opening a moment: from the address (/open#m=...), which never leaves the browser as part of a request's address, or
 * from a file. The server replays it, compares the digest and makes a sandbox of it; then the way leads there. */
import { ask } from './api.js';
import { h, patch } from './dom.js';
import { explain, speak, t } from './i18n.js';

const FILE_BYTES_MAX = 64 * 1024 * 1024; // the server has the last word; this spares a long upload

function decoded(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

async function bring(bytes, said) {
  patch(said, h('div', { class: 'progress', role: 'status' }, h('p', {}, t('open.replaying')), h('i', {})));
  const answer = await ask('/api/sandboxes/import', { method: 'POST', bytes });
  if (answer.ok) {
    patch(said, h('p', { role: 'status' }, t('open.done')));
    location.replace(`/s/${answer.id}/`);
    return;
  }
  refuse(answer.error, said);
}

function refuse({ code, reason }, said) {
  const words = explain(code) || t('refused');
  patch(said, h('div', { class: 'notice refused', role: 'alert', 'data-testid': 'open-refused', 'data-code': code },
    h('p', {}, h('b', {}, '! '), words[0].toUpperCase() + words.slice(1), ' ', h('code', {}, code)), reason ? h('p', { class: 'hint' }, reason) : null));
}

async function bringFile(file, said) {
  if (file.size > FILE_BYTES_MAX) refuse({ code: 'TOO_LARGE', reason: '' }, said);
  else await bring(await file.arrayBuffer(), said);
}

export function listen(form) {
  const said = form.querySelector('#import-said');
  const input = form.querySelector('input');
  input.addEventListener('change', () => input.files[0] && bringFile(input.files[0], said));
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const kind of ['dragover', 'dragleave', 'drop']) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle('over', kind === 'dragover');
      if (kind === 'drop' && event.dataTransfer.files[0]) bringFile(event.dataTransfer.files[0], said);
    });
  }
}

async function openAddress(said) {
  const moment = new URLSearchParams(location.hash.slice(1)).get('m');
  if (!moment) return;
  let bytes = null;
  try {
    bytes = decoded(moment);
  } catch {
    refuse({ code: 'DAMAGED', reason: '' }, said);
    return;
  }
  await bring(bytes, said);
}

const page = document.querySelector('[data-texts-pt]');
await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', { 'pt-BR': page.dataset.textsPt, en: page.dataset.textsEn });
const form = document.getElementById('import');
if (form) listen(form);
const said = document.getElementById('opening');
if (said) {
  addEventListener('hashchange', () => openAddress(said));
  await openAddress(said);
}
