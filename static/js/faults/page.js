/* The page of faults: what is wrong now, and what can be done to a broker, a link and a client. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { brokerFaults } from './brokers.js';
import { clientFaults } from './clients.js';
import { linkFaults } from './links.js';
import { chosenNow, icon, keyOf, undoAll, undoOf, undoable, wordsOf } from './words.js';

/* chosen: {node} a broker, {from, to} a link, {client}: what is open; the page remembers them in the selection. */
export function page(chosen, stage) {
  const { t, snapshot } = stage;
  const turn = (more) => stage.select({ ...chosenNow(chosen, stage), ...more });
  return [
    h('h3', { key: 'head', class: 'page-title', 'data-testid': 'page-title' }, icon('faults'), t('faults')),
    h('p', { key: 'told', class: 'hint' }, t('faults.hint')),
    activeNow(undoable(snapshot), stage),
    section('broker', brokerFaults(chosen, turn, stage), stage),
    section('link', linkFaults(chosen, turn, stage), stage),
    section('client', clientFaults(chosen, turn, stage), stage),
  ];
}

const section = (name, body, { t }) => h('section', { key: name, class: 'fault-section', 'aria-labelledby': `faults-${name}` },
  h('h4', { id: `faults-${name}` }, t(`faults.${name}`)), body);

function activeNow(active, stage) {
  const { t } = stage;
  if (!active.length) return h('p', { key: 'active', class: 'all-well' }, h('b', { class: 'good' }, '✓ '), t('faults.none'));
  return h('section', { key: 'active', class: 'active-faults', 'aria-label': t('faults.now'), 'data-testid': 'active-faults' },
    h('ul', { class: 'plain' }, active.map((fault) => {
      const words = wordsOf(fault, stage);
      return h('li', { key: keyOf(fault), 'data-fault': fault.kind }, icon(fault.kind), h('span', {}, words),
        button(t(fault.kind === 'down' ? 'broker.start' : 'fault.undo'), () => stage.order(undoOf(fault)), { kind: 'small', name: fault.kind === 'down' ? `${t('broker.start')}: ${words}` : t('fault.undo.name', { what: words }), test: 'active-undo', held: stage.held }));
    })),
    active.length > 1 ? h('p', { class: 'actions' }, button(t('faults.undo.all'), () => undoAll(stage), { kind: 'primary', test: 'active-undo-all', held: stage.held })) : null);
}
