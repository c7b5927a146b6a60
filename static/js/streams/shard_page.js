/* The drawer's pages on a shard and on an iterator: what they are, what came of what, who reads, and why it is so. */
import './texts.js';
import { button, facts, link } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { head } from '../inspect/head.js';
import { middle, neighbours } from '../kinesis/hashes.js';
import { SHARD } from '../kinesis/limits.js';
import { askWhy } from '../why/questions.js';
import { call } from './calls.js';
import { childrenOf, parentsOf } from './lineage.js';
import { partitionOf, readersOf, shardOf, short, streamOf } from './names.js';
import { boundary, rangeOf } from './range.js';

export function shardPage(chosen, stage) {
  const { t, snapshot } = stage;
  const stream = streamOf(snapshot, chosen.stream);
  const shard = shardOf(stream, chosen.shard);
  if (!shard) return null;
  const range = rangeOf(shard);
  const where = { stream: stream.name, shard: shard.id };
  const partition = partitionOf(snapshot, stream, shard);
  const to = (one) => link(short(one.id), () => stage.select({ kind: 'shard', stream: stream.name, shard: one.id }), `to-${one.id}`);
  const kin = (list) => list.map((one, i) => [i ? ', ' : '', to(one)]);
  const parents = parentsOf(stream, shard);
  const children = childrenOf(stream, shard);
  return [
    ...head(stage, chosen, shard.id),
    facts([
      [t('stream'), link(stream.name, () => stage.select({ kind: 'stream', stream: stream.name }))],
      [t('state'), h('span', {}, h('b', { 'data-testid': 'shard-state' }, t(shard.open ? 'shard.is-open' : 'shard.is-closed')), ' ', askWhy(stage, 'shard', where)), 'shard-page-state'],
      [t('shard.range'), h('span', {}, h('b', {}, t('shard.range.told', { from: boundary(range.from), to: boundary(range.to), share: (range.to - range.from) * 100 })),
        h('code', { class: 'breakable line' }, shard.from), h('code', { class: 'breakable line' }, shard.to)), 'shard-range'],
      parents.length || shard.parents.length ? [t('shard.parents'), parents.length ? kin(parents) : shard.parents.join(', '), 'shard-parents'] : null,
      children.length ? [t('shard.children'), kin(children), 'shard-children'] : null,
      [t('shard.sequence'), h('span', {}, h('code', { class: 'breakable line' }, shard.starting), h('code', { class: 'breakable line' }, shard.ending ?? t('shard.sequence.open'))), 'shard-sequence'],
      [t('shard.records'), t('shard.records.told', { records: shard.end - shard.start, all: shard.records }), 'shard-records'],
      [t('shard.last-second'), h('span', {}, meter(shard.records_s, SHARD.in_records, t('shard.meter.records', { n: shard.records_s, most: SHARD.in_records })), meter(shard.bytes_s, SHARD.in_bytes, t('shard.meter.bytes', { share: (shard.bytes_s / SHARD.in_bytes) * 100 })), meter(shard.read_s, 1000, t('shard.meter.read', { n: shard.read_s })))],
      [t('shard.refused'), h('span', {}, t('shard.refused.told', { puts: shard.throttled_in, reads: shard.throttled_out }), ' ', askWhy(stage, 'throttled', where, { kind: 'whynot', words: t('ask.throttled') })), 'shard-refused'],
      partition ? [t('shard.underneath'), h('span', {}, link(`${stream.topic}-${shard.partition}`, () => stage.select({ kind: 'partition', topic: stream.topic, partition: shard.partition }), 'shard-partition'), ' · ',
        partition.leader < 0 ? h('b', { class: 'bad' }, t('tape.leaderless')) : `★ B${partition.leader}`)] : null,
    ]),
    h('p', { key: 'hint', class: 'hint' }, t('shard.hint', { open: shard.open, children: children.length })),
    readers(stream, shard, where, stage),
    h('p', { key: 'ways', class: 'actions' }, button(t('words.open'), () => stage.select({ kind: 'words', about: 'shard', name: `${stream.name}/${shard.id}` }), { kind: 'primary', test: 'shard-words' })),
    shard.open ? reshard(stream, shard, stage) : null,
  ];
}

