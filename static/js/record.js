/* One record, whole: what it says, why it is in this partition, who has it, and the same from a terminal.
 *
 * What never changes comes from the server once (the record's detail); who has it and who read it
 * changes, and is read off every new snapshot. */
import { copyButton } from './copying.js';
import { facts, link } from './controls.js';
import { h } from './dom.js';
import { fold } from './inspect/fold.js';
import { copyLink } from './inspect/head.js';
import { fullDate, number, timeOfDay } from './i18n.js';
import { keyAt } from './layout.js';
import { lazy } from './lazy.js';
import { shapeOf, tagIcon } from './markers.js';
import { wordsLink } from './streams/link.js';
import { askWhy } from './why/questions.js';

const journey = lazy(() => import('./inspect/path.js'), 'journey');
const hashSteps = lazy(() => import('./inspect/hash.js'), 'hashSteps');
const recordBytes = lazy(() => import('./inspect/bytes.js'), 'recordBytes');

export function recordPage(chosen, stage) {
  const { t, snapshot, view } = stage;
  const topic = snapshot.topics.find((it) => it.name === chosen.topic);
  const partition = topic?.partitions.find((it) => it.id === chosen.partition);
  if (!partition) return null;
  const detail = view.record?.offset === chosen.offset && view.record?.partition === chosen.partition && view.record?.topic === chosen.topic ? view.record : null;
  const key = keyAt(partition, chosen.offset);
  return [
    h('div', { key: 'head', class: 'page-head' },
      h('h3', { class: 'page-title', 'data-testid': 'record-title' },
        /[0-7]/.test(key) ? h('span', { class: `swatch key${key}`, 'aria-hidden': 'true' }, String(Number(key) + 1)) : null,
        `${chosen.topic}-${chosen.partition} @ ${chosen.offset}`),
      copyLink(stage, chosen)),
    detail?.error ? h('p', { key: 'error', class: 'bad', 'data-testid': 'record-error' }, t('record.error', { code: detail.error.code }), ' ', detail.error.reason, ' ',
      askWhy(stage, 'unreadable', chosen, { kind: 'whynot' })) : null,
    !detail ? h('p', { key: 'wait', class: 'muted' }, t('record.wait')) : null,
    detail && !detail.error ? told(detail, stage) : null,
    wordsLink(stage, topic, chosen.partition, chosen.offset),
    detail && !detail.error ? [
      fold(stage, 'path', t('record.path'), () => journey(chosen, stage), 'fold-path'),
      fold(stage, 'hash', t('record.hash'), () => hashSteps(detail, stage), 'fold-hash'),
      fold(stage, 'bytes', t('record.bytes'), () => recordBytes(chosen, stage), 'fold-bytes'),
    ] : null,
    h('h4', { key: 'who' }, t('record.replicas')),
    whoHas(chosen, partition, stage),
    h('h4', { key: 'readers' }, t('record.delivered')),
    whoRead(chosen, stage),
    terminal(chosen, partition, stage),
    h('p', { key: 'up' }, link(t('record.partition', { topic: chosen.topic, partition: chosen.partition }),
      () => stage.select({ kind: 'partition', topic: chosen.topic, partition: chosen.partition }), 'record-partition')),
  ];
}

function told(detail, stage) {
  const { t } = stage;
  const { batch, key, value, headers } = detail;
  return h('div', { key: 'told', class: 'told', 'data-testid': 'record-detail' },
    facts([
      [t('record.key'), key === null ? h('i', {}, t('record.no-key')) : h('code', {}, shown(key)), 'record-key'],
      [t('record.why'), h('span', {}, why(detail, stage)), 'record-why'],
      [t('record.time'), h('span', { class: 'num', title: fullDate(detail.timestamp_ms) }, timeOfDay(detail.timestamp_ms), ' ',
        h('small', { class: 'muted' }, t(`record.time.${detail.timestamp_type}`)))],
      [t('record.headers'), headers.length
        ? h('span', {}, headers.map(([name, text]) => h('code', { class: 'line' }, `${name}=${text ?? ''}`)))
        : h('i', {}, t('none')), 'record-headers'],
    ]),
    h('h4', {}, t('record.value'), ' ', h('small', { class: 'muted num' }, value ? t('bytes', { bytes: value.bytes }) : '')),
    value === null
      ? h('p', { 'data-testid': 'record-value' }, t('record.tombstone'))
      : h('pre', { tabindex: '0', 'aria-label': t('record.value'), 'data-testid': 'record-value' }, pretty(value)),
    h('h4', {}, t('record.batch')),
    h('p', { class: 'muted num', 'data-testid': 'record-batch' }, t('record.batch.told', {
      base: batch.base_offset, last: batch.last_offset, count: batch.count, bytes: batch.bytes, epoch: batch.epoch, compression: batch.compression,
    }), batch.producer_id >= 0
      ? ` ${t('record.batch.producer', { id: number(batch.producer_id), epoch: batch.producer_epoch, sequence: batch.base_sequence })}`
      : ''));
}

