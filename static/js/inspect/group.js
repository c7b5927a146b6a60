/* More of a group: its protocol, each member's session as it runs, and position and commit of every partition. */
import './texts.js';
import { facts, link } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { askWhy } from '../why/questions.js';
import { detail, missing, query } from './detail.js';

const ROWS = 60;

export function groupMore({ id }, stage) {
  const { t } = stage;
  const found = detail(stage, `/inspect/group${query({ group: id })}`);
  if (!found.data) {
    const [words, kind] = missing(found, t);
    return h('p', { key: 'more', class: kind }, words);
  }
  const { data } = found;
  return h('div', { key: 'more', 'data-testid': 'group-more' },
    facts([
      [t('inspect.protocol'), h('span', {}, h('code', {}, data.protocol_type || '–'), ' · ', h('code', {}, data.protocol || '–')), 'group-protocol'],
      [t('inspect.group.leader'), data.leader || '–', 'group-leader'],
      [t('inspect.offsets'), link(`__consumer_offsets-${data.offsets_partition}`, () => stage.select({ kind: 'partition', topic: '__consumer_offsets', partition: data.offsets_partition })), 'group-offsets'],
      [t('inspect.rebalance.timeout'), t('inspect.ms', { ms: data.rebalance_timeout_ms })],
    ]),
    h('h4', {}, t('inspect.sessions')),
    data.members.length ? h('ul', { class: 'plain sessions', 'data-testid': 'sessions' }, data.members.map((m) => session(m, data, stage))) : h('p', { class: 'muted' }, t('none')),
    h('h4', {}, t('inspect.offsets.title')),
    table(data, stage));
}

/* How much of its session has gone by since it was heard of last. */
function session(m, data, stage) {
  const { t } = stage;
  const gone = Math.min(1, m.heartbeat_ms_ago / Math.max(1, m.session_ms));
  return h('li', { key: m.member, 'data-member': m.id },
    h('p', { class: 'replica-line' }, link(m.id, () => stage.select({ kind: 'member', group: data.group, id: m.id })),
      m.leader ? h('span', { class: 'muted' }, t('inspect.member.leads')) : null,
      m.waits ? h('span', { class: 'warn' }, t(`inspect.member.${m.waits}`)) : null),
    h('span', { class: `bar session${gone > 0.66 ? ' late' : ''}`, 'aria-hidden': 'true' }, h('span', { class: 'bar-fill', vars: { '--from': '0%', '--to': `${gone * 100}%` } })),
    h('small', { class: 'muted num' }, m.waits ? t('inspect.session.waits') : t('inspect.session', { ago: m.heartbeat_ms_ago, session: m.session_ms })));
}

function table(data, stage) {
  const { t } = stage;
  if (!data.partitions.length) return h('p', { class: 'muted' }, t('none'));
  const rows = [...data.partitions].sort((a, b) => (b.lag ?? 0) - (a.lag ?? 0) || (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
  return h('div', { class: 'scroll-x' }, h('table', { class: 'offsets num', 'data-testid': 'group-offsets-table' },
    h('thead', {}, h('tr', {}, ['partition', 'owner', 'position', 'committed', 'hw', 'lag'].map((name) => h('th', { key: name, scope: 'col' }, t(`inspect.col.${name}`))))),
    h('tbody', {}, rows.slice(0, ROWS).map((row) => h('tr', { key: `${row.topic}-${row.partition}`, 'data-partition': `${row.topic}-${row.partition}` },
      h('th', { scope: 'row' }, link(`${row.topic}-${row.partition}`, () => stage.select({ kind: 'partition', topic: row.topic, partition: row.partition }))),
      h('td', {}, row.owner || h('i', { class: 'warn' }, t('inspect.nobody'))), h('td', {}, row.position ?? '–'), h('td', {}, row.committed ?? '–'), h('td', {}, row.hw),
      h('td', {}, row.lag === null ? '–' : number(row.lag), ' ', row.lag ? askWhy(stage, 'lag', { group: data.group, topic: row.topic, partition: row.partition }) : null))))));
}