const meter = (value, most, words) => h('span', { class: 'meter' }, h('i', { vars: { '--share': String(Math.min(1, value / most)) } }), h('small', { class: 'num' }, words));

function readers(stream, shard, where, stage) {
  const { t, snapshot } = stage;
  const list = readersOf(snapshot.kinesis, stream, shard);
  const waiting = snapshot.kinesis.consumers.filter((app) => app.stream === stream.name && !app.leases[shard.id] && shard.parents.some((id) => app.leases[id]));
  return h('div', { key: 'readers' }, h('h4', {}, t('readers')),
    h('ul', { class: 'plain', 'data-testid': 'shard-readers' },
      list.map((one) => h('li', { key: `${one.kind} ${one.name}` }, one.kind === 'lease'
        ? [link(one.name, () => stage.select({ kind: 'stream-consumer', id: one.name })), ' ', h('span', { class: 'muted num' }, t(one.done ? 'lease.done' : one.at < 0 ? 'lease.unread' : 'lease.told', { at: one.at, checkpoint: one.checkpoint, push: one.push }))]
        : [link(one.name, () => stage.select({ kind: 'iterator', ...where, client: one.name })), ' ', h('span', { class: 'muted num' }, t('iterator.told', { type: one.iterator.kind, at: one.at }))])),
      waiting.map((app) => h('li', { key: `wait ${app.id}`, class: 'warn' }, t('shard.waits', { apps: [app.id], parents: shard.parents.map(short) }), ' ', askWhy(stage, 'child', where, { kind: 'whynot' }))),
      list.length || waiting.length ? null : h('li', { class: 'muted' }, t('reader.nobody'))));
}

/* Split it in the middle, or merge it with a neighbour. */
function reshard(stream, shard, stage) {
  const { t } = stage;
  const cut = middle(shard);
  return h('div', { key: 'reshard' }, h('h4', {}, t('shard.reshard')), h('p', { class: 'muted' }, t('shard.reshard.told')),
    h('p', { class: 'actions' },
      cut ? button(t('shard.split'), () => call(stage, 'SplitShard', { StreamName: stream.name, ShardToSplit: shard.id, NewStartingHashKey: cut }), { kind: 'small', test: 'split-shard', held: stage.held }) : null,
      neighbours(stream.shards, shard).map((one) => button(t('shard.merge', { other: short(one.id) }), () => call(stage, 'MergeShards', { StreamName: stream.name, ShardToMerge: shard.id, AdjacentShardToMerge: one.id }), { kind: 'small', test: `merge-${one.id}`, held: stage.held }))));
}

export function iteratorPage(chosen, stage) {
  const { t, snapshot } = stage;
  const it = snapshot.kinesis?.iterators.find((one) => one.stream === chosen.stream && one.shard === chosen.shard && one.client === chosen.client);
  const shard = shardOf(streamOf(snapshot, chosen.stream), chosen.shard);
  if (!it || !shard) return null;
  const left = it.expires_ms - snapshot.at_ms;
  return [
    ...head(stage, chosen, t('iterator.title', { client: it.client })),
    facts([
      [t('stream'), link(it.stream, () => stage.select({ kind: 'stream', stream: it.stream }))],
      ['shard', link(it.shard, () => stage.select({ kind: 'shard', stream: it.stream, shard: it.shard }))],
      [t('iterator.kind'), h('code', {}, it.kind), 'iterator-kind'],
      [t('iterator.at'), t('iterator.at.told', { at: it.offset, end: shard.end }), 'iterator-at'],
      [t('iterator.expires'), left > 0 ? t('iterator.expires.in', { left }) : h('b', { class: 'bad' }, t('iterator.expired')), 'iterator-expires'],
      it.behind_ms >= 0 ? ['MillisBehindLatest', number(it.behind_ms)] : null,
    ]),
    h('p', { key: 'hint', class: 'hint' }, t('iterator.hint')),
    h('p', { key: 'why' }, askWhy(stage, 'emptyread', { stream: it.stream, shard: it.shard, client: it.client }, { kind: 'whynot', words: t('ask.emptyread') })),
  ];
}
