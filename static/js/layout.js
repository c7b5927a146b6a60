/* Where everything of the cluster stands, as numbers: a pure function of the snapshot, the width and the view.
 *
 * Rows come from top to bottom. A topic has a head; then each partition has a tape (a card with one
 * lane a replica, all lanes sharing one scale of offsets, the leader's on top), or, from BIG partitions
 * on, the topic has a matrix of brokers by partitions, and only those that need a look are opened as tapes.
 *
 * Where all tapes together are too tall (`folding`), those that are healthy and idle are one line each, unless somebody
 * keeps them open. What is idle is said by activity.js. */
import { healthy } from './activity.js';

export const BIG = 16;
const OPENED_MAX = 6;

/* view: {open: Set of internal topics shown, pinned: Set of "topic-partition", from: {"topic-partition": offset}, selected}.
 * activity: what changed lately. */
export function layout(snapshot, width, m, view, activity, folding = false) {
  const rows = [];
  let y = 0;
  const add = (row, height, space = 0) => {
    rows.push({ ...row, y, h: height });
    y += height + space;
  };
  const topics = [...snapshot.topics].sort((a, b) => a.internal - b.internal);
  for (const topic of topics) {
    const open = !topic.internal || view.open.has(topic.name);
    add({ kind: 'topic', key: `topic ${topic.name}`, topic, open }, m.topic);
    if (!open) continue;
    const big = topic.partitions.length >= BIG;
    if (big) {
      const brokers = snapshot.brokers.map((b) => b.id);
      const height = m.small * 2.2 + brokers.length * m.matrixCell + m.small + 10;
      add({ kind: 'matrix', key: `matrix ${topic.name}`, ...matrix(topic, brokers, width, m) }, height, m.between);
      const behind = worst(topic, snapshot, width, m);
      if (behind.length) add({ kind: 'behind', key: `behind ${topic.name}`, topic, behind }, m.strip, m.between);
    }
    const shown = big ? opened(topic, snapshot, view, activity) : topic.partitions;
    for (const partition of shown) {
      const key = `${topic.name}-${partition.id}`;
      const pinned = view.pinned.has(key);
      const folded = folding && !big && !pinned && healthy(partition) && !activity.written(key) && !activity.turned(key) && !isChosen(view.selected, topic, partition);
      const row = tape(topic, partition, width, m, view, folded);
      add({ ...row, pinned }, row.height, folded ? 3 : m.between);
    }
    y += 6;
  }
  return { rows, height: y, width, m, snapshot };
}

function matrix(topic, brokers, width, m) {
  const x0 = m.label * 3.4;
  const column = Math.min(m.matrixCell * 1.6, (width - x0 - 12) / topic.partitions.length);
  return { topic, brokers, x0, column, top: m.small * 2 };
}

const isChosen = (selected, topic, partition) => (selected?.kind === 'record' || selected?.kind === 'partition')
  && selected.topic === topic.name && selected.partition === partition.id;

/* folded: one line, with the leader's lane alone. */
function tape(topic, partition, width, m, view, folded = false) {
  const key = `${topic.name}-${partition.id}`;
  const replicas = [...partition.replicas].sort(
    (a, b) => (b.broker === partition.leader) - (a.broker === partition.leader) || a.broker - b.broker,
  );
  const top = folded ? (m.fold - m.thin * 1.3) / 2 : m.titleRow + m.ruler + m.top;
  const lanes = (folded ? replicas.slice(0, 1) : replicas).map((replica, i) => ({
    replica,
    broker: replica.broker,
    leader: replica.broker === partition.leader,
    dead: !replica.alive,
    out: !replica.in_sync,
    tall: i === 0 && !folded,
    y: i === 0 ? top : top + m.lead + 4 + (i - 1) * m.pitch,
    h: folded ? m.thin * 1.3 : i === 0 ? m.lead : m.thin,
  }));
  const floor = folded ? m.fold : top + m.lead + 4 + (lanes.length - 1) * m.pitch;
  const x1 = width - m.right;
  const count = Math.max(4, Math.floor((x1 - m.x0) / m.cell));
  const end = Math.max(partition.end, ...replicas.map((r) => r.end));
  const newest = Math.max(0, end + 2 - count);
  const asked = view.from[key];
  const first = asked === undefined ? newest : Math.max(0, Math.min(asked, newest));
  return {
    kind: 'tape', key, topic, partition, lanes, x0: m.x0, x1, cell: m.cell, first, count, end, floor,
    past: first < newest, height: folded ? m.fold : floor + m.axis, folded,
  };
}

