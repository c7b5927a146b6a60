/* The left column: who produces, how fast, and what became of it; below, the real clients. */
import { sourceTag } from './compose/told.js';
import { button } from './controls.js';
import { h } from './dom.js';
import { counter } from './motion/counter.js';
import { prefs } from './prefs.js';

const RATE_MIN = 0.01;
const RATE_MAX = 1000;

export function producers(snapshot, stage) {
  const { t } = stage;
  const list = snapshot.producers.filter((p) => p.kind !== 'tcp');
  return [
    list.length ? null : h('p', { class: 'muted empty', key: 'none' }, t('producers.none')),
    list.map((producer) => card(producer, stage)),
  ];
}

function card(producer, stage) {
  const { t } = stage;
  const { id, rate } = producer;
  const pace = (to) => stage.order({ do: 'set_producer', producer: id, rate: Math.min(RATE_MAX, Math.max(RATE_MIN, to)) });
  return h('article', {
    key: id, class: producer.running ? 'card' : 'card resting', 'data-testid': `producer-${id}`, 'data-producer': id, 'aria-label': t('producer.name', { id }),
  },
  h('div', { class: 'card-head' },
    button(id, () => stage.select({ kind: 'producer', id }), { kind: 'title', name: t('producer.open', { id }) }),
    h('span', { class: 'num rate' }, producer.running ? t('producer.rate', { rate }) : t('producer.stopped'))),
  h('p', { class: 'muted' }, `→ ${producer.topic} · acks=${producer.acks}`),
  sourceTag(producer, stage),
  h('p', { class: 'muted num' }, t('producer.counts', { sent: producer.sent, acked: producer.acked }),
    producer.waiting > 0 ? h('span', { class: 'warn' }, ` · ${t('producer.waiting', { waiting: producer.waiting })}`) : null,
    producer.failed > 0 ? h('span', { class: 'bad' }, ` · ${t('producer.failed', { failed: producer.failed })}`) : null),
  counter(stage, `from ${id}`),
  // Without motion nothing flies: then the card says where its last record went.
  prefs.still && stage.view.lastSent[id] ? h('p', { class: 'muted num' }, t('producer.last', { where: stage.view.lastSent[id] })) : null,
  h('div', { class: 'row' },
    producer.running
      ? button(t('stop'), () => stage.order({ do: 'stop_producer', producer: id }), { kind: 'small', name: t('producer.stop', { id }), test: `producer-${id}-stop`, held: stage.held })
      : button(t('start'), () => stage.order({ do: 'start_producer', producer: id }), { kind: 'small', name: t('producer.start', { id }), test: `producer-${id}-start`, held: stage.held }),
    button('÷2', () => pace(rate / 2), { kind: 'small num', name: t('producer.slower', { id }), title: t('slower'), test: `producer-${id}-slower`, held: stage.held }),
    button('×2', () => pace(rate * 2), { kind: 'small num', name: t('producer.faster', { id }), title: t('faster'), test: `producer-${id}-faster`, held: stage.held })));
}

/* Programs that came in over TCP, by the name they gave. */
export function clients(snapshot, stage) {
  const { t } = stage;
  const list = snapshot.clients || [];
  if (!list.length) return [h('p', { key: 'none', class: 'muted' }, t('clients.none')), button(t('connect'), () => stage.select({ kind: 'connect' }), { kind: 'small', test: 'connect-open' })];
  return list.map((client) => h('div', { class: 'client', key: client.client, 'data-testid': `client-${client.client}` },
    button(client.client, () => stage.select({ kind: 'client', id: client.client }), { kind: 'title', name: t('client.open', { client: client.client }) }),
    h('span', { class: 'muted' }, `${client.software || ''} ${client.version || ''} · ${t('client.connections', { connections: client.connections })}`)));
}
