/* The drawer's page on a stream: what AWS says of it, what it is made of here, and what can be done with it. */
import './texts.js';
import { button, facts, field, form, link } from '../controls.js';
import { h } from '../dom.js';
import { fullDate, number } from '../i18n.js';
import { head } from '../inspect/head.js';
import { encoded } from '../kinesis/base64.js';
import { addressOf } from '../kinesis/place.js';
import { copyButton } from '../copying.js';
import { call } from './calls.js';
import { short, streamOf, waits } from './names.js';

export function streamPage(chosen, stage) {
  const { t, snapshot } = stage;
  const stream = streamOf(snapshot, chosen.stream);
  if (!stream) return null;
  const open = stream.shards.filter((shard) => shard.open);
  const refused = stream.shards.reduce((sum, shard) => sum + shard.throttled_in + shard.throttled_out, 0);
  return [
    ...head(stage, chosen, stream.name),
    facts([
      [t('state'), h('b', {}, stream.status), 'stream-page-status'],
      ['ARN', h('span', {}, h('code', { class: 'breakable' }, stream.arn), ' ', copyButton(stream.arn, t('stream.arn.copy'), stage.toast))],
      [t('stream.mode'), h('code', {}, stream.mode)],
      [t('shards'), t('stream.shards.told', { open: open.length, closed: stream.shards.length - open.length }), 'stream-shards'],
      [t('stream.retention'), t('stream.retention.told', { hours: stream.retention_hours, days: Math.round(stream.retention_hours / 24) })],
      [t('stream.encryption'), stream.encryption === 'KMS' ? h('span', {}, 'KMS ', h('code', {}, stream.key_id || '')) : t('stream.encryption.none')],
      [t('stream.created'), fullDate(stream.created)],
      [t('stream.topic'), link(stream.topic, () => stage.select({ kind: 'topic', topic: stream.topic }), 'stream-topic')],
      refused ? [t('stream.refused'), number(refused)] : null,
      Object.keys(stream.tags).length ? [t('stream.tags'), Object.entries(stream.tags).map(([name, value]) => `${name}=${value}`).join(', ')] : null,
    ]),
    h('p', { key: 'hint', class: 'hint' }, t('stream.hint', { status: stream.status })),
    h('p', { key: 'ways', class: 'actions' },
      button(t('words.open'), () => stage.select({ kind: 'words', about: 'stream', name: stream.name }), { kind: 'primary', test: 'stream-words' }),
      h('a', { class: 'streams-way', href: addressOf(stage.sandbox, { page: 'stream', stream: stream.name, tab: 'monitoring' }), 'data-testid': 'stream-console' }, t('streams.console'))),
    h('h4', { key: 'shards' }, t('shards')),
    h('ul', { key: 'list', class: 'plain shard-list' }, stream.shards.slice(0, 60).map((shard) => h('li', { key: shard.id },
      link(shard.id, () => stage.select({ kind: 'shard', stream: stream.name, shard: shard.id })), ' ',
      h('span', { class: 'muted num' }, t('shard.line', { open: shard.open, records: shard.end - shard.start, parents: shard.parents.map(short) }))))),
    apps(stream, stage), registered(stream, stage),
    grow(stream, open.length, stage), removal(stream, stage),
  ];
}

/* Who writes to it and reads from it here, and one more of each. */
function apps(stream, stage) {
  const { t, snapshot: { kinesis } } = stage;
  const writers = kinesis.producers.filter((one) => one.stream === stream.name);
  const readers = kinesis.consumers.filter((one) => one.stream === stream.name);
  return h('div', { key: 'apps' },
    h('h4', {}, t('stream.apps')),
    h('ul', { class: 'plain' },
      writers.map((one) => h('li', { key: `w ${one.id}` }, link(one.id, () => stage.select({ kind: 'stream-producer', id: one.id })), ' ', h('span', { class: 'muted num' }, t('app.writes', { acked: one.acked, throttled: one.throttled })))),
      readers.map((one) => h('li', { key: `r ${one.id}` }, link(one.id, () => stage.select({ kind: 'stream-consumer', id: one.id })), ' ',
        h('span', { class: 'muted num' }, t('app.reads', { leases: Object.values(one.leases).filter((lease) => !lease.done).length, delivered: one.delivered, waits: waits(stream, one).length })))),
      writers.length || readers.length ? null : h('li', { class: 'muted' }, t('stream.apps.none'))),
    h('p', { class: 'actions' },
      button(t('app.writer.new'), () => stage.order({ do: 'add_stream_producer', stream: stream.name, rate: 2, keys: 'many' }), { test: 'add-stream-producer', held: stage.held, kind: 'small' }),
      button(t('app.reader.new'), () => stage.order({ do: 'add_stream_consumer', stream: stream.name }), { test: 'add-stream-consumer', held: stage.held, kind: 'small' }),
      button(t('app.fan.new'), () => stage.order({ do: 'add_stream_consumer', stream: stream.name, fan_out: true }), { test: 'add-stream-fan', held: stage.held, kind: 'small' })));
}

