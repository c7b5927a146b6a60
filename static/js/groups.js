/* The right column: consumer groups, who is in them, where each member reads and how far it is behind. */
import { button } from './controls.js';
import { h } from './dom.js';
import { shapeOf, tagIcon } from './markers.js';
import { counter, waysTo } from './motion/counter.js';

const CALM = new Set(['Stable', 'Empty']);

export function groups(snapshot, stage) {
  const { t } = stage;
  if (!snapshot.groups.length) return h('p', { class: 'muted empty' }, t('groups.none'));
  return snapshot.groups.map((group) => card(group, snapshot, stage));
}

function card(group, snapshot, stage) {
  const { t } = stage;
  const { id } = group;
  const last = [...group.members].reverse().find((m) => m.kind !== 'tcp');
  return h('article', {
    key: id, class: 'card group', 'data-testid': `group-${id}`, 'data-group': id, 'data-state': group.state, 'aria-label': t('group.name', { id }),
  },
  h('div', { class: 'card-head' },
    button(id, () => stage.select({ kind: 'group', id }), { kind: 'title', name: t('group.open', { id }) }),
    h('span', { class: 'row' },
      button('−', () => stage.order({ do: 'remove_consumer', consumer: last.id }), {
        kind: 'small', name: last ? t('group.less', { id, consumer: last.id }) : t('group.less.none'), title: t('group.less.title'), test: `group-${id}-less`, off: !last, held: stage.held,
      }),
      button('+1', () => stage.order({ do: 'add_consumer', group: id }), {
        kind: 'small', name: t('group.more', { id }), title: t('group.more.title'), test: `group-${id}-more`, held: stage.held,
      }))),
  h('p', { class: CALM.has(group.state) ? 'muted' : 'warn' },
    t(`group.state.${group.state}`), ` · ${t('group.generation', { generation: group.generation })}`),
  group.members.map((member) => row(member, group, snapshot, stage)),
  h('p', { class: 'muted total num' }, t('group.lag', { lag: group.lag })));
}

function row(member, group, snapshot, stage) {
  const { t } = stage;
  const idle = CALM.has(group.state) && !Object.values(member.assigned || {}).some((list) => list.length);
  const share = Math.min(1, Math.max(0, 1 - member.heartbeat_ms_ago / (member.session_ms || 1)));
  const tcp = member.kind === 'tcp';
  const where = places(member, idle, t);
  const behind = !member.running ? t('member.stopped') : idle ? '' : t('member.lag', { lag: member.lag });
  return h('button', {
    key: member.member || member.id, type: 'button', class: `member${member.running ? '' : ' resting'}${idle ? ' idle' : ''}`,
    'data-testid': `member-${member.id}`, 'data-member': member.id, 'data-lag': member.lag,
    'aria-label': t('member.open', { id: member.id, what: [where.children[0], behind].filter(Boolean).join(', ') }),
    on: { click: () => stage.select({ kind: 'member', group: group.id, id: member.id }) },
  },
  tagIcon(shapeOf(snapshot, group.id), member.id, tcp, idle), ' ',
  where, ' ',
  h('span', { class: 'muted num lag' }, behind),
  counter(stage, ...waysTo(member)),
  h('span', { class: share < 0.5 ? 'pulse late' : 'pulse', vars: { '--share': String(Math.round(share * 100) / 100) }, 'aria-hidden': 'true' }));
}

const PLACES_MAX = 6;

function places(member, idle, t) {
  const count = Object.values(member.position || {}).reduce((sum, at) => sum + Object.keys(at).length, 0);
  const words = idle ? t('member.idle') : count > PLACES_MAX ? t('member.many', { count }) : '';
  return h('span', { class: words ? 'positions words' : 'positions num' }, words || positions(member) || t('member.nowhere'));
}

/* "0@38 1@42": partition and position; the topic is named only when the member reads more than one. */
export function positions(member) {
  const topics = Object.entries(member.position || {});
  return topics.flatMap(([topic, at]) => Object.entries(at).map(([partition, offset]) => `${topics.length > 1 ? `${topic}-` : ''}${partition}@${offset}`)).join('  ');
}
