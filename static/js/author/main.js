/* The author's page: what is written is checked while it is written, proved and tried when asked, and given to others
 * as an address or a file. */
import { copy } from '../copying.js';
import { h, patch } from '../dom.js';
import { alsoSpeak, explain, speak, t } from '../i18n.js';
import { saveBlob } from '../saving.js';
import { Checking, post } from './check.js';
import { Editor } from './editor.js';
import { keeping } from './keeping.js';
import { lookup } from './lookup.js';
import { drawProof } from './proof.js';
import { BYTES_MAX, bytesOf, decoded, packed, unpacked } from './sharing.js';

const REST_MS = 350; // after the last key
const LONG = 8_000; // characters of an address that everything passes on

const at = (id) => document.getElementById(id);
const page = document.querySelector('[data-texts-pt]');
const language = document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR';
await speak(language, { 'pt-BR': page.dataset.textsPt, en: page.dataset.textsEn });
await alsoSpeak('author');

const checking = new Checking();
const editor = new Editor({ text: at('text'), gutter: at('gutter'), painted: at('painted'), notes: at('notes') }, t, typed);
let resting = 0;

function typed() {
  at('kept').textContent = t(keeping.keep(editor.value) ? 'author.kept' : 'author.not_kept');
  clearTimeout(resting);
  resting = setTimeout(check, REST_MS);
}

async function check() {
  const answer = await checking.ask(editor.value);
  if (answer) verdict(answer);
  return answer;
}

function verdict(answer) {
  if (answer.findings) editor.note(answer.findings);
  const wrong = answer.findings?.length ?? 0;
  const words = answer.error ? refused(answer.error) : wrong ? t('author.wrong', { n: wrong }) : t('author.fine');
  patch(at('verdict'), [h('span', { 'aria-hidden': 'true', class: answer.error || wrong ? 'bad' : 'good' }, answer.error || wrong ? '! ' : '✓ '), words]);
  at('verdict').dataset.wrong = answer.error ? 'unknown' : String(wrong);
}

const refused = ({ code, reason }) => (code === 'OFFLINE' ? t('author.offline') : t('author.refused', { reason: reason || explain(code) || code }));

/* What the page has to say of something that was asked of it. */
function say(words, bad = false) {
  patch(at('said'), words ? h('p', { class: bad ? 'notice refused' : 'notice', role: bad ? 'alert' : null, 'data-testid': 'told' }, h('b', {}, bad ? '! ' : '✓ '), words) : null);
}

/* Another text takes the place of what is there, which is kept. */
function exchange(text) {
  if (editor.value.trim() && editor.value !== text) keeping.keepBefore(editor.value);
  editor.show(text);
  at('back').hidden = keeping.before() === null;
  patch(at('proof'), null);
  typed();
}

async function openFile(file) {
  const bytes = await file.slice(0, BYTES_MAX + 64).arrayBuffer();
  if (file.size > BYTES_MAX) {
    const answer = await post('/api/lessons/check', bytes); // the server says on which line it ends
    const line = answer.findings?.[0] ? ` ${t('author.line', answer.findings[0])}: ${answer.findings[0].reason}` : '';
    say(`${file.name}: ${t('author.too_large', { most: BYTES_MAX, size: file.size })}${line}`, true);
    return;
  }
  try {
    exchange(decoded(bytes));
    say(t('author.opened', { name: file.name }));
  } catch {
    say(t('author.binary', { name: file.name }), true);
  }
}

async function openCopy(name) {
  const path = name === '_example' ? new URL(`../../i18n/author/example.${language}.yaml`, import.meta.url) : `/api/levels/${encodeURIComponent(name)}?yaml`;
  try {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(String(answer.status));
    exchange(await answer.text());
    say('');
  } catch {
    say(t('author.offline'), true);
  }
}

async function openAddress() {
  try {
    const text = await unpacked(location.hash);
    if (text === null) return;
    exchange(text);
    say(t('author.from_link'));
  } catch {
    say(t('author.bad_link'), true);
  }
  history.replaceState(null, '', location.pathname + location.search); // or a reload would undo what is written now
}

async function share() {
  const address = location.origin + location.pathname + (await packed(editor.value));
  const size = address.length;
  const done = await copy(address);
  say(`${done ? t('author.copied', { size }) : t('copy.failed', { text: address })}${size > LONG ? ` ${t('author.long', { size })}` : ''}`, !done);
}

async function prove() {
  const button = at('prove');
  button.disabled = true;
  clearTimeout(resting);
  say('');
  patch(at('proof'), h('div', { class: 'progress', role: 'status' }, h('p', {}, t('author.proving')), h('i', {})));
  const answer = await checking.ask(editor.value, { prove: true });
  button.disabled = false;
  if (!answer) {
    patch(at('proof'), null); // something was typed meanwhile
    return;
  }
  verdict(answer);
  drawProof(at('proof'), answer);
}

async function tryIt() {
  const button = at('try');
  button.disabled = true;
  patch(at('proof'), null);
  say(t('author.opening'));
  const answer = await post('/api/lessons/try', editor.value);
  if (answer.ok) {
    location.assign(`/s/${encodeURIComponent(answer.id)}/`);
    return;
  }
  button.disabled = false;
  say(answer.error.code === 'LESSON_REFUSED' ? t('author.first_right') : refused(answer.error), true);
  check();
}

function name() {
  return /^id:\s*["']?([a-z0-9-]{3,40})\b/m.exec(editor.value)?.[1] ?? 'level';
}

at('copy-of').addEventListener('change', ({ target }) => {
  if (target.value) openCopy(target.value);
  target.value = '';
});
at('open-file').addEventListener('click', () => at('file').click());
at('file').addEventListener('change', ({ target }) => {
  if (target.files[0]) openFile(target.files[0]);
  target.value = '';
});
at('save-file').addEventListener('click', () => saveBlob(new Blob([editor.value], { type: 'application/yaml' }), `${name()}.yaml`));
at('share').addEventListener('click', share);
at('back').addEventListener('click', () => {
  exchange(keeping.before());
  say(t('author.restored'));
});
at('prove').addEventListener('click', prove);
at('try').addEventListener('click', tryIt);
addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || at('prove').disabled) return;
  event.preventDefault();
  prove();
});
addEventListener('hashchange', openAddress);
for (const kind of ['dragover', 'dragleave', 'drop']) {
  at('editor').addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    at('editor').classList.toggle('over', kind === 'dragover');
    if (kind === 'drop' && event.dataTransfer.files[0]) openFile(event.dataTransfer.files[0]);
  });
}
lookup(at('find'), at('tables'), at('nothing'));

const draft = keeping.draft();
at('back').hidden = keeping.before() === null;
if (draft) {
  editor.show(draft);
  typed();
}
await openAddress();
if (!editor.value) await openCopy('_example');
document.documentElement.dataset.ready = 'author';
