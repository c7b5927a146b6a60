/* The drawer: what was clicked, what happened, and how to read the stage. */
import { button } from './controls.js';
import { h } from './dom.js';
import { codeLink } from './code/link.js';
import { groupForm, topicForm } from './forms.js';
import { legend } from './legend.js';
import { lazy } from './lazy.js';
import { log, momentPage } from './log.js';
import { brokerPage, clientPage, controllerPage, groupPage, memberPage, producerPage } from './pages.js';
import { recordPage } from './record.js';
import { partitionPage, topicPage } from './topics.js';

export const PAGES = {
  record: recordPage, partition: partitionPage, topic: topicPage, broker: brokerPage, controller: controllerPage, group: groupPage,
  member: memberPage, producer: producerPage, client: clientPage, moment: momentPage, compose: lazy(() => import('./compose/page.js'), 'composePage'), faults: lazy(() => import('./faults/page.js')), 'new-topic': topicForm,
  'new-producer': lazy(() => import('./compose/producer.js'), 'producerForm'), 'new-group': groupForm, request: lazy(() => import('./requests/page.js'), 'requestPage'),
  code: lazy(() => import('./code/page.js')), connect: lazy(() => import('./connect/page.js')), 'connect-aws': lazy(() => import('./connect/page.js')), doctor: lazy(() => import('./doctor/page.js')),
};
Object.assign(PAGES, {
  why: lazy(() => import('./why/page.js'), 'whyPage'), whynot: lazy(() => import('./why/page.js'), 'whynotPage'), segment: lazy(() => import('./inspect/segment.js')),
});
/* Kinesis: pages that only those with streams need. */
Object.assign(PAGES, {
  stream: lazy(() => import('./streams/stream_page.js'), 'streamPage'), put: lazy(() => import('./streams/stream_page.js'), 'putPage'), shard: lazy(() => import('./streams/shard_page.js'), 'shardPage'),
  iterator: lazy(() => import('./streams/shard_page.js'), 'iteratorPage'), 'stream-producer': lazy(() => import('./streams/app_pages.js'), 'producerPage'),
  'stream-consumer': lazy(() => import('./streams/app_pages.js'), 'consumerPage'), caller: lazy(() => import('./streams/app_pages.js'), 'callerPage'),
  'new-stream': lazy(() => import('./streams/app_pages.js'), 'newStreamPage'), words: lazy(() => import('./streams/words.js'), 'wordsPage'),
});

const TABS = ['detail', 'log', 'legend'];

export function drawer(stage) {
  const { t, view } = stage;
  const tab = (name) => h('button', {
    key: name, type: 'button', role: 'tab', id: `tab-${name}`, 'aria-selected': String(view.tab === name), 'aria-controls': 'drawer-page',
    tabindex: view.tab === name ? '0' : '-1', 'data-testid': `tab-${name}`, on: { click: () => stage.openTab(name), keydown: (e) => turn(e, name, stage) },
  }, t(`tab.${name}`));
  return [
    h('div', { class: 'tabs', key: 'tabs' },
      h('div', { role: 'tablist', 'aria-label': t('drawer') }, TABS.map(tab)),
      button('✕', () => stage.closeDrawer(), { kind: 'quiet small close', name: t('drawer.close'), title: 'Esc', test: 'drawer-close' })),
    h('div', {
      key: 'page', id: 'drawer-page', class: 'drawer-page', role: 'tabpanel', tabindex: '0', 'aria-labelledby': `tab-${view.tab}`, 'data-testid': 'drawer-page',
    }, page(stage)),
  ];
}

function turn(event, name, stage) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  stage.openTab(TABS[(TABS.indexOf(name) + step + TABS.length) % TABS.length]);
  document.getElementById(`tab-${stage.view.tab}`)?.focus();
}

function page(stage) {
  const { view, t } = stage;
  if (view.tab === 'log') return log(stage);
  if (view.tab === 'legend') return legend(stage);
  if (!view.selected) return h('p', { class: 'muted', key: 'nothing' }, t('detail.nothing'));
  const made = PAGES[view.selected.kind](view.selected, stage);
  return made ? [made, codeLink(view.selected, stage)] : h('p', { class: 'muted', key: 'gone', 'data-testid': 'gone' }, t('detail.gone'));
}
