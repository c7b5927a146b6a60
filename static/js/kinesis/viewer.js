/* The data viewer: a shard and where to begin, then records page by page, each decoded from base64. What one answer does
 * not say by itself is told beside it: an empty one is not the end, a closed shard has children, LATEST waits. */
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { open } from './hashes.js';
import { chosen, doing, form, labelled, refusal, rich, slot, typed } from './parts.js';
import { button } from '../controls.js';
import { recordsTable } from './records.js';
import { duration } from './units.js';

const KINDS = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'];
const LIMITS = [10, 25, 100, 1000];
const SHOWN_MAX = 2000; // in the page; older ones make room
const NOTHING = { records: [], next: null, behind: 0, asked: 0, children: [], ended: false, of: null };

const fresh = (stream) => ({ shard: open(stream)[0]?.id ?? stream.shards[0]?.id, from: 'TRIM_HORIZON', time: localTime(stream.created), sequence: '', limit: '25', show: 'text', turn: 0, chosen: null, ...NOTHING });

/* A moment as <input type="datetime-local"> has it. */
export function localTime(ms) {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/* The steps of the first page. */
export function stepsOf(stream, view) {
  const more = {
    AT_TIMESTAMP: () => ({ Timestamp: Date.parse(view.time) / 1000 || 0 }),
    AT_SEQUENCE_NUMBER: () => ({ StartingSequenceNumber: view.sequence.trim() }),
    AFTER_SEQUENCE_NUMBER: () => ({ StartingSequenceNumber: view.sequence.trim() }),
  }[view.from]?.() ?? {};
  return [
    { operation: 'GetShardIterator', keep: 'ShardIterator', parameters: { StreamName: stream.name, ShardId: view.shard, ShardIteratorType: view.from, ...more } },
    page(view, { kept: 'ShardIterator' }),
  ];
}

const page = (view, iterator) => ({ operation: 'GetRecords', decode: true, parameters: { ShardIterator: iterator, Limit: Number(view.limit) } });

export function viewer(desk, stream) {
  const { say } = desk;
  const key = `viewer ${stream.name}`;
  const kept = desk.draft(key, () => fresh(stream));
  const view = kept?.limit ? kept : desk.drafts.set(key, { ...fresh(stream), ...kept }).get(key); // the way here may have said only where to begin
  if (!stream.shards.some(({ id }) => id === view.shard)) view.shard = open(stream)[0]?.id;
  if (!view.asked) desk.preview = { test: 'viewer-twin', steps: stepsOf(stream, view) }; // then the column has what was sent
  return [
    h('p', { key: 'told', class: 'hint k-intro' }, rich(desk, 'viewer.told')),
    form(desk, 'read', () => begin(desk, stream, view), { class: 'k-viewer-form', 'data-testid': 'viewer-form', key: `form-${view.turn}` },
      labelled('v-shard', say('shard'), chosen(desk, view, 'shard', stream.shards.map((shard) => [shard.id, `${shard.id}${shard.open ? '' : ` · ${say('shard.closed')}`}`]), { class: 'mono', 'data-testid': 'viewer-shard' })),
      labelled('v-from', say('viewer.from'), chosen(desk, view, 'from', KINDS.map((kind) => [kind, say(`from.${kind}`)]), { 'data-testid': 'viewer-from' })),
      view.from === 'AT_TIMESTAMP' ? labelled('v-time', say('viewer.time'), typed(desk, view, 'time', { type: 'datetime-local', step: 1, 'data-testid': 'viewer-time' })) : null,
      view.from.endsWith('SEQUENCE_NUMBER') ? labelled('v-sequence', say('sequence'), typed(desk, view, 'sequence', { class: 'mono', maxlength: 128, inputmode: 'numeric', 'data-testid': 'viewer-sequence' })) : null,
      labelled('v-limit', say('viewer.limit'), chosen(desk, view, 'limit', LIMITS.map((limit) => [String(limit), number(limit)]))),
      h('p', { key: 'acts', class: 'k-acts' }, doing(desk, 'read', say('viewer.read'), null, { test: 'viewer-read', off: !view.shard }))),
    h('p', { key: 'from-told', class: 'hint' }, rich(desk, `from.${view.from}.told`)),
    slot('refused', refusal(desk, 'read')),
    view.asked ? answer(desk, stream, view) : null,
  ];
}

async function begin(desk, stream, view) {
  if (!view.shard) return;
  Object.assign(view, NOTHING, { records: [], children: [], chosen: null, of: view.shard });
  take(desk, view, await desk.calls.run('read', stepsOf(stream, view)));
}

async function goOn(desk, view) {
  take(desk, view, await desk.calls.run('read', [page(view, view.next)]));
}

function take(desk, view, done) {
  if (!done.ok) {
    if (done.error.code === 'ExpiredIteratorException') view.next = null;
    return;
  }
  const said = done.answers.at(-1);
  view.asked += 1;
  view.fresh = said.Records.length;
  view.records = [...view.records, ...said.Records].slice(-SHOWN_MAX);
  view.next = said.NextShardIterator ?? null;
  view.behind = said.MillisBehindLatest ?? 0;
  view.ended = !view.next;
  view.children = said.ChildShards ?? [];
  desk.redraw();
}

function answer(desk, stream, view) {
  const { say } = desk;
  return h('section', { key: 'answer', class: 'k-answer', 'aria-labelledby': 'k-answer-title' },
    h('div', { class: 'k-answer-head' },
      h('h2', { id: 'k-answer-title', role: 'status', 'data-testid': 'viewer-count', 'data-records': String(view.records.length) }, say('viewer.count', { records: view.records.length, shard: view.of })),
      h('span', { class: 'segments', role: 'group', 'aria-label': say('viewer.show') }, ['text', 'json', 'base64'].map((show) => h('button', {
        key: show, type: 'button', 'aria-pressed': String(view.show === show), 'data-testid': `show-${show}`,
        on: {
          click: () => {
            view.show = show;
            desk.redraw();
          },
        },
      }, say(`show.${show}`)))),
      view.next ? doing(desk, 'read', say('viewer.next'), () => goOn(desk, view), { kind: 'primary', test: 'viewer-next' }) : null),
    slot('note', lesson(desk, stream, view)),
    view.records.length ? recordsTable(desk, view) : null);
}

/* What the answer means, where it is not plain. */
function lesson(desk, stream, view) {
  const { say } = desk;
  const note = (key, params, ...more) => h('div', { key, class: 'k-note', role: 'status', 'data-testid': `note-${key}` }, h('p', {}, rich(desk, `note.${key}`, params)), more);
  if (view.ended) {
    return note('ended', { shard: view.of }, view.children.length ? h('p', { class: 'row' }, view.children.map((child) => button(say('note.child', { shard: child.ShardId }), () => child_(desk, stream, view, child.ShardId), { kind: 'small', test: 'read-child' }))) : null);
  }
  if (!view.fresh && view.behind > 0) return note('empty-behind', { behind: duration(view.behind) });
  if (!view.fresh && view.from === 'LATEST' && !view.records.length) return note('latest', {}, h('p', { class: 'row' }, button(say('note.put'), () => desk.go({ page: 'stream', stream: stream.name, tab: 'put' }), { kind: 'small', test: 'to-put' })));
  if (!view.fresh) return note('empty', {});
  return view.behind > 0 ? note('behind', { behind: duration(view.behind) }) : note('caught-up', {});
}

function child_(desk, stream, view, shard) {
  Object.assign(view, { shard, from: 'TRIM_HORIZON', turn: view.turn + 1 });
  begin(desk, stream, view);
}
