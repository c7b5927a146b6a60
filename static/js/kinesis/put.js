/* A record by hand: which shard it will land on is worked out while its partition key is typed (MD5, as Kinesis does), and
 * afterwards the answer says where it did. Several at once are one PutRecords. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { encoded, sizeOf } from './base64.js';
import { generator } from './generator.js';
import { hashTyped, numberOf, share, shardOfHash } from './hashes.js';
import { hashKey } from './md5.js';
import { card, choice, doing, form, labelled, refusal, rich, typed } from './parts.js';
import { bytes } from './units.js';

const MANY_MAX = 500;
const EXAMPLES = ['teste', '{"nome":"Fernando"}', '{"sensor":"s-7","bpm":72}'];
const fresh = () => ({ many: 'one', key: '1', hash: '', data: 'teste', lines: '1: teste\n2: {"nome":"Fernando"}\n3: {"nome":"Ana"}', turn: 0, sent: false });

/* Lines "key: data" as entries; a line without a colon is data whose key is its number. */
export function entriesOf(lines) {
  return lines.split('\n').map((line) => line.trim()).filter(Boolean).map((line, i) => {
    const [, key, data] = /^([^:{]{1,256}?):\s*(.*)$/.exec(line) ?? [null, String(i + 1), line];
    return { PartitionKey: key.trim(), Data: encoded(data) };
  });
}

export function stepsOf(stream, draft) {
  const to = { StreamName: stream.name };
  if (draft.many === 'many') return [{ operation: 'PutRecords', shown: true, parameters: { ...to, Records: entriesOf(draft.lines) } }];
  return [{ operation: 'PutRecord', shown: true, parameters: { ...to, PartitionKey: draft.key, ...(draft.hash.trim() ? { ExplicitHashKey: draft.hash.trim() } : {}), Data: encoded(draft.data) } }];
}

export function putPage(desk, stream) {
  const { say } = desk;
  const draft = desk.draft(`put ${stream.name}`, fresh);
  desk.preview = { test: 'put-twin', steps: stepsOf(stream, draft) };
  return form(desk, 'put', () => send(desk, stream, draft), { class: 'k-put', 'data-testid': 'put-form' },
    h('div', { key: 'fields', class: 'k-put-fields' },
      card({ title: say('put.title'), key: 'put', note: say('put.told') },
        choice(desk, draft, 'many', [['one', say('put.one')], ['many', say('put.many')]], say('put.how')),
        draft.many === 'one' ? single(desk, stream, draft) : several(desk, stream, draft),
        h('p', { key: 'acts', class: 'k-acts end' }, doing(desk, 'put', say(draft.many === 'one' ? 'put.send' : 'put.send.many', { records: entriesOf(draft.lines).length }), null, { test: 'put-send', off: draft.many === 'many' && (entriesOf(draft.lines).length > MANY_MAX || !entriesOf(draft.lines).length) })),
        refusal(desk, 'put'))),
    h('div', { key: 'results', class: 'k-results' }, results(desk, stream), generator(desk, stream)));
}

function single(desk, stream, draft) {
  const { say } = desk;
  const typedHash = draft.hash.trim();
  const hash = typedHash ? hashTyped(typedHash) : draft.key ? hashKey(draft.key) : null;
  const example = (text) => button(text, () => {
    Object.assign(draft, { data: text, turn: draft.turn + 1 });
    desk.redraw();
  }, { kind: 'small mono', name: say('put.example', { text }) });
  return h('div', { key: 'one', class: 'k-stack' },
    labelled('k-key', say('put.key'), typed(desk, draft, 'key', { class: 'mono', maxlength: 256, 'data-testid': 'put-key' }), { hint: say('put.key.hint') }),
    landing(desk, stream, hash, Boolean(typedHash)),
    labelled('k-data', say('put.data'), typed(desk, draft, 'data', { area: true, key: `data-${draft.turn}`, rows: 3, class: 'mono', 'data-testid': 'put-data' }), { hint: say('put.data.hint', { size: bytes(sizeOf(draft.data) + sizeOf(draft.key)), most: bytes(stream.max_record_kib * 1024) }) }),
    h('p', { key: 'examples', class: 'row k-examples' }, h('span', { class: 'hint' }, say('put.examples')), EXAMPLES.map(example)),
    h('details', { key: 'hash', class: 'k-details' }, h('summary', {}, say('put.hash')),
      labelled('k-hash', say('put.hash.label'), typed(desk, draft, 'hash', { class: 'mono', maxlength: 39, inputmode: 'numeric', 'data-testid': 'put-hash' }), { hint: say('put.hash.hint'), fault: typedHash && hash === null ? say('put.hash.fault') : null })));
}

/* The way from the key to the shard, before anything is sent. */
function landing(desk, stream, hash, explicit) {
  if (hash === null) return null;
  const { say } = desk;
  const shard = shardOfHash(stream.shards, hash);
  const hex = hash.toString(16).padStart(32, '0');
  return h('div', { key: 'landing', class: 'k-landing', role: 'status', 'data-testid': 'landing', 'data-shard': shard?.id ?? '' },
    h('p', {}, explicit ? say('landing.explicit') : say('landing.md5'), ' ', h('code', {}, `${hex.slice(0, 8)}…`), ' → ', shard ? h('b', {}, shard.id) : say('landing.none')),
    h('svg', { class: 'k-range', viewBox: '0 0 1000 34', preserveAspectRatio: 'none', role: 'img', 'aria-label': say('landing.picture', { shard: shard?.id ?? '' }) },
      stream.shards.filter((one) => one.open).map((one) => h('rect', { key: one.id, class: one === shard ? 'here' : null, x: share(one.from) * 1000 + 1, y: 10, width: Math.max(2, (share(one.to) - share(one.from)) * 1000 - 2), height: 18, rx: 3 })),
      h('path', { class: 'needle', d: `M${share(hash) * 1000 - 5} 0h10l-5 10z` })));
}

function several(desk, stream, draft) {
  const { say } = desk;
  const entries = entriesOf(draft.lines);
  const per = new Map();
  for (const { PartitionKey } of entries.slice(0, MANY_MAX)) {
    const shard = shardOfHash(stream.shards, hashKey(PartitionKey))?.id;
    if (shard) per.set(shard, (per.get(shard) ?? 0) + 1);
  }
  return h('div', { key: 'many', class: 'k-stack' },
    labelled('k-lines', say('put.lines'), typed(desk, draft, 'lines', { area: true, rows: 7, class: 'mono', 'data-testid': 'put-lines' }), { hint: say('put.lines.hint', { most: MANY_MAX }), fault: entries.length > MANY_MAX ? say('put.lines.fault', { records: entries.length, most: MANY_MAX }) : null }),
    per.size ? h('p', { key: 'spread', class: 'hint', role: 'status' }, say('put.spread'), ' ', [...per].sort().map(([id, count]) => h('span', { key: id, class: 'k-chip mono' }, `${desk.say('shard.short', { shard: numberOf(id) })}: ${count}`))) : null);
}

async function send(desk, stream, draft) {
  if (draft.many === 'many' && !entriesOf(draft.lines).length) return;
  const steps = stepsOf(stream, draft);
  const done = await desk.calls.run('put', steps);
  if (!done.ok) return;
  const { parameters } = steps[0];
  const [answer] = done.answers;
  const rows = draft.many === 'many'
    ? answer.Records.map((one, i) => ({ key: parameters.Records[i].PartitionKey, ...one }))
    : [{ key: parameters.PartitionKey, ...answer }];
  const kept = desk.kept.get(`put ${stream.name}`) ?? [];
  desk.kept.set(`put ${stream.name}`, [...rows, ...kept].slice(0, 30));
  desk.redraw();
}

function results(desk, stream) {
  const { say } = desk;
  const rows = desk.kept.get(`put ${stream.name}`) ?? [];
  const read = (row) => {
    const view = desk.draft(`viewer ${stream.name}`, () => null) ?? {};
    desk.drafts.set(`viewer ${stream.name}`, { ...view, shard: row.ShardId, from: 'AT_SEQUENCE_NUMBER', sequence: row.SequenceNumber, asked: 0, turn: (view.turn ?? 0) + 1 });
    desk.go({ page: 'stream', stream: stream.name, tab: 'viewer' });
  };
  return card({ title: say('put.results'), key: 'results', test: 'put-results' },
    rows.length ? h('ol', { class: 'plain k-put-list', 'aria-live': 'polite' }, rows.map((row, i) => h('li', { key: row.SequenceNumber ?? `failed-${i}`, class: row.ErrorCode ? 'failed' : null, 'data-testid': 'put-result' },
      row.ErrorCode ? h('p', {}, h('b', {}, '! '), h('code', {}, row.ErrorCode), ' ', row.ErrorMessage)
        : [h('p', { key: 'where' }, h('span', { class: 'k-chip mono' }, row.key), ' → ', h('b', {}, row.ShardId)),
          h('p', { key: 'number', class: 'mono k-sequence' }, row.SequenceNumber),
          button(say('put.read'), () => read(row), { kind: 'small', name: say('put.read.name', { shard: row.ShardId, key: row.key }), test: 'put-read' })])))
      : h('p', { class: 'hint' }, rich(desk, 'put.results.none')));
}
