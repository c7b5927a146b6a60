/* A new producer: what it writes about, how fast, and how tidy its world is. */
import { field, form } from '../controls.js';
import { h } from '../dom.js';
import { sourceIcon } from './icons.js';
import { hueOf } from './keys.js';
import { ownFields, ownRows } from './own.js';
import { MISHAPS_MAX, SOURCES } from './sources.js';

const RATE_MAX = 1000;

export function producerForm(chosen, stage) {
  const { t, snapshot } = stage;
  const topics = snapshot.topics.filter((topic) => !topic.internal);
  const source = chosen.source in SOURCES ? chosen.source : 'purchases';
  const own = source === 'rows';
  const table = own ? ownRows() : null;
  return [
    h('h3', { key: 'head', class: 'page-title' }, t('producer.new')),
    form({
      key: 'producer', held: stage.held, test: 'new-producer', words: t('add'), cancel: { words: t('cancel'), act: () => stage.closeDrawer() },
      off: !topics.length || (own && !table?.rows), submit: (data) => add(data, source, stage),
      fields: [
        gallery(source, stage),
        own ? ownFields(table, stage) : sample(source, stage),
        field(t('topic'), { name: 'topic', options: topics.map((it) => [it.name, it.name]) }, topics.length ? null : t('compose.no-topic')),
        field(t('name'), { name: 'producer', maxlength: 249, 'data-testid': 'producer-name' }, t('name.hint')),
        h('div', { key: `pace ${source}` }, pace(source, stage)),
        field('acks', { name: 'acks', value: 'all', options: ['all', '1', '0'].map((a) => [a, t(`acks.${a}`)]) }),
        own ? null : field(t('keys'), { name: 'keys', value: 'few', options: ['few', 'none', 'many', 'hot'].map((k) => [k, t(`keys.${k}`)]) }),
        field(t('partitioner'), { name: 'partitioner', value: 'murmur2', options: ['murmur2', 'crc32'].map((p) => [p, t(`partitioner.${p}`)]), 'data-testid': 'producer-partitioner' }, t('partitioner.hint')),
        h('p', { class: 'check', key: 'idem' }, h('input', { type: 'checkbox', id: 'f-idem', name: 'idempotent', initial: { checked: true } }), h('label', { for: 'f-idem' }, t('producer.idempotent'))),
      ],
    }),
  ];
}

/* What it writes about: one of six, chosen by click or by arrow key. */
function gallery(source, stage) {
  const { t } = stage;
  return h('fieldset', { key: 'sources', class: 'gallery' }, h('legend', {}, t('source')), Object.keys(SOURCES).map((one) => h('label', {
    key: one, class: one === source ? 'source picked' : 'source',
  },
  h('input', { type: 'radio', name: 'source', value: one, checked: one === source, 'data-testid': `source-${one}`, on: { change: () => stage.select({ kind: 'new-producer', source: one }) } }),
  sourceIcon(one), h('span', {}, h('b', {}, t(`source.${one}`)), h('small', {}, t(`source.${one}.told`))))));
}

/* One event as it looks, its key lit. */
function sample(source, { t }) {
  const { key, sample: text } = SOURCES[source];
  const [before, after] = text.split('{key}');
  return h('figure', { key: `sample ${source}`, class: 'sample', 'data-testid': 'source-sample' },
    h('figcaption', {}, t('source.sample')),
    h('pre', {}, before, h('mark', { class: `key${hueOf(key)}` }, key), after));
}

function pace(source, { t }) {
  const { rate, late, repeated } = SOURCES[source];
  const percent = (name, value) => field(t(`source.${name}`), {
    name, type: 'number', min: 0, max: MISHAPS_MAX, step: 1, required: true, initial: { value: String(value) }, 'data-testid': `producer-${name}`,
  }, t(`source.${name}.hint`));
  return [
    field(t('producer.pace'), { name: 'rate', type: 'number', min: 0.01, max: RATE_MAX, step: 'any', required: true, initial: { value: String(rate) } }),
    h('div', { class: 'pair', key: 'mishaps' }, percent('late', late), percent('repeated', repeated)),
  ];
}

async function add(data, source, stage) {
  const command = {
    do: 'add_producer', topic: data.topic, ...(data.producer ? { producer: data.producer } : {}), rate: Number(data.rate), acks: data.acks, ...(data.keys ? { keys: data.keys } : {}),
    idempotent: Boolean(data.idempotent) && data.acks === 'all', ...(data.partitioner && data.partitioner !== 'murmur2' ? { partitioner: data.partitioner } : {}),
  };
  const [late, repeated] = [Number(data.late), Number(data.repeated)];
  if (source !== 'purchases') command.source = source;
  if (source !== 'purchases' || late || repeated) Object.assign(command, { late, repeated });
  if (source === 'rows') Object.assign(command, { rows: data.rows, key_field: data.column || null, loop: Boolean(data.loop) });
  const done = await stage.order(command);
  if (done.ok) stage.select({ kind: 'producer', id: done.producer ?? data.producer });
}
