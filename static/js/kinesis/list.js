/* The list of streams; where there is none, the way to the first one. */
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { card, rich, slot, status, way } from './parts.js';
import { open } from './hashes.js';
import { sparkline } from './graph.js';
import { askRemoval } from './remove.js';
import { button } from '../controls.js';
import { stageOf } from './place.js';

export function listPage(desk) {
  const { say, kinesis } = desk;
  const { streams } = kinesis;
  return [
    h('div', { key: 'head', class: 'k-head' },
      h('div', {}, h('h1', { tabindex: '-1' }, say('title')), h('p', { class: 'lead' }, rich(desk, 'list.lead'))),
      h('p', { class: 'k-acts' }, h('a', { class: 'button', href: stageOf(desk.sandbox), 'data-testid': 'to-stage' }, say('to-stage')),
        way(desk, { page: 'create' }, say('create'), { class: 'button primary', 'data-testid': 'create' }))),
    slot('ended', ended(desk)),
    streams.length ? table(desk, streams) : empty(desk),
    h('p', { key: 'throttling', class: 'hint k-foot' }, h('span', {}, say(kinesis.throttling ? 'list.throttling' : 'list.no-throttling')), ' ',
      streams.length ? button(say(kinesis.throttling ? 'list.throttling.off' : 'list.throttling.on'), () => desk.order({ do: 'set_kinesis', throttle: !kinesis.throttling }), { kind: 'small', test: 'throttling' }) : null),
  ];
}

/* The lab is over: what was deleted just now, and what that would mean in AWS. */
function ended(desk) {
  const name = desk.kept.get('ended');
  if (!name) return null;
  const gone = !desk.stream(name);
  return h('div', { key: 'ended', class: 'notice k-ended', role: 'status', 'data-testid': 'ended', 'data-gone': String(gone) },
    h('p', {}, h('b', {}, desk.say(gone ? 'ended.gone' : 'ended.going', { stream: name }))), h('p', { class: 'hint' }, desk.say('ended.told')));
}

function table(desk, streams) {
  const { say } = desk;
  const heads = ['name', 'status', 'mode', 'shards', 'retention', 'encryption', 'incoming'];
  return h('div', { key: 'streams', class: 'k-card k-table-card' }, h('table', { class: 'k-table', 'data-testid': 'streams' },
    h('caption', { class: 'visually-hidden' }, say('title')),
    h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, say(`col.${key}`))), h('th', { scope: 'col', key: 'acts' }, h('span', { class: 'visually-hidden' }, say('col.acts'))))),
    h('tbody', {}, streams.map((stream) => row(desk, stream)))));
}

function row(desk, stream) {
  const { say } = desk;
  const shards = open(stream).length;
  const closed = stream.shards.length - shards;
  const cell = (key, ...words) => h('td', { key, 'data-label': say(`col.${key}`) }, words);
  const points = desk.series.of(stream.name, 'in_records');
  return h('tr', { key: stream.name, 'data-testid': `stream-${stream.name}` },
    h('th', { scope: 'row' }, way(desk, { page: 'stream', stream: stream.name, tab: 'monitoring' }, stream.name)),
    cell('status', status(desk, stream.status)),
    cell('mode', say(`mode.${stream.mode}`)),
    cell('shards', h('span', {}, number(shards), closed ? h('small', { class: 'muted' }, ` ${say('shards.closed', { closed })}`) : null)),
    cell('retention', say('hours', { hours: stream.retention_hours })),
    cell('encryption', say(`encryption.${stream.encryption}`)),
    cell('incoming', h('span', { class: 'k-spark' }, sparkline(points), h('span', { class: 'num' }, say('per-second', { records: number(Math.round(points.at(-1)?.value ?? 0)) })))),
    h('td', { key: 'acts', class: 'k-row-acts' }, button(say('delete'), () => askRemoval(desk, stream.name), { kind: 'small danger', name: say('delete.name', { stream: stream.name }), off: stream.status === 'DELETING' })));
}

const LAB = ['create', 'put', 'read', 'end'];

function empty(desk) {
  const { say } = desk;
  return card({ title: say('empty.title'), key: 'empty', test: 'empty' },
    h('p', {}, rich(desk, 'empty.told')),
    h('ol', { class: 'k-lab' }, LAB.map((step, i) => h('li', { key: step }, h('span', { class: 'k-number', 'aria-hidden': 'true' }, String(i + 1)), h('span', {}, h('b', {}, say(`lab.${step}`)), h('small', {}, say(`lab.${step}.told`)))))),
    h('p', {}, way(desk, { page: 'create' }, say('empty.create'), { class: 'button primary large', 'data-testid': 'create-first' })));
}
