/* Streams in words: a table for screen readers and tests, as twin.js has it of partitions. */
import { h } from '../dom.js';
import { brief, readersOf } from './names.js';

export function table(snapshot, stage) {
  const { t } = stage;
  const { kinesis } = snapshot;
  const heads = ['stream', 'shard', 'state', 'shard.range', 'shard.parents', 'shard.children', 'shard.records', 'shard.refused', 'readers'];
  return h('table', { key: 'streams', id: 'twin-streams' },
    h('caption', {}, t('twin.streams')),
    h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, t(key))))),
    h('tbody', {}, kinesis.streams.flatMap((stream) => stream.shards.map((shard) => line(stream, shard, kinesis, t)))));
}

function line(stream, shard, kinesis, t) {
  const readers = readersOf(kinesis, stream, shard);
  const places = readers.map((one) => `${brief(one.name)}@${one.at < 0 ? '' : one.at}${one.done ? '✓' : ''}`).join(' ');
  return h('tr', {
    key: `${stream.name} ${shard.id}`, 'data-stream': stream.name, 'data-shard': shard.id, 'data-status': stream.status, 'data-open': String(shard.open), 'data-end': shard.end,
    'data-parents': shard.parents.join(','), 'data-children': shard.children.join(','), 'data-throttled': shard.throttled_in + shard.throttled_out, 'data-readers': places,
  },
  h('th', { scope: 'row' }, `${stream.name} (${stream.status})`), h('td', {}, shard.id), h('td', {}, t(shard.open ? 'shard.is-open' : 'shard.is-closed')), h('td', {}, `${shard.from} – ${shard.to}`),
  h('td', {}, shard.parents.join(', ')), h('td', {}, shard.children.join(', ')), h('td', {}, shard.end - shard.start), h('td', {}, shard.throttled_in + shard.throttled_out), h('td', {}, readers.map((one) => told(one, t)).join(', ')));
}

function told(one, t) {
  if (one.done) return `${brief(one.name)}: ${t('lease.done')}`;
  return one.at < 0 ? `${brief(one.name)}: ${t('lease.unread')}` : `${brief(one.name)} @ ${one.at}`;
}
