/* Consumer groups: who owns which partition, how far each has read, who sits idle, and what nobody reads.
 *
 * A column is a partition, a row a member: there is one block at most in a column, because within a group a partition
 * has one owner. While the group divides its partitions anew nobody reads: then blocks are only outlines. */
import { button, link } from '../controls.js';
import { h, patch } from '../dom.js';
import { number } from '../i18n.js';
import { caretIcon, shapeOf, tagIcon } from '../markers.js';
import { board, paintBoards, type, unit } from './board.js';
import { ownership, ownershipLayout, unread } from './ownership.js';

const LABEL = 148; // the names of members, left of the columns
const LAG_SCALE = 10; // records: the least that a full bar stands for
const LINKS_MAX = 40; // partitions that nobody reads, as links; of more only the number is told

let painted = []; // of the last picture

export function draw(stage, box) {
  const { snapshot, t } = stage;
  const u = unit();
  const boards = [];
  painted = [];
  const label = (innerWidth > 560 ? LABEL : 112) * u;
  const width = Math.max(120, box.clientWidth - label - 34 * u);
  const cards = snapshot.groups.map((group) => {
    const owned = ownership(group, snapshot);
    const layout = ownershipLayout(owned, width, u);
    const drawn = owned.columns.length ? groupBoard(group, layout, stage) : null;
    if (drawn) {
      boards.push(drawn);
      painted.push({ id: group.id, layout });
    }
    return card(group, owned, layout, drawn, label, stage);
  });
  patch(box, [
    snapshot.groups.length ? null : h('p', { key: 'none', class: 'muted empty' }, t('groups.none')),
    cards, nobody(snapshot, stage),
  ]);
  paintBoards(box, boards);
}

const busy = (group) => group.state === 'PreparingRebalance' || group.state === 'CompletingRebalance';

function card(group, owned, layout, drawn, label, stage) {
  const { t, snapshot } = stage;
  const { id } = group;
  const shape = shapeOf(snapshot, id);
  return h('article', { key: id, class: `card ownership${busy(group) ? ' dividing' : ''}`, 'data-testid': `owners-${id}`, 'data-group': id, 'data-state': group.state, 'aria-label': t('group.name', { id }) },
    h('div', { class: 'ownership-head' },
      caretIcon(shape), button(id, () => stage.select({ kind: 'group', id }), { kind: 'title', name: t('group.open', { id }) }),
      h('span', { class: busy(group) ? 'warn' : 'muted' }, t(`group.state.${group.state}`)),
      h('span', { class: 'muted num' }, t('group.generation', { generation: group.generation })),
      group.protocol ? h('code', { class: 'muted', title: t('assignor') }, group.protocol) : null,
      group.coordinator >= 0 ? h('span', { class: 'muted' }, `${t('coordinator')}: `, link(t('broker.title', { id: group.coordinator }), () => stage.select({ kind: 'broker', id: group.coordinator }))) : null,
      h('b', { class: 'num group-lag' }, t('group.lag', { lag: group.lag }))),
    drawn ? h('div', { class: 'ownership-body', vars: { '--label': `${label}px`, '--head': `${layout.m.head}px`, '--row': `${layout.m.row}px`, '--lag': `${layout.m.lag}px` } },
      h('div', { class: 'ownership-names' },
        group.members.map((member) => name(member, group, shape, owned, stage)),
        owned.unowned ? h('p', { key: 'nobody', class: 'owner-name none' }, h('span', { class: 'bad' }, t('owner.nobody'))) : null,
        h('p', { key: 'lag', class: 'owner-lag warn' }, t('lag'))),
      h('div', { class: 'ownership-board' }, drawn.drawn)) : h('p', { class: 'muted' }, t('owner.no-topic')));
}

function name(member, group, shape, owned, stage) {
  const { t } = stage;
  const idle = !busy(group) && !Object.values(member.assigned || {}).some((list) => list.length);
  const told = idle ? t('member.idle') : !member.running ? t('member.stopped') : t('member.lag', { lag: member.lag });
  return h('button', {
    key: member.member || member.id, type: 'button', class: `owner-name${idle ? ' idle' : ''}`, 'data-testid': `owner-${member.id}`,
    title: idle ? t('member.why-idle', { partitions: owned.columns.length, members: group.members.length }) : null,
    on: { click: () => stage.select({ kind: 'member', group: group.id, id: member.id }) },
  }, tagIcon(shape, member.id, member.kind === 'tcp', idle), h('span', { class: 'owner-words' }, h('b', {}, member.id), ' ', h('span', { class: 'muted num' }, told)));
}

function groupBoard(group, layout, stage) {
  const { t } = stage;
  const { m } = layout;
  const chosen = stage.view.selected;
  const items = layout.columns.map((column) => {
    const { topic, partition, row, lag, position, committed } = column;
    const what = `${topic.name}-${partition.id}`;
    const member = group.members[row];
    return {
      ...column, what, y: m.head, h: layout.height - m.head, hover: () => stage.hover(what, -1),
      open: () => stage.select({ kind: 'partition', topic: topic.name, partition: partition.id }, true),
      spoken: () => t('owner.spoken', { what, owner: member?.id ?? '', lag: lag ?? 0, position: position ?? -1, committed: committed ?? -1 }),
    };
  });
  const lines = [headings(layout), layout.columns.map((column) => words(column, layout, t)),
    items.filter((it) => (chosen?.kind === 'partition' || chosen?.kind === 'record') && chosen.topic === it.topic.name && chosen.partition === it.partition.id)
      .map((it) => h('rect', { key: 'chosen', class: 'chosen', x: it.x - 2, y: it.y - type(11) - 7 * m.u, width: it.w + 4, height: it.h + type(11) + 5 * m.u, rx: 6 * m.u }))];
  return board({
    key: `owners ${group.id}`, label: t('owner.board', { id: group.id }), width: layout.width, height: Math.ceil(layout.height), items, lines,
    paint: (context, colors) => paint(context, group, layout, colors), test: `board-${group.id}`,
  }, stage);
}

