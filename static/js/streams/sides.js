/* Beside the stage: applications that put records into streams, whoever calls AWS's API, and applications that read. */
import './texts.js';
import { button } from '../controls.js';
import { h } from '../dom.js';
import { tagIcon } from '../markers.js';
import { numberOf } from '../kinesis/hashes.js';
import { counter } from '../motion/counter.js';
import { brief, streamOf, waits } from './names.js';
import { goesOnAt } from './sequence.js';

const LEASES_MAX = 8;

export function writers({ kinesis }, stage) {
  const { t } = stage;
  return kinesis.producers.map((one) => h('article', {
    key: `stream ${one.id}`, class: one.running ? 'card' : 'card resting', 'data-testid': `stream-producer-${one.id}`, 'data-caller': one.id, 'aria-label': t('producer.name', { id: one.id }),
  },
  h('div', { class: 'card-head' },
    button(one.id, () => stage.select({ kind: 'stream-producer', id: one.id }), { kind: 'title', name: t('producer.open', { id: one.id }) }),
    h('span', { class: 'num rate' }, one.running ? t('producer.rate', { rate: one.rate }) : t('producer.stopped'))),
  h('p', { class: 'muted' }, `→ ${one.stream} · ${one.batch > 1 ? 'PutRecords' : 'PutRecord'}`),
  h('p', { class: 'muted num' }, t('producer.counts', { sent: one.sent, acked: one.acked }),
    one.throttled ? h('span', { class: 'warn' }, ` · ${t('app.throttled.short', { throttled: one.throttled })}`) : null,
    one.failed ? h('span', { class: 'bad' }, ` · ${t('producer.failed', { failed: one.failed })}`) : null),
  counter(stage, `from ${one.id}`),
  h('div', { class: 'row' },
    button(t(one.running ? 'stop' : 'start'), () => stage.order({ do: 'set_stream_producer', producer: one.id, running: !one.running }), { kind: 'small', name: t(one.running ? 'producer.stop' : 'producer.start', { id: one.id }), test: `stream-producer-${one.id}-turn`, held: stage.held }),
    button('÷2', () => pace(one, one.rate / 2, stage), { kind: 'small num', name: t('producer.slower', { id: one.id }), title: t('slower'), test: `stream-producer-${one.id}-slower`, held: stage.held }),
    button('×2', () => pace(one, one.rate * 2, stage), { kind: 'small num', name: t('producer.faster', { id: one.id }), title: t('faster'), test: `stream-producer-${one.id}-faster`, held: stage.held }))));
}

const pace = (one, rate, stage) => stage.order({ do: 'set_stream_producer', producer: one.id, rate: Math.min(10_000, Math.max(0.01, rate)) });

/* Whoever calls the API now: over HTTP, from the shell, from the console. */
export function callers({ kinesis }, stage) {
  const { t } = stage;
  return kinesis.clients.map((one) => h('div', { class: 'client', key: `aws ${one.client}`, 'data-testid': `caller-${one.client}`, 'data-caller': one.client },
    button(brief(one.client), () => stage.select({ kind: 'caller', client: one.client }), { kind: 'title', name: t('client.open', { client: one.client }) }),
    h('span', { class: 'muted' }, `${one.software === '-' ? '' : one.software} ${one.version === '-' ? '' : one.version} · ${t('app.calls.count', { calls: one.calls })}`)));
}

export function readers({ kinesis }, stage) {
  return kinesis.consumers.map((app) => reader(app, stage));
}

function reader(app, stage) {
  const { t, snapshot } = stage;
  const push = app.kind === 'SubscribeToShard';
  const stream = streamOf(snapshot, app.stream);
  const leases = Object.entries(app.leases);
  const waiting = stream ? waits(stream, app) : [];
  return h('article', { key: `app ${app.id}`, class: `card group${app.running ? '' : ' resting'}`, 'data-testid': `stream-consumer-${app.id}`, 'data-reader': app.id, 'data-caller': app.id, 'aria-label': t('app.name', { id: app.id }) },
    h('div', { class: 'card-head' }, tagIcon(push ? 1 : 0, app.id),
      button(app.id, () => stage.select({ kind: 'stream-consumer', id: app.id }), { kind: 'title', name: t('app.open', { id: app.id }) }),
      h('span', { class: 'row' }, button(t(app.running ? 'stop' : 'start'), () => stage.order({ do: 'set_stream_consumer', consumer: app.id, running: !app.running }), { kind: 'small', name: t(app.running ? 'app.stop' : 'app.start', { id: app.id }), test: `stream-consumer-${app.id}-turn`, held: stage.held }))),
    h('p', { class: 'muted' }, `← ${app.stream} · ${push ? 'SubscribeToShard' : 'GetRecords'}`),
    h('ul', { class: 'plain leases' }, leases.slice(-LEASES_MAX).map(([id, lease]) => h('li', { key: id, class: lease.done ? 'num done' : 'num', 'data-lease': String(numberOf(id)) },
      h('span', {}, `shard ${numberOf(id)}`), ' ', h('span', { class: 'muted' }, lease.done ? t('lease.read') : lease.position < 0 ? t('lease.unread') : `@${lease.position}`), goesOnAt(lease.checkpoint) >= 0 && !lease.done ? h('span', { class: 'muted' }, ` ▲${goesOnAt(lease.checkpoint)}`) : null)),
    waiting.slice(0, LEASES_MAX).map((id) => h('li', { key: `w ${id}`, class: 'num warn' }, `shard ${numberOf(id)} `, t('lease.waits')))),
    counter(stage, ...leases.map(([id]) => `to ${app.id} ${app.stream}/${id}`)),
    h('p', { class: 'muted total num' }, t('app.delivered.short', { delivered: app.delivered }), app.throttled ? h('span', { class: 'warn' }, ` · ${t('app.throttled.short', { throttled: app.throttled })}`) : null));
}
export { table } from './twin_table.js';
