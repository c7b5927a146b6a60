/* The tool that makes a recording: from when, until when, called what; then the file is saved. */
import { sandboxPath } from '../api.js';
import { button } from '../controls.js';
import { h } from '../dom.js';
import { explain, language, number, t } from '../i18n.js';
import { clock } from '../narration.js';
import { openPanel } from '../panel.js';
import { save } from '../saving.js';
import { sentenceOf } from '../stories.js';
import { readClock } from './clock.js';

const LASTS_MS = [30_000, 60_000, 300_000];
const BEFORE_MS = 2000; // a moment is seen coming
const MOMENTS_MAX = 40; // of the story, to begin at; older ones are reached by their time
const LEAST_MS = 100;

export function makeRecording(stage) {
  const { live, past } = stage;
  if (!live) return;
  const begin = live.history?.from_ms ?? 0;
  const end = past.on ? past.state.at_ms : live.at_ms;
  const form = { from: Math.max(begin, end - LASTS_MS[0]), to: end, begin, end, last: LASTS_MS[0], busy: false, problem: null, done: null, title: '' };
  openPanel(stage, 'recording', (panel) => page(stage, panel, form), { wide: true });
  put(form);
}

/* The fields belong to the hand that writes in them; a choice made elsewhere is written into them. */
function put(form) {
  for (const name of ['from', 'to']) {
    const field = document.getElementById(`recording-${name}`);
    if (field) field.value = clock(form[name]);
  }
}

function page(stage, panel, form) {
  const choose = (from, to, last) => {
    Object.assign(form, { from, to, last, problem: null, done: null });
    panel.draw();
    put(form);
  };
  const spanMs = form.to - form.from;
  const fits = spanMs >= LEAST_MS;
  return [
    panel.title(t('recording.make')),
    h('p', { key: 'told' }, t('recording.make.told')),
    h('form', {
      key: 'form', class: 'form', 'data-testid': 'recording-form', novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          if (fits && !form.busy) make(stage, panel, form);
        },
      },
    },
    h('p', { class: 'field', key: 'title' }, h('label', { for: 'recording-title' }, t('recording.title')),
      h('input', { id: 'recording-title', class: 'panel-first', maxlength: 120, autocomplete: 'off', 'data-testid': 'recording-title', placeholder: stage.title, on: { input: (event) => { form.title = event.target.value; } } })),
    h('div', { class: 'field', key: 'last', role: 'group', 'aria-labelledby': 'recording-last' }, h('span', { id: 'recording-last', class: 'label' }, t('recording.last')),
      h('div', { class: 'row chips' },
        [...LASTS_MS.filter((ms) => ms < form.end - form.begin), Infinity].map((ms) => button(ms === Infinity ? t('recording.all') : t('recording.last.value', { ms }),
          () => choose(Math.max(form.begin, form.end - ms), form.end, ms), { kind: 'small', pressed: form.last === ms, test: `recording-last-${ms === Infinity ? 'all' : ms}` })))),
    moments(stage, form, choose),
    h('div', { class: 'two', key: 'times' }, time(form, 'from', panel), time(form, 'to', panel)),
    h('p', { key: 'span', class: fits ? 'hint' : 'bad', role: 'status', 'data-testid': 'recording-span' }, fits ? t('recording.span', { span: spanMs }) : t('recording.span.wrong')),
    form.problem ? h('p', { key: 'problem', class: 'bad', role: 'alert', 'data-testid': 'recording-problem' }, h('b', {}, '! '), explain(form.problem.code) || t('refused'), ' ', h('code', {}, form.problem.code), form.problem.reason ? h('span', { class: 'hint' }, form.problem.reason) : null) : null,
    form.done ? h('p', { key: 'done', class: 'good', role: 'status', 'data-testid': 'recording-done' }, h('b', {}, '✓ '), t('recording.done', { name: form.done.name, size: number(form.done.bytes / 1024 / 1024) })) : null,
    h('p', { class: 'actions', key: 'actions' },
      button(t('close'), () => panel.close(), { kind: 'quiet' }),
      h('button', { type: 'submit', class: 'primary', disabled: form.busy || !fits, 'data-testid': 'recording-save' }, form.busy ? t('recording.busy') : t('recording.save')))),
  ];
}

function time(form, name, panel) {
  return h('p', { class: 'field', key: name }, h('label', { for: `recording-${name}` }, t(`recording.${name}`)),
    h('input', {
      id: `recording-${name}`, class: 'mono', inputmode: 'numeric', autocomplete: 'off', spellcheck: 'false', 'data-testid': `recording-${name}`,
      on: {
        input: (event) => {
          const ms = readClock(event.target.value);
          Object.assign(form, { [name]: ms === null ? NaN : Math.min(Math.max(ms, form.begin), form.end), last: 0, done: null });
          panel.draw();
        },
      },
    }));
}

/* A moment of the story to begin at, a little before it. */
function moments(stage, form, choose) {
  const told = stage.book.moments.filter((moment) => moment.at_ms !== null && moment.at_ms >= form.begin && moment.at_ms <= form.end).slice(-MOMENTS_MAX).reverse();
  if (!told.length) return null;
  return h('p', { class: 'field', key: 'moments' }, h('label', { for: 'recording-moment' }, t('recording.moment')),
    h('select', {
      id: 'recording-moment', 'data-testid': 'recording-moment',
      on: {
        change: (event) => {
          const moment = told.find((one) => String(one.n) === event.target.value);
          if (moment) choose(Math.max(form.begin, moment.at_ms - BEFORE_MS), form.to > moment.at_ms ? form.to : form.end, 0);
        },
      },
    }, h('option', { value: '' }, '–'), told.map((moment) => h('option', { key: moment.n, value: moment.n }, `${clock(moment.at_ms).slice(0, -4)}  ${sentenceOf(moment).map((part) => part.text).join('').slice(0, 90)}`))));
}

async function make(stage, panel, form) {
  Object.assign(form, { busy: true, problem: null, done: null });
  panel.draw();
  const query = new URLSearchParams({ from_ms: form.from, to_ms: form.to, title: form.title.trim() || stage.title, lang: language() });
  const done = await save(sandboxPath(stage.sandbox, `/recording?${query}`));
  Object.assign(form, done.ok ? { busy: false, done } : { busy: false, problem: done.error });
  panel.draw();
}