/* Names of topics, and numbers of partitions: all of them, or every fifth or tenth where columns are narrow. */
function headings({ columns, m }) {
  const every = m.pitch > 20 * m.u ? 1 : m.pitch > 9 * m.u ? 5 : 10;
  let topic = null;
  return columns.map((column) => {
    const first = column.topic !== topic;
    topic = column.topic;
    return [
      first ? h('text', { key: `topic ${topic.name}`, class: 'strong', x: column.x, y: type(13), 'font-size': type(13) }, topic.name) : null,
      column.partition.id % every === 0 ? h('text', {
        key: `p ${topic.name} ${column.partition.id}`, class: 'soft figures', x: column.x + column.w / 2, y: m.head - 6 * m.u, 'font-size': type(11), 'text-anchor': 'middle',
      }, column.partition.id) : null,
    ];
  });
}

/* In wide columns: where the owner reads next, in its block, and the lag below. */
function words({ topic, partition, x, w, y, row, position, lag }, { m, floor }, t) {
  if (m.pitch < (4 * type(11)) * 0.8) return null;
  const key = `${topic.name}-${partition.id}`;
  const middle = x + w / 2;
  return [
    row >= 0 && position !== undefined && m.pitch >= type(11.5) * 3.8 ? h('text', { key: `at ${key}`, class: 'on-block figures', x: middle, y: y + m.row / 2 + 4 * m.u, 'font-size': type(11.5), 'text-anchor': 'middle' }, `@${position}`) : null,
    h('text', { key: `lag ${key}`, class: lag ? 'warn figures' : 'soft figures', x: middle, y: floor + m.lag - 3 * m.u, 'font-size': type(11), 'text-anchor': 'middle' }, lag === null ? t('owner.no-position') : number(lag)),
  ];
}

function paint(context, group, { columns, m, rows, floor, width, worst }, colors) {
  const open = busy(group);
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let row = 0; row <= rows; row++) {
    const y = Math.round(m.head + row * m.row) - 0.5;
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  context.stroke();
  for (const { x, w, y, row, lag } of columns) {
    block(context, { x, y: y + 3 * m.u, w, h: m.row - 6 * m.u, row, open }, m, colors);
    if (!lag) continue;
    const tall = Math.max(2, (lag / Math.max(LAG_SCALE, worst)) * (m.lag - type(11) - 9 * m.u));
    context.fillStyle = colors.amber;
    context.fillRect(x, floor + m.lag - type(11) - 5 * m.u - tall, w, tall);
  }
}

function block(context, { x, y, w, h: tall, row, open }, m, colors) {
  const inset = open || row < 0 ? 0.8 : 0;
  context.beginPath();
  context.roundRect(x + inset, y + inset, w - 2 * inset, tall - 2 * inset, Math.min(6 * m.u, w / 3));
  if (row >= 0 && !open) {
    context.fillStyle = colors.river;
    context.fill();
    return;
  }
  context.setLineDash([4, 3]);
  context.lineWidth = 1.6;
  context.strokeStyle = row < 0 ? colors.red : colors.amber;
  context.stroke();
  context.setLineDash([]);
}

/* What no group reads. The log keeps it all the same. */
function nobody(snapshot, stage) {
  const { t } = stage;
  const found = unread(snapshot);
  if (!found.length) return null;
  return h('article', { key: 'unread', class: 'card unread', 'data-testid': 'unread', 'aria-label': t('unread') },
    h('h3', { class: 'card-title' }, t('unread')),
    found.map(({ topic, partitions, all }) => h('p', { key: topic, 'data-topic': topic, 'data-partitions': partitions.join(',') },
      link(topic, () => stage.select({ kind: 'topic', topic })), ' ',
      all ? h('span', { class: 'muted' }, t('unread.all', { count: partitions.length }))
        : partitions.slice(0, LINKS_MAX).map((p) => [link(String(p), () => stage.select({ kind: 'partition', topic, partition: p })), ' ']),
      !all && partitions.length > LINKS_MAX ? h('span', { class: 'muted' }, t('unread.more', { more: partitions.length - LINKS_MAX })) : null)),
    h('p', { class: 'muted' }, t('unread.told')));
}

/* For tests: the blocks, and where in the window. */
export function probe(box) {
  return painted.flatMap(({ id, layout: { m, columns } }) => {
    const place = box.querySelector(`[data-board="${CSS.escape(`owners ${id}`)}"]`)?.getBoundingClientRect();
    return place ? columns.map(({ topic, partition, row, x, y, w, lag, position }) => ({
      group: id, topic: topic.name, partition: partition.id, row, lag, position: position ?? null, x: place.left + x, y: place.top + y, w, h: m.row,
    })) : [];
  });
}