/* Of a big topic: the pinned; those in trouble; where something else has just happened; then the most behind, by its
 * order of magnitude, so that small differences do not make tapes change places. */
function opened(topic, snapshot, view, activity) {
  const behind = lags(topic, snapshot);
  const key = (p) => `${topic.name}-${p.id}`;
  const written = topic.partitions.filter((p) => activity.written(key(p)));
  const few = written.length <= OPENED_MAX ? new Set(written) : new Set(); // where all are written to, that says nothing
  const rank = (p) => (p.leader < 0 ? 60 : 0) + (activity.turned(key(p)) ? 50 : 0) + (healthy(p) ? 0 : 40) + (few.has(p) ? 30 : 0)
    + Math.floor(Math.log2(1 + (behind.get(p.id) || 0)));
  const pinned = topic.partitions.filter((p) => view.pinned.has(key(p)));
  const rest = topic.partitions.filter((p) => !view.pinned.has(key(p)) && rank(p) > 0).sort((a, b) => rank(b) - rank(a) || a.id - b.id);
  return [...pinned, ...rest.slice(0, Math.max(0, OPENED_MAX - pinned.length))];
}

/* The partitions that are furthest behind, worst first, as many as fit a line: [{partition, lag, x, w}]. */
function worst(topic, snapshot, width, m) {
  const w = m.small * 8.2;
  const x0 = m.small * 7.4;
  const most = Math.max(1, Math.floor((width - x0 - 4) / (w + 4)));
  return [...lags(topic, snapshot)].filter(([, lag]) => lag > 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most)
    .map(([partition, lag], i) => ({ partition, lag, x: x0 + i * (w + 4), w }));
}

/* Records of each partition that the group furthest behind has still to read: Map of partition to count. */
export function lags(topic, snapshot) {
  const found = counted.get(snapshot) ?? counted.set(snapshot, new Map()).get(snapshot);
  if (!found.has(topic)) found.set(topic, lagsOf(topic, snapshot));
  return found.get(topic);
}

const counted = new WeakMap(); // once a snapshot: several parts of the picture ask

function lagsOf(topic, snapshot) {
  const worst = new Map();
  for (const group of snapshot.groups) {
    for (const partition of topic.partitions) {
      const at = positionOf(group, topic.name, partition.id) ?? group.committed?.[topic.name]?.[partition.id];
      if (at !== undefined) worst.set(partition.id, Math.max(worst.get(partition.id) || 0, partition.hw - at));
    }
  }
  return worst;
}

function positionOf(group, topic, partition) {
  for (const member of group.members) {
    const at = member.position?.[topic]?.[partition];
    if (at !== undefined) return at;
  }
  return undefined;
}

export const xOf = (row, offset) => row.x0 + (offset - row.first) * row.cell;

/* Which key a record has: '0'..'7', '-' for none, 'x' when there is no record there, '?' when the snapshot does not say. */
export function keyAt(partition, offset) {
  const { first, keys } = partition.tail;
  return keys[offset - first] ?? '?';
}

/* The rectangle of a cell within the tapes: {x, y, w, h}, or null when it is not in view. */
export function cellRect(row, lane, offset, m) {
  if (offset < row.first || offset >= row.first + row.count) return null;
  return { x: xOf(row, offset), y: row.y + lane.y, w: row.cell - m.gap, h: lane.h };
}

export function offsetAt(row, x) {
  const offset = row.first + Math.floor((x - row.x0) / row.cell);
  return x < row.x0 || offset >= row.first + row.count ? null : offset;
}
