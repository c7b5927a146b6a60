/* The same thing in Kafka's words and in Kinesis's, beside each other, with the true values of both: of a stream, of a
 * shard, of a record. On one log the two cannot differ in anything but words, limits, and who has to know what. */
import './texts.js';
import { link, sentence } from '../controls.js';
import { h } from '../dom.js';
import { number, textOf } from '../i18n.js';
import { head } from '../inspect/head.js';
import { hex, murmur2, partitionOf as modulo } from '../inspect/murmur2.js';
import { hashKey } from '../kinesis/md5.js';
import { numberOf, open, shardOfHash } from '../kinesis/hashes.js';
import { SHARD } from '../kinesis/limits.js';
import { partitionOf, readersOf, shardOf, short, streamOf, topicOf } from './names.js';
import { boundary, rangeOf } from './range.js';
import { readSequence, sequenceOf } from './sequence.js';

const HOUR = 3_600_000;
const RETENTION_MAX = 8760;

/* chosen: {kind: 'words', about: 'stream' | 'shard' | 'record', name: stream[/shard[/offset]]} */
export function wordsPage(chosen, stage) {
  const { t, snapshot } = stage;
  const [name, id, offset] = chosen.name.split('/');
  const stream = streamOf(snapshot, name);
  const shard = id ? shardOf(stream, id) : null;
  if (!stream || (id && !shard)) return null;
  const record = chosen.about === 'record' ? Number(offset) : null;
  const rows = record !== null ? ofRecord(stream, shard, record, stage) : shard ? ofShard(stream, shard, stage) : ofStream(stream, stage);
  return h('div', { key: 'workshop', class: 'workshop words', 'data-testid': 'words-page' },
    head(stage, chosen, t('words.title', { what: record !== null ? `${short(id)} @ ${record}` : shard ? id : name })),
    h('p', { class: 'lead' }, t('words.lead')),
    h('div', { class: 'word-heads', 'aria-hidden': 'true' }, h('b', {}, 'Apache Kafka'), h('b', {}, 'Kinesis Data Streams')),
    h('ul', { class: 'plain word-rows' }, rows.filter(Boolean).map((row) => pair(row, stage))),
    shard && record === null ? keyTrial(stream, stage) : null);
}

/* One idea: both words, both values, and the sentence that says what differs. */
function pair({ key, kafka, kinesis, says = {} }, { t }) {
  const side = (words, value, which) => h('div', { class: `word ${which}`, 'data-side': which },
    h('span', { class: 'visually-hidden' }, which === 'kafka' ? 'Apache Kafka: ' : 'Kinesis Data Streams: '),
    h('b', {}, words), h('div', { class: 'word-value num' }, value));
  return h('li', { key, class: 'word-row', 'data-word': key },
    h('div', { class: 'word-pair' }, side(t(`words.${key}.kafka`), kafka, 'kafka'), side(t(`words.${key}.kinesis`), kinesis, 'kinesis')),
    h('p', {}, sentence(textOf(`words.${key}.says`, says))));
}

const code = (text) => h('code', { class: 'breakable' }, text);

function ofStream(stream, stage) {
  const { snapshot } = stage;
  const topic = topicOf(snapshot, stream);
  const count = open(stream).length;
  const closed = stream.shards.length - count;
  const { t } = stage;
  return [
    { key: 'topic', kafka: link(stream.topic, () => stage.select({ kind: 'topic', topic: stream.topic })), kinesis: link(stream.name, () => stage.select({ kind: 'stream', stream: stream.name })) },
    { key: 'parts', kafka: number(topic?.partitions.length ?? 0), kinesis: t('words.parts.value', { open: count, closed }), says: { closed } },
    { key: 'limits', kafka: t('words.limits.kafka.value'), kinesis: t('words.limits.kinesis.value', { records: count * SHARD.in_records, mib: count, out: count * 2, throttling: snapshot.kinesis.throttling }), says: { shards: count } },
    { key: 'growing', kafka: t('words.growing.kafka.value'), kinesis: t('words.growing.kinesis.value') },
    { key: 'retention', kafka: code(`retention.ms=${stream.retention_hours * HOUR}`), kinesis: t('words.retention.value', { hours: stream.retention_hours }), says: { most: RETENTION_MAX } },
    { key: 'copies', kafka: t('words.copies.value', { replication: topic?.replication ?? 0, isr: topic?.min_insync ?? 0 }), kinesis: t('words.copies.kinesis.value') },
    { key: 'servers', kafka: t('words.servers.value', { brokers: snapshot.brokers.length, running: snapshot.brokers.filter((one) => one.state === 'running').length }), kinesis: t('words.servers.kinesis.value') },
    { key: 'address', kafka: code(`bootstrap.servers=${stage.live ? stage.bootstrap() : ''}`), kinesis: code(`AWS_ENDPOINT_URL · ${snapshot.kinesis.region}`) },
    { key: 'readers', kafka: t('words.readers.value', { groups: snapshot.groups.length }), kinesis: t('words.readers.kinesis.value', { apps: snapshot.kinesis.consumers.filter((one) => one.stream === stream.name).length, registered: stream.consumers.length }) },
    { key: 'size', kafka: code('max.message.bytes=1048588'), kinesis: t('words.size.value', { kib: stream.max_record_kib }) },
  ];
}