function registered(stream, { t }) {
  if (!stream.consumers.length) return null;
  return h('div', { key: 'registered' }, h('h4', {}, t('stream.registered')),
    h('ul', { class: 'plain' }, stream.consumers.map((one) => h('li', { key: one.name }, h('b', {}, one.name), ' ', h('span', { class: 'muted' }, t('stream.registered.told', { status: one.status, shards: one.subscribed.map(short) }))))));
}

function grow(stream, open, stage) {
  const { t } = stage;
  if (stream.mode !== 'PROVISIONED') return null;
  const counts = [...new Set([Math.ceil(open / 2), open + 1, open * 2])].filter((n) => n >= 1 && n !== open);
  return h('div', { key: 'grow' }, h('h4', {}, t('stream.count')), h('p', { class: 'muted' }, t('stream.count.told')),
    h('p', { class: 'actions' }, counts.map((n) => button(t('stream.count.to', { n }), () => call(stage, 'UpdateShardCount', { StreamName: stream.name, TargetShardCount: n, ScalingType: 'UNIFORM_SCALING' }), { kind: 'small', test: `count-${n}`, held: stage.held }))));
}

function removal(stream, stage) {
  const { t, view } = stage;
  const sure = view.sure === `stream ${stream.name}`;
  return h('p', { key: 'remove', class: 'actions' }, button(t(sure ? 'stream.delete.sure' : 'stream.delete'), () => {
    if (!sure) stage.ask(`stream ${stream.name}`);
    else call(stage, 'DeleteStream', { StreamName: stream.name, EnforceConsumerDeletion: true });
  }, { kind: 'danger', test: 'delete-stream', held: stage.held }));
}

/* One record, as PutRecord takes it: a partition key and data. */
export function putPage(chosen, stage) {
  const { t, snapshot } = stage;
  const stream = streamOf(snapshot, chosen.stream);
  if (!stream) return null;
  return [
    ...head(stage, chosen, t('put.title', { stream: stream.name })),
    h('p', { key: 'lead', class: 'hint' }, t('put.lead')),
    form({
      key: `put ${stream.name}`, test: 'put-record', words: t('stream.put'), held: stage.held,
      fields: [
        field(t('put.key'), { name: 'put-key', maxlength: '256', required: true, class: 'mono', initial: { value: '1' } }, t('put.key.told')),
        field(t('put.data'), { name: 'put-data', area: true, rows: '4', class: 'mono', initial: { value: '{"nome":"Fernando"}' } }, t('put.data.told')),
      ],
      submit: (given) => call(stage, 'PutRecord', { StreamName: stream.name, PartitionKey: given['put-key'], Data: encoded(given['put-data']) }),
    }),
    answered(stream, stage),
  ];
}

/* What AWS answered to the last record that was put by a click. */
function answered(stream, stage) {
  const { t, book } = stage;
  const last = book.events.findLast(({ code, params }) => code === 'call_answered' && params.operation === 'PutRecord' && params.stream === stream.name);
  if (!last) return null;
  const { error, answer } = last.params;
  if (error) return h('p', { key: 'answer', class: 'bad', role: 'alert', 'data-testid': 'put-answer' }, h('b', {}, error), ' ', told(answer).message ?? '');
  const { ShardId: shard, SequenceNumber: number } = told(answer);
  return h('div', { key: 'answer', role: 'status', 'data-testid': 'put-answer' }, h('h4', {}, t('put.answer')),
    facts([['ShardId', link(shard ?? '', () => stage.select({ kind: 'shard', stream: stream.name, shard }), 'put-shard')], ['SequenceNumber', h('code', { class: 'breakable' }, number ?? '')]]));
}

function told(answer) {
  try {
    return JSON.parse(answer);
  } catch {
    return {}; // it was too long, and is cut
  }
}
