/* A stream: its head, and tabs. */
import { button } from '../controls.js';
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { configuration } from './configuration.js';
import { fanout } from './fanout.js';
import { monitoring } from './monitoring.js';
import { rich, slot, status, way } from './parts.js';
import { stageOf, TABS } from './place.js';
import { putPage } from './put.js';
import { askRemoval } from './remove.js';
import { shardsPage } from './shards.js';
import { viewer } from './viewer.js';
import { open } from './hashes.js';

const PAGES = { monitoring, configuration, fanout, viewer, shards: shardsPage, put: putPage };

export function streamPage(desk) {
  const stream = desk.stream();
  if (stream && desk.kept.get('coming') === stream.name) desk.kept.delete('coming');
  return stream ? [head(desk, stream), slot('next', next(desk, stream)), tabs(desk, stream), panel(desk, stream)] : gone(desk);
}

function head(desk, stream) {
  const { say } = desk;
  return h('div', { key: 'head', class: 'k-head k-stream-head' },
    h('div', {},
      h('h1', { tabindex: '-1', class: 'mono', 'data-testid': 'stream-name' }, stream.name),
      h('p', { class: 'k-stream-facts' }, status(desk, stream.status), h('span', {}, say(`mode.${stream.mode}`)), h('span', {}, say('shards.count', { shards: open(stream).length })),
        stream.encryption === 'KMS' ? h('span', {}, say('encryption.KMS')) : null),
      h('p', { class: 'k-arn' }, h('code', { 'data-testid': 'arn' }, stream.arn), copyButton(stream.arn, say('arn.copy'), desk.toast, 'arn-copy'))),
    h('p', { class: 'k-acts' },
      h('a', { class: 'button', href: stageOf(desk.sandbox, stream.name), 'data-testid': 'to-stage' }, say('to-stage')),
      button(say('delete'), () => askRemoval(desk, stream.name), { kind: 'danger', test: 'delete', off: stream.status === 'DELETING' })));
}

/* What there is to wait for, or to do first, in a stream that is new. */
function next(desk, stream) {
  const { say, place } = desk;
  if (stream.status === 'CREATING' || stream.status === 'DELETING') return h('p', { key: 'next', class: 'k-note', role: 'status', 'data-testid': 'next' }, rich(desk, `next.${stream.status}`));
  if (place.tab !== 'monitoring' || stream.shards.some((shard) => shard.records)) return null;
  return h('div', { key: 'next', class: 'k-note k-next', role: 'status', 'data-testid': 'next' }, h('p', {}, rich(desk, 'next.empty')),
    way(desk, { page: 'stream', stream: stream.name, tab: 'put' }, say('tab.put'), { class: 'button primary', 'data-testid': 'next-put' }));
}

function tabs(desk, stream) {
  const { say, place } = desk;
  return h('div', { key: 'tabs', class: 'k-tabs', role: 'tablist', 'aria-label': say('tabs') }, TABS.map((tab, i) => h('button', {
    key: tab, type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-selected': String(tab === place.tab), 'aria-controls': 'k-panel', tabindex: tab === place.tab ? '0' : '-1', 'data-testid': `tab-${tab}`,
    on: { click: () => desk.go({ page: 'stream', stream: stream.name, tab }), keydown: (event) => turn(desk, stream, event, i) },
  }, say(`tab.${tab}`))));
}

function turn(desk, stream, event, at) {
  const to = { ArrowRight: (at + 1) % TABS.length, ArrowLeft: (at + TABS.length - 1) % TABS.length, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const list = event.currentTarget.parentNode;
  desk.go({ page: 'stream', stream: stream.name, tab: TABS[to] });
  list.children[to].focus();
}

function panel(desk, stream) {
  const { tab } = desk.place;
  return h('div', { key: `panel ${stream.name} ${stream.created} ${tab}`, id: 'k-panel', class: 'k-panel', role: 'tabpanel', 'aria-labelledby': `tab-${tab}`, tabindex: '0', 'data-testid': `panel-${tab}` }, PAGES[tab](desk, stream));
}

/* There is none of that name: not yet, or not any more. */
function gone(desk) {
  const { say, place } = desk;
  const coming = desk.kept.get('coming') === place.stream;
  return [
    h('h1', { key: 'name', tabindex: '-1', class: 'mono' }, place.stream),
    h('div', { key: 'gone', class: 'notice', role: 'status', 'data-testid': 'no-stream' },
      h('p', {}, rich(desk, coming ? 'stream.coming' : 'stream.none', { stream: place.stream })),
      coming ? null : h('p', { class: 'row' }, way(desk, { page: 'list' }, say('stream.all'), { class: 'button' }), way(desk, { page: 'create' }, say('create'), { class: 'button primary' }))),
  ];
}
