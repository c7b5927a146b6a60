/* A burst: many records at once, and where their keys will take them, shown before they are sent. */
import { field, form } from '../controls.js';
import { h } from '../dom.js';
import { jsonHint } from './hints.js';
import { faultIn, looksLikeJson } from './json.js';
import { spread } from './keys.js';

const RECORDS_MAX = 1000; // engine/limits.py
const KEYS_MAX = 50;
const REGULARS = [1, 2, 3, 5, 10, 12, 13, 17].map((n) => `cliente-${n}`); // eight keys of eight hues
const KINDS = ['few', 'hot', 'none', 'own'];
// Nine of ten the same, each tenth another: in the order in which they take turns.
const HOT = Array.from({ length: KEYS_MAX }, (_, i) => REGULARS[i % 10 === 9 ? 1 + ((i - 9) / 10) : 0]);

export function burstForm(chosen, topic, topics, stage) {
  const { t } = stage;
  const kind = KINDS.includes(chosen.keys) ? chosen.keys : 'few';
  const redraw = { input: () => stage.redraw() };
  const text = document.getElementById('f-burst-value')?.value ?? t('burst.example');
  const keys = keysOf(kind);
  const records = Number(document.getElementById('f-burst-records')?.value ?? 100);
  const possible = Number.isInteger(records) && records >= 1 && records <= RECORDS_MAX && keys.length <= KEYS_MAX;
  const sample = text.replaceAll('{n}', '1').replaceAll('{key}', keys[0] ?? '');
  return form({
    key: 'burst', held: stage.held, test: 'burst', words: possible ? t('burst.send', { records }) : t('compose.send'), off: !possible,
    submit: () => send(topic.name, text, records, keys, stage),
    fields: [
      topics,
      field(t('burst.records'), { name: 'burst-records', type: 'number', min: 1, max: RECORDS_MAX, required: true, initial: { value: '100' }, 'data-testid': 'burst-records', on: redraw }, t('burst.records.hint')),
      h('fieldset', { key: 'keys', class: 'choices' }, h('legend', {}, t('keys')), KINDS.map((one) => h('label', { key: one, class: 'choice' },
        h('input', { type: 'radio', name: 'burst-keys', value: one, 'data-testid': `burst-keys-${one}`, checked: kind === one, on: { change: () => stage.select({ ...chosen, keys: one }) } }),
        h('span', {}, h('b', {}, t(`burst.keys.${one}`)), h('small', {}, t(`burst.keys.${one}.told`)))))),
      kind === 'own' ? field(t('burst.own'), {
        name: 'burst-own', area: true, rows: 3, class: 'mono', 'data-testid': 'burst-own', initial: { value: 'ana\nbia\ncaio' }, on: redraw,
      }, keys.length > KEYS_MAX ? t('burst.own.many', { most: KEYS_MAX }) : t('burst.own.hint')) : null,
      field(t('record.value'), {
        name: 'burst-value', area: true, rows: 2, class: 'mono', 'data-testid': 'burst-value', initial: { value: t('burst.example') }, on: redraw,
      }, [t('burst.value.hint'), ' ', h('br'), jsonHint(sample, looksLikeJson(sample) ? faultIn(sample) : null, stage)]),
      possible ? preview(keys, records, topic, stage) : null,
    ],
  });
}

function keysOf(kind) {
  if (kind === 'none') return [];
  if (kind === 'hot') return HOT;
  if (kind === 'few') return REGULARS;
  const text = document.getElementById('f-burst-own')?.value ?? 'ana\nbia\ncaio';
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}

/* One bar a partition, in the hues of its keys. */
function preview(keys, records, topic, { t }) {
  if (!keys.length) return h('p', { key: 'preview', class: 'hint', 'data-testid': 'burst-preview' }, t('burst.keyless'));
  const rows = spread(keys, records, topic.partitions.length);
  const most = Math.max(...rows.map((row) => row.total));
  const shown = rows.length > 12 ? rows.filter((row) => row.total) : rows;
  return h('div', { key: 'preview', class: 'spread', 'data-testid': 'burst-preview' },
    h('h4', {}, t('burst.spread')),
    shown.map(({ partition, of, total }) => h('div', { key: partition, class: 'spread-row', 'data-partition': partition, 'data-records': total },
      h('span', { class: 'num' }, `${topic.name}-${partition}`),
      h('span', { class: 'spread-bar', 'aria-hidden': 'true' }, of.map(({ key, hue, count }) => h('i', {
        key, class: `key${hue}`, title: `${key}: ${count}`, vars: { '--share': String(count / most) },
      }, count / most > 0.12 ? String(hue + 1) : ''))),
      h('span', { class: 'num total' }, String(total)))));
}

async function send(topic, value, records, keys, stage) {
  stage.change({ feedback: null });
  const done = await stage.order({ do: 'burst', topic, value, records, keys });
  stage.change({ feedback: done.ok ? { ok: true, records: done.records } : { ok: false, code: done.error.code } });
}
