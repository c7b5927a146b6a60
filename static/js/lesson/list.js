/* The list of levels: what of it this reader has done, from this browser's memory, and the file to carry it elsewhere.
 *
 * The server has written the list (templates/lessons/levels.html); here each level gets its state, each chapter and the
 * whole a count, and there is a way to go on. */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { sayer } from '../code/words.js';
import { exported, FILE_BYTES_MAX, progress, taken } from './progress.js';

const language = document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR';
const levels = [...document.querySelectorAll('[data-level]')];
const name = (level) => level.querySelector('b')?.textContent.trim() ?? level.dataset.level;
const address = (id) => `/levels/${id}/`;
let say = null;
let said = null; // what came of the last file: {words, bad}

function draw() {
  const done = progress();
  for (const level of levels) {
    const state = stateOf(done[level.dataset.level], Number(level.dataset.par ?? 0));
    level.dataset.state = state?.kind ?? '';
    const place = level.querySelector('[data-progress]');
    if (place) patch(place, state ? h('span', { class: `level-state ${state.kind}` }, h('b', { 'aria-hidden': 'true' }, state.mark), state.words) : []);
  }
  for (const chapter of document.querySelectorAll('[data-chapter]')) {
    const inside = [...chapter.querySelectorAll('[data-level]')];
    const place = chapter.querySelector('[data-chapter-progress]');
    if (place) place.textContent = say('list.of', { done: inside.filter((one) => done[one.dataset.level]?.solved).length, of: inside.length });
  }
  const place = document.getElementById('progress');
  if (place) patch(place, head(done));
}

function stateOf(entry, par) {
  if (!entry) return null;
  const guesses = entry.guesses.filter((right) => right !== null);
  const told = guesses.length ? ` · ${say('list.guesses', { right: guesses.filter(Boolean).length, of: guesses.length })}` : '';
  if (entry.solved) return { kind: 'solved', mark: '✓', words: say(entry.best > par ? 'list.over' : 'list.par', { best: entry.best ?? 0, par }) + told };
  return entry.shown ? { kind: 'shown', mark: '◐', words: say('list.shown') + told } : { kind: 'begun', mark: '…', words: say('list.begun') + told };
}

function head(done) {
  const solved = levels.filter((one) => done[one.dataset.level]?.solved).length;
  const next = levels.find((one) => !done[one.dataset.level]?.solved);
  const all = levels.length;
  return h('div', { class: 'progress-head' },
    h('b', { class: 'num', 'data-testid': 'progress-count', 'data-done': solved, 'data-of': all }, say('list.of', { done: solved, of: all })),
    h('span', { class: 'bar', 'aria-hidden': 'true' }, h('i', { vars: { '--share': `${all ? (100 * solved) / all : 0}%` } })),
    next ? h('a', { class: 'button primary', href: address(next.dataset.level), 'data-testid': 'progress-next' }, solved || Object.keys(done).length ? say('list.goon', { title: name(next) }) : say('list.begin')) : h('b', { class: 'good' }, say('list.all')),
    h('span', { class: 'grow' }),
    button(say('list.export'), save, { test: 'progress-export' }),
    h('label', { class: 'button file-button', 'data-testid': 'progress-import' },
      h('input', { type: 'file', accept: '.json,application/json', class: 'visually-hidden', 'data-testid': 'progress-file', on: { change: ({ target }) => open(target) } }), say('list.import')),
    h('p', { key: 'said', class: said?.bad ? 'progress-told bad' : 'progress-told muted', role: 'status', 'data-testid': 'progress-told' }, said?.words ?? say('list.kept')));
}

function save() {
  const address = URL.createObjectURL(new Blob([exported()], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: `${say('list.file')}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function open(input) {
  const file = input.files[0];
  if (!file) return;
  const found = file.size > FILE_BYTES_MAX ? { ok: false, why: 'large' } : taken(await file.text());
  input.value = ''; // the same file may be chosen again
  said = found.ok ? { words: say('list.taken', { levels: found.levels }) } : { words: say(`list.why.${found.why}`), bad: true };
  draw();
}

const answer = await fetch(new URL(`../../i18n/lesson.${language}.json`, import.meta.url));
if (answer.ok) {
  say = sayer(await answer.json());
  draw();
  addEventListener('storage', draw); // solved in another window
  addEventListener('pageshow', draw); // come back to
}
