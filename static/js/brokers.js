/* The machines: the controller, a card a broker (a dead one stays where it stood), and the way to add one. */
import { button } from './controls.js';
import { h } from './dom.js';

const BROKERS_MAX = 12;

export function brokers(snapshot, stage) {
  const { t } = stage;
  const { controller } = snapshot;
  return [
    h('article', { key: 'controller', class: 'broker quorum', 'data-testid': 'controller', 'aria-label': t('controller') },
      h('div', { class: 'card-head' }, button(t('controller'), () => stage.select({ kind: 'controller' }), { kind: 'title' })),
      h('p', { class: 'muted' }, h('b', { class: 'leader' }, `★ C${controller.id}`)),
      h('p', { class: 'muted num', title: t('controller.decisions.why') }, t('controller.decisions', { records: controller.records }))),
    snapshot.brokers.map((broker) => card(broker, snapshot, stage)),
    button('+', () => stage.order({ do: 'add_broker' }), {
      kind: 'broker add', name: t('broker.add'), title: t('broker.add'), test: 'add-broker', held: stage.held, off: snapshot.brokers.length >= BROKERS_MAX,
    }),
  ];
}

function card(broker, snapshot, stage) {
  const { t } = stage;
  const { id, state } = broker;
  const down = state === 'crashed' || state === 'stopped';
  const act = (verb, kind = 'small') => button(t(`broker.${verb}`), () => stage.order({ do: `${verb}_broker`, broker: id }), {
    kind, title: t(`broker.${verb}.name`, { id }), name: t(`broker.${verb}.name`, { id }), test: `broker-${id}-${verb}`, off: state === 'stopping', held: stage.held,
  });
  return h('article', {
    key: id, class: `broker ${state}`, 'data-testid': `broker-${id}`, 'data-broker': id, 'data-state': state, 'aria-label': t('broker.name', { id }),
  },
  h('div', { class: 'card-head' },
    button(t('broker.title', { id }), () => stage.select({ kind: 'broker', id }), { kind: 'title', name: t('broker.open', { id }) }),
    down ? h('span', { class: 'bad cross', 'aria-hidden': 'true' }, '✕') : h('span', { class: `lamp ${state}`, 'aria-hidden': 'true' })),
  h('p', { class: 'muted' }, doing(broker, snapshot, stage)),
  h('div', { class: 'row' }, down ? act('start', 'small primary') : [act('stop'), act('crash', 'small danger')]));
}

/* "leads 3 partitions", or what it is in and since when. */
export function doing(broker, snapshot, { t }) {
  const since = Math.max(0, snapshot.at_ms - broker.since_ms);
  const state = { crashed: 'broker.crashed', stopped: 'broker.stopped', stopping: 'broker.stopping', starting: 'broker.starting' }[broker.state];
  return state ? t(state, { since }) : t('broker.leads', { leads: broker.leads });
}
