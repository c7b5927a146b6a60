/* The shards of a stream: their ranges of hash keys and where they come from, as a picture and as a table; one that is
 * chosen can be split or merged with its neighbour. */
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { hashTyped, middle, neighbours, numberOf, share } from './hashes.js';
import { lineage } from './lineage.js';
import { card, chosen, doing, form, labelled, refusal, rich, slot, typed } from './parts.js';
import { twinBox } from './twins.js';
import { rounded } from './units.js';

export function shardsPage(desk, stream) {
  const view = desk.draft(`shards ${stream.name}`, () => ({ shard: null }));
  const choose = (id) => {
    view.shard = view.shard === id ? null : id;
    desk.redraw();
  };
  const shard = stream.shards.find(({ id }) => id === view.shard) ?? null;
  return [
    h('p', { key: 'told', class: 'hint k-intro' }, rich(desk, 'shards.told')),
    lineage(desk, stream, view.shard, choose),
    h('p', { key: 'key', class: 'hint k-legend' }, h('span', { class: 'k-sample open', 'aria-hidden': 'true' }), desk.say('shards.open'), h('span', { class: 'k-sample closed', 'aria-hidden': 'true' }), desk.say('shards.closed.told'), h('span', { class: 'k-sample load', 'aria-hidden': 'true' }), desk.say('shards.load')),
    slot('acts', shard ? h('div', { key: `acts ${shard.id}`, class: 'k-shard-acts', 'data-testid': 'shard-acts' }, shard.open ? [split(desk, stream, shard), merge(desk, stream, shard)] : card({ title: shard.id, key: 'closed' }, h('p', {}, rich(desk, 'shards.closed.why', { shard: shard.id, children: shard.children, end: shard.ending ?? '' })))) : h('p', { key: 'choose', class: 'k-more' }, desk.say('shards.choose'))),
    table(desk, stream, view, choose),
  ];
}

function split(desk, stream, shard) {
  const { say } = desk;
  const draft = desk.draft(`split ${shard.id}`, () => ({ hash: middle(shard) ?? '' }));
  const hash = hashTyped(draft.hash.trim());
  const inside = hash !== null && hash > BigInt(shard.from) && hash < BigInt(shard.to);
  const steps = [{ operation: 'SplitShard', parameters: { StreamName: stream.name, ShardToSplit: shard.id, NewStartingHashKey: draft.hash.trim() } }];
  return card({ title: say('split', { shard: shard.id }), key: 'split', note: say('split.told') },
    form(desk, 'split', () => inside && desk.calls.run('split', steps), { class: 'k-stack', key: shard.id },
      labelled('s-hash', say('split.hash'), typed(desk, draft, 'hash', { class: 'mono', inputmode: 'numeric', maxlength: 39, 'data-testid': 'split-hash' }), { hint: hash === null ? null : say('split.share', { share: Math.round(share(hash) * 1000) / 10 }), fault: inside ? null : say('split.fault') }),
      twinBox(desk, steps, { test: 'split-twin' }),
      h('p', { key: 'acts', class: 'k-acts end' }, doing(desk, 'split', say('split.send'), null, { test: 'split-send', off: !inside }))),
    refusal(desk, 'split'));
}

function merge(desk, stream, shard) {
  const { say } = desk;
  const beside = neighbours(stream.shards, shard);
  if (!beside.length) return card({ title: say('merge', { shard: shard.id }), key: 'merge' }, h('p', { class: 'hint' }, say('merge.none')));
  const draft = desk.draft(`merge ${shard.id}`, () => ({ other: beside[0].id }));
  if (!beside.some(({ id }) => id === draft.other)) draft.other = beside[0].id;
  const steps = [{ operation: 'MergeShards', parameters: { StreamName: stream.name, ShardToMerge: shard.id, AdjacentShardToMerge: draft.other } }];
  return card({ title: say('merge', { shard: shard.id }), key: 'merge', note: say('merge.told') },
    form(desk, 'merge', () => desk.calls.run('merge', steps), { class: 'k-stack', key: `merge ${shard.id}` },
      labelled('m-other', say('merge.other'), chosen(desk, draft, 'other', beside.map(({ id }) => [id, id]), { class: 'mono', 'data-testid': 'merge-other' })),
      twinBox(desk, steps, { test: 'merge-twin' }),
      h('p', { key: 'acts', class: 'k-acts end' }, doing(desk, 'merge', say('merge.send'), null, { test: 'merge-send' }))),
    refusal(desk, 'merge'));
}

function table(desk, stream, view, choose) {
  const { say } = desk;
  const heads = ['shard', 'state', 'hashes', 'sequences', 'records', 'incoming', 'throttled'];
  const cell = (key, ...words) => h('td', { key, 'data-label': say(`col.${key}`) }, words);
  return h('div', { key: 'table', class: 'k-card k-table-card' }, h('table', { class: 'k-table k-shards', 'data-testid': 'shards-table' },
    h('caption', { class: 'visually-hidden' }, say('tab.shards')),
    h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, say(`col.${key}`))))),
    h('tbody', {}, stream.shards.map((shard) => h('tr', { key: shard.id, class: `${shard.open ? '' : 'closed'}${shard.id === view.shard ? ' unfolded' : ''}`, 'data-testid': `row-${shard.id}`, 'data-open': String(shard.open) },
      h('th', { scope: 'row' }, h('button', { type: 'button', class: 'k-fold mono', 'aria-pressed': String(shard.id === view.shard), on: { click: () => choose(shard.id) } }, shard.id)),
      cell('state', h('span', {}, say(shard.open ? 'shards.open' : 'shard.closed')), shard.parents.length ? h('small', { class: 'muted' }, say('shard.from', { shards: shard.parents.map((id) => String(numberOf(id))) })) : null),
      cell('hashes', ends(shard.from, shard.to, 'whole')),
      cell('sequences', ends(shard.starting, shard.ending ?? say('shard.goes-on'))),
      cell('records', number(shard.records)),
      cell('incoming', say('per-second', { records: rounded(shard.records_s ?? 0) })),
      cell('throttled', number(shard.throttled_in)))))));
}

/* From and to, one below the other. */
const ends = (from, to, kind = '') => [from, to].map((one, i) => h('span', { key: i, class: `mono k-hash ${kind}`, title: one }, one));
