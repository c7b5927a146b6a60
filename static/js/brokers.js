/* The machines: the controller, a card a broker (a dead one stays where it stood), and the way to add one. */
import { button } from './controls.js';
import { h } from './dom.js';
import { faultWay } from './faults/strip.js';

const BROKERS_MAX = 12;
const ROOMY = 4; // more machines than these: each is one line
const ICONS = { stop: 'M4.6 4.6h6.8v6.8H4.6z', crash: 'M9 1.5 3.5 9H7.5l-1 5.5L12.5 7H8.5z', start: 'M5 3v10l8-5z' };

export function brokers(snapshot, stage) {
  const dense = snapshot.brokers.length > ROOMY;
  return [
    controller(snapshot, stage, dense),
    snapshot.brokers.map((broker) => card(broker, snapshot, stage, dense)),
    addBroker(snapshot, stage),
  ];
}

function controller({ controller: { id, records } }, stage, dense) {
  const { t } = stage;
  return h('article', { key: 'controller', class: 'broker quorum', 'data-testid': 'controller', 'aria-label': t('controller') },
    h('div', { class: 'card-head' }, button(dense ? `★ C${id}` : t('controller'), () => stage.select({ kind: 'controller' }), { kind: 'title', name: t('controller'), title: t('controller') })),
    h('p', { class: 'muted' }, h('b', { class: 'leader' }, `★ C${id}`)),
    h('p', { class: 'muted num', title: t('controller.decisions.why') }, t('controller.decisions', { records })));
}

export function addBroker(snapshot, stage, words = '+') {
  const { t } = stage;
  return button(words, () => stage.order({ do: 'add_broker' }), {
    kind: 'broker add', name: t('broker.add'), title: t('broker.add'), test: 'add-broker', held: stage.held, off: snapshot.brokers.length >= BROKERS_MAX,
  });
}

/* more: what stands below the head, for the view of the machines. */
export function card(broker, snapshot, stage, dense, more = null) {
  const { id, state } = broker;
  return h('article', {
    key: id, class: `broker ${state}${dense ? ' dense' : ''}${more ? ' machine' : ''}`, 'data-testid': `broker-${id}`, 'data-broker': id, 'data-state': state,
    'aria-label': stage.t('broker.name', { id }),
  }, h('div', { class: 'machine-head' }, head(broker, snapshot, stage, dense)), more);
}

function head(broker, snapshot, stage, dense) {
  const { t } = stage;
  const { id, state, rack } = broker;
  const down = state === 'crashed' || state === 'stopped';
  const act = (verb, kind = 'small') => button(dense ? icon(verb) : t(`broker.${verb}`), () => stage.order({ do: `${verb}_broker`, broker: id }), {
    kind: dense ? `${kind} only-icon` : kind, title: t(`broker.${verb}.name`, { id }), name: t(`broker.${verb}.name`, { id }), test: `broker-${id}-${verb}`,
    off: state === 'stopping', held: stage.held,
  });
  const acts = h('div', { class: 'row' }, down ? act('start', 'small primary') : [act('stop'), act('crash', 'small danger')]);
  const lamp = down ? h('span', { class: 'bad cross', 'aria-hidden': 'true' }, '✕') : h('span', { class: `lamp ${state}`, 'aria-hidden': 'true' });
  const told = doing(broker, snapshot, stage);
  const name = button(dense ? `B${id}` : t('broker.title', { id }), () => stage.select({ kind: 'broker', id }), {
    kind: 'title', name: t('broker.open', { id }), title: dense ? `${told}${rack ? ` · ${t('rack.name', { rack })}` : ''}` : null,
  });
  if (dense) return h('div', { class: 'card-head' }, lamp, name, faultWay(broker, snapshot, stage, true), acts);
  return [
    h('div', { class: 'card-head' }, name, h('span', { class: 'fault-place' }, lamp, faultWay(broker, snapshot, stage))),
    h('p', { class: 'muted' }, told, rack ? h('span', { class: 'rack-told' }, ` · ${t('rack.name', { rack })}`) : null),
    acts,
  ];
}

const icon = (verb) => h('svg', { class: 'icon filled', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, h('path', { d: ICONS[verb] }));

/* "leads 3 partitions", or what it is in and since when. */
export function doing(broker, snapshot, { t }) {
  const since = Math.max(0, snapshot.at_ms - broker.since_ms);
  const state = { crashed: 'broker.crashed', stopped: 'broker.stopped', stopping: 'broker.stopping', starting: 'broker.starting' }[broker.state];
  return state ? t(state, { since }) : t('broker.leads', { leads: broker.leads });
}
