/* A record's bytes as they lie in the leader's segment: the batch's header, then the record, every field named. */
import './texts.js';
import { h } from '../dom.js';
import { detail, missing, query } from './detail.js';
import { fromBase64 } from './hash.js';

export function recordBytes({ topic, partition, offset }, stage) {
  const { t, view } = stage;
  const found = detail(stage, `/inspect/bytes${query({ topic, partition, offset })}`);
  if (!found.data) {
    const [words, kind] = missing(found, t);
    return h('p', { class: kind }, words);
  }
  const { data } = found;
  const parts = [[data.batch, data.pieces[0], 'bytes.batch'], [data.record, data.pieces[1], 'bytes.record']];
  const chosen = view.field ?? null;
  return h('div', { class: 'bytes', 'data-testid': 'bytes' },
    h('p', { class: 'muted' }, t('bytes.where', { at: data.at, size: data.batch_bytes }), ' ',
      h('a', { href: fileUrl(stage, data), 'data-testid': 'bytes-file' }, h('code', {}, data.path.split('/').pop()))),
    parts.map(([item, piece, title]) => item ? section(item, piece, title, chosen, stage) : null),
    data.inside ? h('p', { class: 'hint' }, t('bytes.packed', { compression: data.batch.about.compression })) : null);
}

function section(item, piece, title, chosen, stage) {
  const { t } = stage;
  const data = fromBase64(piece.data);
  const fields = item.fields.filter((f) => f.name !== 'records');
  const pick = (name) => stage.change({ field: name === chosen ? null : name });
  const tagged = fields.find((f) => `${title} ${f.name} ${f.at}` === chosen);
  return h('section', { key: title, class: 'bytes-part' },
    h('h5', {}, t(title, { bytes: item.size })),
    h('p', { class: 'hex', 'aria-hidden': 'true' }, fields.map((f, i) => h('span', {
      key: `${f.name} ${f.at}`, class: `hex-field tone${i % 2}${tagged === f ? ' on' : ''}`, on: { click: () => pick(`${title} ${f.name} ${f.at}`) },
    }, [...data.slice(f.at - piece.at, f.at - piece.at + Math.min(f.size, 64))].map((b) => b.toString(16).padStart(2, '0')).join(' '), f.size > 64 ? ' …' : ''))),
    h('ul', { class: 'fields' }, fields.map((f) => h('li', { key: `${f.name} ${f.at}` }, h('button', {
      type: 'button', class: `field-row${tagged === f ? ' on' : ''}`, 'aria-pressed': String(tagged === f), on: { click: () => pick(`${title} ${f.name} ${f.at}`) },
    }, h('code', { class: 'field-name' }, f.name), h('span', { class: 'field-value num' }, f.value === null ? '—' : String(f.value)), h('small', { class: 'muted num' }, `${f.size} B`)),
    tagged === f ? h('p', { class: 'hint' }, t(`field.${f.name}`)) : null))));
}

/* The same place on the page of the broker's files. */
const fileUrl = (stage, data) => {
  const moment = stage.past.on ? `?step=${stage.snapshot.step}` : '';
  return `/s/${stage.sandbox}/files/${moment}#${leaderOf(stage, data)}/${data.path}${data.at ? `@${data.at}` : ''}`;
};

function leaderOf(stage, { topic, partition }) {
  const p = stage.snapshot.topics.find((it) => it.name === topic)?.partitions.find((it) => it.id === partition);
  return p && p.leader > 0 ? p.leader : p?.replicas[0]?.broker ?? 1;
}
