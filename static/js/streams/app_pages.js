/* The drawer's pages on simulated applications, on callers of AWS's API, and on a stream that is to be made. */
import './texts.js';
import { button, facts, field, link } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { head } from '../inspect/head.js';
import { clock } from '../narration.js';
import { askWhy } from '../why/questions.js';
import { newStream } from '../views/streams_head.js';
import { streamOf, waits } from './names.js';
import { goesOnAt } from './sequence.js';

const choices = (list, value) => [...new Set([...list, value])].sort((a, b) => a - b);

export function producerPage(chosen, stage) {
  const { t, snapshot } = stage;
  const one = snapshot.kinesis?.producers.find((it) => it.id === chosen.id);
  if (!one) return null;
  const set = (more) => stage.order({ do: 'set_stream_producer', producer: one.id, ...more });
  const held = { disabled: Boolean(stage.held), title: stage.held || null };
  return [
    ...head(stage, chosen, one.id),
    facts([
      [t('stream'), link(one.stream, () => stage.select({ kind: 'stream', stream: one.stream }))],
      [t('app.calls'), h('code', {}, one.batch > 1 ? `PutRecords × ${one.batch}` : 'PutRecord')],
      [t('producer.sent'), number(one.sent)], [t('producer.acked'), number(one.acked)],
      [t('app.throttled'), number(one.throttled), 'app-throttled'], [t('producer.fails'), number(one.failed)],
    ]),
    h('p', { key: 'hint', class: 'hint' }, t('app.writer.hint')),
    field(t('producer.pace'), { name: `rate-${one.id}`, value: String(one.rate), 'data-testid': 'app-rate', ...held, options: choices([0.5, 1, 2, 5, 10, 50, 200, 1000, 1500, 3000], one.rate).map((n) => [String(n), t('producer.rate', { rate: n })]), on: { change: (e) => set({ rate: Number(e.target.value) }) } }),
    field(t('app.keys'), { name: `keys-${one.id}`, value: one.keys, 'data-testid': 'app-keys', ...held, options: ['few', 'many', 'hot', 'random'].map((k) => [k, t(`app.keys.${k}`)]), on: { change: (e) => set({ keys: e.target.value }) } }, t('app.keys.told')),
    field(t('app.batch'), { name: `batch-${one.id}`, value: String(one.batch), ...held, options: choices([1, 5, 10, 100, 500], one.batch).map((n) => [String(n), number(n)]), on: { change: (e) => set({ batch: Number(e.target.value) }) } }),
    h('p', { key: 'actions', class: 'actions' },
      button(t(one.running ? 'stop' : 'start'), () => set({ running: !one.running }), { test: 'app-turn', held: stage.held }),
      button(t('remove'), () => stage.order({ do: 'remove_stream_producer', producer: one.id }), { kind: 'danger', test: 'app-remove', held: stage.held })),
  ];
}

export function consumerPage(chosen, stage) {
  const { t, snapshot } = stage;
  const one = snapshot.kinesis?.consumers.find((it) => it.id === chosen.id);
  if (!one) return null;
  const stream = streamOf(snapshot, one.stream);
  const set = (more) => stage.order({ do: 'set_stream_consumer', consumer: one.id, ...more });
  const push = one.kind === 'SubscribeToShard';
  const waiting = stream ? waits(stream, one) : [];
  const to = (id) => link(id, () => stage.select({ kind: 'shard', stream: one.stream, shard: id }));
  return [
    ...head(stage, chosen, one.id),
    facts([
      [t('stream'), link(one.stream, () => stage.select({ kind: 'stream', stream: one.stream }))],
      [t('app.how'), t(push ? 'app.push' : 'app.pull'), 'app-kind'],
      [t('app.delivered'), number(one.delivered)], [t('app.throttled'), number(one.throttled), 'app-throttled'],
    ]),
    h('h4', { key: 'leases' }, t('app.leases')),
    h('table', { key: 'table', class: 'offsets num', 'data-testid': 'leases' },
      h('thead', {}, h('tr', {}, ['shard', 'position', 'checkpoint'].map((name) => h('th', { key: name, scope: 'col' }, t(`app.col.${name}`))))),
      h('tbody', {}, Object.entries(one.leases).map(([id, lease]) => h('tr', { key: id, 'data-shard': id, 'data-done': String(lease.done) },
        h('th', { scope: 'row' }, to(id)), h('td', {}, lease.done ? t('lease.read') : lease.position < 0 ? t('lease.unread') : lease.position), h('td', {}, checkpoint(lease)))),
      waiting.map((id) => h('tr', { key: `w ${id}`, 'data-shard': id, 'data-waits': '' }, h('th', { scope: 'row' }, to(id)),
        h('td', { colspan: '2', class: 'warn' }, t('lease.waits'), ' ', askWhy(stage, 'child', { stream: one.stream, shard: id }, { kind: 'whynot' })))))),
    h('p', { key: 'hint', class: 'hint' }, t('app.reader.hint')),
    push ? null : field(t('member.poll'), { name: `poll-${one.id}`, value: String(one.poll_ms), 'data-testid': 'app-poll', disabled: Boolean(stage.held), title: stage.held || null, options: choices([100, 150, 200, 500, 1000, 2000, 5000], one.poll_ms).map((n) => [String(n), t('member.poll.told', { every: n })]), on: { change: (e) => set({ poll_ms: Number(e.target.value) }) } }, t('app.poll.told')),
    h('p', { key: 'actions', class: 'actions' },
      button(t(one.running ? 'stop' : 'start'), () => set({ running: !one.running }), { test: 'app-turn', held: stage.held }),
      button(t('broker.crash'), () => stage.order({ do: 'crash_stream_consumer', consumer: one.id }), { kind: 'danger', title: t('app.crash.told'), test: 'app-crash', held: stage.held }),
      button(t('remove'), () => stage.order({ do: 'remove_stream_consumer', consumer: one.id }), { kind: 'danger', test: 'app-remove', held: stage.held })),
  ];
}

/* Where it would go on, and what it has written down. */
function checkpoint(lease) {
  const at = goesOnAt(lease.checkpoint);
  return at < 0 ? h('code', {}, lease.checkpoint) : h('span', { title: lease.checkpoint }, `@${at}`);
}

/* Somebody who calls AWS's API: over HTTP, from the console, from the shell. */
export function callerPage(chosen, stage) {
  const { t, snapshot } = stage;
  const one = snapshot.kinesis?.clients.find((it) => it.client === chosen.client);
  if (!one) return null;
  const calls = snapshot.kinesis.calls.filter((it) => it.client === one.client).slice(-12).reverse();
  return [
    ...head(stage, chosen, one.client),
    facts([[t('client.software'), `${one.software} ${one.version}`], [t('connections'), number(one.connections)], [t('app.calls.made'), number(one.calls)]]),
    h('h4', { key: 'calls' }, t('app.calls.last')),
    calls.length ? h('ul', { key: 'list', class: 'plain calls', 'data-testid': 'caller-calls' }, calls.map((it) => h('li', { key: it.n },
      h('span', { class: 'num muted' }, clock(it.at_ms)), ' ', h('code', {}, it.operation), ' ', it.stream ? h('span', { class: 'muted' }, it.stream) : null, it.error ? h('b', { class: 'bad line' }, it.error) : null)))
      : h('p', { key: 'list', class: 'muted' }, t('app.calls.older')),
  ];
}

export function newStreamPage(chosen, stage) {
  return [h('h3', { key: 'head', class: 'page-title' }, stage.t('stream.new')), h('p', { key: 'lead', class: 'muted' }, stage.t('streams.none.how')), newStream(stage)];
}
