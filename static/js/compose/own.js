/* Somebody's own data in the form of a new producer: pasted, chosen as a file or dropped there; looked at before it is
 * sent. Nothing leaves the browser until the producer is added. */
import { button, field } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { hueOf } from './keys.js';
import { BYTES_MAX, tableOf } from './table.js';

const SHOWN = 4; // rows
let known = { text: null, table: null };

/* What stands in the field, as a table. */
export function ownRows() {
  const text = document.getElementById('f-rows')?.value ?? '';
  if (known.text !== text) known = { text, table: tableOf(text) };
  return known.table;
}

export function ownFields(table, stage) {
  const { t } = stage;
  const column = document.getElementById('f-column')?.value ?? '';
  return h('div', { key: 'own', class: 'own', on: { dragover: (e) => e.preventDefault(), drop: (e) => drop(e, stage) } },
    field(t('rows.data'), {
      name: 'rows', area: true, rows: 5, class: 'mono', wrap: 'off', 'data-testid': 'rows', placeholder: t('rows.placeholder'), 'aria-invalid': table?.fault ? 'true' : null,
      on: { input: () => stage.redraw() },
    }, told(table, stage)),
    h('div', { class: 'row', key: 'ways' },
      h('label', { class: 'file-way' }, h('input', { type: 'file', accept: '.csv,.tsv,.txt,.json,.jsonl,.ndjson', 'data-testid': 'rows-file', on: { change: (e) => take(e.target.files[0], stage) } }), t('rows.file')),
      button(t('rows.example'), () => fill(t('rows.example.data'), stage), { kind: 'small quiet', test: 'rows-example' })),
    table?.rows ? h('div', { key: 'settings' },
      table.columns.length ? field(t('rows.key'), {
        name: 'column', value: column, options: [['', t('rows.key.none')], ...table.columns.map((name) => [name, name])], 'data-testid': 'rows-column', on: { change: () => stage.redraw() },
      }) : null,
      preview(table, column, stage),
      h('p', { class: 'check', key: 'loop' }, h('input', { type: 'checkbox', id: 'f-loop', name: 'loop', 'data-testid': 'rows-loop', initial: { checked: true } }), h('label', { for: 'f-loop' }, t('rows.loop')))) : null);
}

function told(table, { t }) {
  if (!table) return t('rows.hint', { bytes: number(BYTES_MAX / 1000) });
  if (!table.fault) return [h('b', { class: 'good' }, '✓ '), t('rows.read', { kind: table.kind === 'csv' ? 'CSV' : 'JSON', rows: table.rows.length, columns: table.columns })];
  const { code, json, found = '', line = 0, column = 0 } = table.fault;
  const why = code === 'json' ? t('json.where', { line, column, why: t(`json.${json}`, { found }) }) : t(`rows.fault.${code}`, { line, count: 0, most: 0, has: 0, wants: 0, ...table.fault });
  return [h('b', { class: 'bad' }, '✕ '), why];
}

function preview({ rows }, column, { t }) {
  return h('figure', { key: 'preview', class: 'sample', 'data-testid': 'rows-preview' },
    h('figcaption', {}, t('rows.preview')),
    h('pre', { tabindex: '0', role: 'group', 'aria-label': t('rows.preview') }, rows.slice(0, SHOWN).flatMap((row, i) => [i ? '\n' : '', keyOf(row, column), row])),
    rows.length > SHOWN ? h('p', { class: 'muted' }, t('rows.more', { more: rows.length - SHOWN })) : null);
}

function keyOf(row, column) {
  if (!column) return '';
  const value = JSON.parse(row)[column];
  const key = value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);
  return [key === null ? h('mark', { class: 'none' }, '–') : h('mark', { class: `key${hueOf(key)}` }, key), ' '];
}

function fill(text, stage) {
  document.getElementById('f-rows').value = text;
  stage.redraw();
}

async function take(file, stage) {
  if (!file) return;
  if (file.size > BYTES_MAX) {
    stage.toasts.show(stage.t('rows.fault.large', { most: BYTES_MAX }), { code: 'TOO_LARGE' });
    return;
  }
  fill(await file.text(), stage);
}

function drop(event, stage) {
  const [file] = event.dataTransfer?.files ?? [];
  if (!file) return;
  event.preventDefault();
  take(file, stage);
}
