/* The paste doctor: a text goes in, what is wrong with it comes out, as one types. Nothing of it leaves the browser. */
import { coming, told } from '../code/shown.js';
import { Words } from '../code/words.js';
import { copyButton } from '../copying.js';
import { button } from '../controls.js';
import { h } from '../dom.js';
import { diagnose } from './diagnose.js';
import { EXAMPLES } from './examples.js';
import { surroundings } from './here.js';

const words = new Words('doctor');
const INVISIBLE = /^[\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+$/;

export function page(_, stage) {
  const say = words.in(stage);
  if (!say) return coming(words, stage);
  const text = stage.view.pasted ?? '';
  const found = text.trim() ? diagnose(text, surroundings(stage)) : null;
  return h('div', { key: 'workshop', class: 'workshop doctor', 'data-testid': 'doctor-page' },
    h('h3', { key: 'head', class: 'page-title' }, say('title')),
    h('p', { key: 'lead', class: 'lead' }, say('lead')),
    paste(text, stage, say),
    found ? null : examples(stage, say),
    h('div', { key: 'result', class: 'workshop', 'data-testid': 'doctor-result' }, found ? result(text, found, stage, say) : null));
}

function paste(text, stage, say) {
  return h('div', { key: 'paste', class: 'field' },
    h('label', { for: 'doctor-paste' }, say('paste')),
    h('textarea', {
      id: 'doctor-paste', class: 'doctor-paste', rows: 7, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', placeholder: say('placeholder'), 'aria-describedby': 'doctor-private', 'data-testid': 'doctor-paste',
      initial: { value: text }, on: { input: ({ target }) => stage.change({ pasted: target.value }) },
    }),
    h('p', { id: 'doctor-private', class: 'doctor-private' }, h('svg', { class: 'icon', viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' }, h('path', { d: 'M3.4 7.2h9.2v6.4H3.4zM5.4 7.2V4.8a2.6 2.6 0 0 1 5.2 0v2.4' })),
      h('span', {}, say('private')), text ? button(say('clear'), () => put('', stage), { kind: 'quiet small', name: `${say('clear')}: ${say('paste')}`, test: 'doctor-clear' }) : null));
}

/* Into the field, as if it had been pasted. */
function put(text, stage) {
  const field = document.getElementById('doctor-paste');
  if (field) field.value = text;
  stage.change({ pasted: text });
  field?.focus();
}

function examples(stage, say) {
  return h('p', { key: 'examples', class: 'doctor-examples' }, h('span', {}, say('examples')),
    Object.entries(EXAMPLES).map(([name, text]) => button(say(`example.${name}`), () => put(text, stage), { kind: 'small', test: `example-${name}` })));
}

function result(text, found, stage, say) {
  const { findings, kinds, repaired, changed, cut } = found;
  const errors = findings.filter((it) => it.sort === 'error').length;
  const others = findings.length - errors;
  const known = findings.length || kinds.typed || kinds.trace;
  const verdict = errors ? say('verdict.errors', { errors, others }) : others ? say('verdict.others', { others }) : say(known ? 'verdict.healthy' : 'verdict.unknown');
  return [
    h('p', { key: 'verdict', class: 'doctor-verdict', role: 'status', 'data-testid': 'doctor-verdict', 'data-errors': String(errors), 'data-others': String(others) }, verdict),
    findings.length ? null : h('p', { key: 'more', class: 'muted' }, say(known ? 'healthy.more' : 'unknown.more')),
    cut ? h('p', { key: 'cut', class: 'hint' }, say('cut')) : null,
    findings.length ? marked(text, findings, say) : null,
    changed ? mended(text, repaired, stage, say) : null,
    findings.length ? h('ol', { key: 'findings', class: 'symptoms' }, findings.map((finding) => card(finding, say))) : null,
    stage.past.on ? h('p', { key: 'held', class: 'hint' }, say('held')) : null,
  ];
}

function card({ id, sort, params, tell }, say) {
  return h('li', { key: id, class: `symptom ${sort}`, 'data-testid': `finding-${id}`, 'data-sort': sort },
    h('h4', {}, h('span', { class: 'sort' }, say(`sort.${sort}`)), h('span', {}, say(id, params))),
    h('p', {}, told(say.parts(`${id}.why`, params))),
    tell ? h('p', { class: 'here-now', 'data-testid': `here-${id}` }, h('b', {}, say('now')), ' ', told(say.parts(tell.key, tell.params))) : null);
}

/* The text as it was pasted, with what the findings are about underlined. */
function marked(text, findings, say) {
  const spans = findings.flatMap(({ spans: list, sort }) => list.map((it) => ({ ...it, sort }))).filter((it) => it.to > it.from).sort((a, b) => a.from - b.from || b.to - a.to);
  const out = [];
  let at = 0;
  for (const { from, to, sort } of spans) {
    if (from < at) continue;
    const piece = text.slice(from, to);
    out.push(text.slice(at, from), h('mark', { class: sort }, INVISIBLE.test(piece) ? '␣' : piece));
    at = to;
  }
  out.push(text.slice(at));
  return h('pre', { key: 'marked', class: 'read', tabindex: '0', role: 'region', 'aria-label': say('marked'), 'data-testid': 'doctor-marked' }, out);
}

function mended(text, repaired, stage, say) {
  const before = new Set(text.split('\n'));
  const lines = repaired.split('\n');
  return h('section', { key: 'mended', class: 'doctor-mended', 'aria-label': say('repaired') },
    h('div', { class: 'code-frame' },
      h('div', { class: 'code-head' }, h('b', {}, say('repaired')), h('span', { class: 'row' }, button(say('again'), () => put(repaired, stage), { kind: 'small', test: 'doctor-again' }), copyButton(repaired, say('copy'), stage.toast, 'doctor-copy'))),
      h('pre', { class: 'code read', tabindex: '0', role: 'region', 'aria-label': say('repaired'), 'data-testid': 'doctor-repaired' },
        lines.flatMap((line, i) => [before.has(line) ? line : h('ins', {}, line), i < lines.length - 1 ? '\n' : '']))));
}