function ofShard(stream, shard, stage) {
  const { t, snapshot } = stage;
  const p = partitionOf(snapshot, stream, shard);
  const range = rangeOf(shard);
  const readers = readersOf(snapshot.kinesis, stream, shard);
  const lease = readers.find((one) => one.kind === 'lease');
  const iterator = readers.find((one) => one.kind === 'iterator');
  const [start, end] = [p?.start ?? shard.start, p?.end ?? shard.end];
  return [
    { key: 'part', kafka: link(`${stream.topic}-${shard.partition}`, () => stage.select({ kind: 'partition', topic: stream.topic, partition: shard.partition })), kinesis: link(shard.id, () => stage.select({ kind: 'shard', stream: stream.name, shard: shard.id })) },
    { key: 'keys', kafka: code(`murmur2(key) % ${open(stream).length}`), kinesis: code(`MD5(key) ∈ [${boundary(range.from)}, ${boundary(range.to)})`) },
    { key: 'offset', kafka: t('words.offset.value', { start, end }), kinesis: h('span', {}, code(shard.starting), shard.ending ? [' … ', code(shard.ending)] : ' …') },
    { key: 'position', kafka: lease && lease.at < 0 ? t('lease.unread') : t('words.position.value', { at: lease?.at ?? iterator?.at ?? end }), kinesis: iterator ? t('words.position.iterator', { type: iterator.iterator.kind, left: Math.max(0, iterator.iterator.expires_ms - snapshot.at_ms) }) : t('words.position.none') },
    { key: 'commit', kafka: lease && lease.checkpoint >= 0 ? t('words.commit.value', { at: lease.checkpoint }) : t('none'), kinesis: lease ? h('span', {}, `${lease.name}: `, code(lease.written)) : t('none') },
    { key: 'owner', kafka: t('words.owner.kafka.value'), kinesis: lease ? t('words.owner.value', { app: lease.name }) : t('none') },
    { key: 'leader', kafka: p && p.leader >= 0 ? t('words.leader.value', { leader: p.leader, isr: p.isr }) : h('b', { class: 'bad' }, t('tape.leaderless')), kinesis: t('words.leader.kinesis.value', { lost: Boolean(p) && p.leader < 0 }) },
    { key: 'rates', kafka: t('words.rates.value', { rate: shard.records_s }), kinesis: t('words.rates.kinesis.value', { rate: shard.records_s, most: SHARD.in_records, refused: shard.throttled_in }) },
    { key: 'empty', kafka: code('fetch.max.wait.ms'), kinesis: code('Records: []') },
    { key: 'family', kafka: t('none'), kinesis: t('words.family.value', { parents: shard.parents.map(short), children: shard.children.map(short) }) },
  ];
}

function ofRecord(stream, shard, offset, stage) {
  const { t, view } = stage;
  const known = view.record?.offset === offset && view.record.topic === stream.topic && view.record.partition === shard.partition && !view.record.error ? view.record : null;
  const created = readSequence(shard.starting).created;
  const key = known?.key?.text ?? null;
  return [
    { key: 'place', kafka: link(`${stream.topic}-${shard.partition} @ ${offset}`, () => stage.select({ kind: 'record', topic: stream.topic, partition: shard.partition, offset })), kinesis: known ? code(sequenceOf({ created, shard: numberOf(shard.id), offset, arrival: known.timestamp_ms / 1000 })) : t('words.place.open') },
    key === null ? null : { key: 'partition-key', kafka: code(key), kinesis: h('span', {}, code(key), ' → ', code(hashKey(key).toString())) },
    known?.value ? { key: 'data', kafka: code((known.value.text ?? known.value.base64).slice(0, 160)), kinesis: code(known.value.base64.slice(0, 160)) } : null,
    known ? { key: 'time', kafka: code(new Date(known.timestamp_ms).toISOString()), kinesis: code((known.timestamp_ms / 1000).toFixed(3)) } : null,
  ];
}

/* One key, put through both hashes before the reader's eyes. */
function keyTrial(stream, stage) {
  const { t, view } = stage;
  const text = view.wordKey ?? 'cliente-1';
  const bytes = new TextEncoder().encode(text);
  const { hash } = murmur2(bytes);
  const count = open(stream).length;
  const key = hashKey(text);
  const to = shardOfHash(stream.shards, key);
  return h('section', { key: 'trial', class: 'word-trial', 'aria-label': t('words.trial') },
    h('p', { class: 'field' }, h('label', { for: 'word-key' }, t('words.trial')),
      h('input', { id: 'word-key', class: 'mono', maxlength: '256', autocomplete: 'off', spellcheck: 'false', initial: { value: text }, 'data-testid': 'word-key', on: { input: (e) => stage.change({ wordKey: e.target.value }) } })),
    h('div', { class: 'word-pair' },
      h('div', { class: 'word kafka', 'data-testid': 'word-murmur2' }, h('b', {}, 'murmur2'), h('div', { class: 'word-value' }, code(`${hex(hash)} & 7fffffff % ${count}`), ' = ', h('b', {}, t('words.trial.partition', { p: modulo(hash, count) })))),
      h('div', { class: 'word kinesis', 'data-testid': 'word-md5' }, h('b', {}, 'MD5'), h('div', { class: 'word-value' }, code(key.toString(16).padStart(32, '0')), ' → ', h('b', {}, to ? to.id : t('none'))))),
    h('p', {}, t('words.trial.says', { count })));
}
