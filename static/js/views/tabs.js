/* The bar of views above the cluster. One stop for the keyboard; arrows go from tab to tab, 1 to 6 from anywhere. */
import { h } from '../dom.js';
import { showView } from './address.js';
import { VIEWS } from './registry.js';

const ICONS = {
  tapes: 'M2 4h9M2 8h12M2 12h6',
  brokers: 'M3 2.5h10v4H3zM3 9.5h10v4H3zM5.5 4.5h1M5.5 11.5h1',
  groups: 'M2 3h4v4H2zM2 10h4v4H2zM10.5 6.5h4v4h-4zM6 5l4.5 2.7M6 12l4.5-2.7',
  requests: 'M3 2v12M13 2v12M3 5h7.5M8.5 3l2 2-2 2M13 11H5.5M7.5 9l-2 2 2 2',
  files: 'M3 1.5h6.5L13 5v9.5H3zM9.5 1.5V5H13M5.5 8.5h5M5.5 11.5h5',
  streams: 'M1.5 8h4M5.5 8c2.4 0 1.8-4.5 4.2-4.5h4.8M5.5 8c2.4 0 1.8 4.5 4.2 4.5h4.8M11 8h3.5',
};

export function tabs(stage) {
  const { t, view } = stage;
  return offered(stage).map(({ id }) => h('button', {
    key: id, type: 'button', role: 'tab', id: `view-${id}`, 'aria-selected': String(view.view === id), 'aria-controls': 'view-panel',
    'aria-keyshortcuts': keyOf(id), tabindex: view.view === id ? '0' : '-1', title: `${t(`view.${id}.told`)} (${keyOf(id)})`, 'data-testid': `view-${id}`,
    on: { click: () => showView(stage, id), keydown: (event) => turn(event, id, stage) },
  },
  h('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, h('path', { d: ICONS[id] })),
  h('span', {}, t(`view.${id}`))));
}

const keyOf = (id) => String(VIEWS.findIndex((one) => one.id === id) + 1);

/* The one that is shown has its tab, even if there is nothing in it yet. */
const offered = ({ snapshot, view }) => VIEWS.filter((one) => one.id === view.view || one.offered(snapshot));

function turn(event, id, stage) {
  const all = offered(stage);
  const at = all.findIndex((one) => one.id === id);
  const count = all.length;
  const to = { ArrowRight: (at + 1) % count, ArrowLeft: (at + count - 1) % count, Home: 0, End: count - 1 }[event.key];
  if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  showView(stage, all[to].id);
  document.getElementById(`view-${all[to].id}`)?.focus();
}