/* Text as it is; bytes that are no text, as base64. */
const shown = (bytes) => bytes.text ?? `base64:${bytes.base64}`;

export function pretty(bytes) {
  if (bytes.text === null || bytes.text === undefined) return `base64:${bytes.base64}`;
  try {
    const parsed = JSON.parse(bytes.text);
    return typeof parsed === 'object' ? JSON.stringify(parsed, null, 2) : bytes.text;
  } catch {
    return bytes.text;
  }
}

function why({ partitioner: p }, { t }) {
  const keys = { murmur2: 'why.murmur2', crc32: 'why.crc32', both: 'why.both', neither: 'why.neither', 'no key': 'why.none' };
  return t(keys[p.explains] || 'why.none', p);
}

function whoHas(chosen, partition, stage) {
  const { t } = stage;
  const committed = chosen.offset < partition.hw;
  const holders = partition.replicas.map((r) => {
    const state = r.broker === partition.leader ? 'leader' : !r.alive ? 'dead' : r.in_sync ? 'in-sync' : 'out';
    const has = chosen.offset >= r.start && chosen.offset < r.end;
    return h('li', { key: r.broker, class: has ? 'has' : 'lacks', 'data-testid': `record-on-${r.broker}`, 'data-has': String(has) },
      h('b', {}, has ? '✓' : '–'), ` ${t('broker.title', { id: r.broker })} `, h('span', { class: 'muted' }, t(`replica.${state}`)));
  });
  return h('div', { key: 'has' },
    h('p', { 'data-testid': 'record-committed', 'data-committed': String(committed), class: committed ? 'good' : 'warn' },
      t(committed ? 'record.committed' : 'record.uncommitted', { isr: partition.isr.length, hw: partition.hw }),
      committed || chosen.offset >= partition.end ? null : [' ', askWhy(stage, 'uncommitted', chosen)]),
    h('ul', { class: 'plain' }, holders));
}

/* Positions tell who has it: exactly of our own consumers; of real clients only that it was sent to them. */
function whoRead(chosen, stage) {
  const { t, snapshot } = stage;
  const rows = [];
  for (const group of snapshot.groups) {
    for (const member of group.members) {
      const at = member.position?.[chosen.topic]?.[chosen.partition];
      if (at === undefined) continue;
      const tcp = member.kind === 'tcp';
      const done = at > chosen.offset;
      rows.push(h('li', { key: `${group.id} ${member.member || member.id}`, class: 'reader' }, tagIcon(shapeOf(snapshot, group.id), member.id, tcp),
        h('span', {}, t(done ? (tcp ? 'reader.fetched' : 'reader.delivered') : 'reader.not-yet', { member: member.id, group: group.id }))));
    }
    const committed = group.committed?.[chosen.topic]?.[chosen.partition];
    if (committed !== undefined) {
      rows.push(h('li', { key: `commit ${group.id}`, class: 'muted' }, t(committed > chosen.offset ? 'reader.committed' : 'reader.uncommitted', { group: group.id, offset: committed })));
    }
  }
  return rows.length
    ? h('ul', { class: 'plain', key: 'read', 'data-testid': 'record-readers' }, rows)
    : h('p', { class: 'muted', key: 'read', 'data-testid': 'record-readers' }, t('reader.nobody'));
}

function terminal(chosen, partition, stage) {
  const { t } = stage;
  const line = `kcat -b ${stage.bootstrap(partition.leader)} -t ${chosen.topic} \\\n  -p ${chosen.partition} -o ${chosen.offset} -c 1 -C -f '%k\\t%s\\n'`;
  return h('div', { key: 'kcat', class: 'terminal' },
    h('div', { class: 'card-head' }, h('h4', {}, t('terminal')), copyButton(line.replace('\\\n ', ''), t('terminal.copy'), stage.toast, 'kcat-copy')),
    h('pre', { tabindex: '0', 'data-testid': 'kcat', 'aria-label': t('terminal') }, line));
}
