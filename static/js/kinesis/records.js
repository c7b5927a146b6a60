/* Records as a table: decoded for reading, and each with its bytes when it is opened. */
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { fullDate, timeOfDay } from '../i18n.js';
import { bytesOf, pretty, textOf } from './base64.js';
import { bytes } from './units.js';

const LINE = 160; // letters of a record in its row
const HEX = 64; // bytes of it that are spelled out

export function recordsTable(desk, view) {
  const { say } = desk;
  const heads = ['key', 'data', 'arrival', 'sequence'];
  return h('div', { key: 'records', class: 'k-card k-table-card' }, h('table', { class: 'k-table k-records', 'data-testid': 'records' },
    h('caption', { class: 'visually-hidden' }, say('viewer.caption', { shard: view.of })),
    h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, say(`record.${key}`))))),
    h('tbody', {}, view.records.map((record) => [row(desk, view, record), view.chosen === record.SequenceNumber ? detail(desk, record) : null]))));
}

function row(desk, view, record) {
  const { say } = desk;
  const arrival = record.ApproximateArrivalTimestamp * 1000;
  const unfolded = view.chosen === record.SequenceNumber;
  return h('tr', { key: record.SequenceNumber, 'data-testid': 'record', class: unfolded ? 'unfolded' : null },
    h('th', { scope: 'row', 'data-label': say('record.key') }, h('button', {
      type: 'button', class: 'k-fold mono', 'aria-expanded': String(unfolded), 'aria-label': say('record.open', { key: record.PartitionKey }),
      on: {
        click: () => {
          view.chosen = unfolded ? null : record.SequenceNumber;
          desk.redraw();
        },
      },
    }, h('span', { 'aria-hidden': 'true' }, unfolded ? '▾ ' : '▸ '), record.PartitionKey)),
    h('td', { 'data-label': say('record.data'), class: 'k-data' }, shown(desk, view, record)),
    h('td', { 'data-label': say('record.arrival') }, h('time', { class: 'mono', datetime: new Date(arrival).toISOString(), title: fullDate(arrival) }, timeOfDay(arrival))),
    h('td', { 'data-label': say('record.sequence'), class: 'mono k-sequence', title: record.SequenceNumber }, record.SequenceNumber));
}

function shown(desk, view, record) {
  const text = textOf(record.Data);
  if (view.show === 'base64') return h('code', { 'data-testid': 'data' }, short(record.Data) || desk.say('record.empty'));
  if (text === null) return h('span', { 'data-testid': 'data' }, desk.say('record.binary', { size: bytes(bytesOf(record.Data).length) }));
  const laid = view.show === 'json' ? pretty(text) : null;
  return laid ? h('pre', { 'data-testid': 'data', class: 'k-json' }, laid) : h('code', { 'data-testid': 'data' }, short(text) || desk.say('record.empty'));
}

const short = (text) => (text.length > LINE ? `${text.slice(0, LINE)}…` : text);

/* The whole way: bytes as they came, base64, text. */
function detail(desk, record) {
  const { say } = desk;
  const raw = bytesOf(record.Data);
  const text = textOf(record.Data);
  const hex = [...raw.slice(0, HEX)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ') + (raw.length > HEX ? ' …' : '');
  const line = (key, value, copied) => h('div', { key, class: 'k-way' }, h('dt', {}, say(`record.${key}`)), h('dd', {}, h('code', {}, value), copied ? copyButton(value, say('record.copy', { what: say(`record.${key}`) }), desk.toast) : null));
  return h('tr', { key: `detail ${record.SequenceNumber}`, class: 'k-detail' }, h('td', { colspan: '4' }, h('dl', { 'data-testid': 'record-detail' },
    line('sequence', record.SequenceNumber, true),
    line('base64', record.Data, true),
    line('bytes', `${hex}  (${bytes(raw.length)})`),
    text === null ? null : line('text', pretty(text) ?? text, true),
    record.EncryptionType === 'KMS' ? line('encryption', say('record.kms')) : null)));
}
