/* Where everything of the cluster stands, as numbers: a pure function of the snapshot, the width and the view.
 *
 * Rows come from top to bottom. A topic has a head; then each partition has a tape (a card with one
 * lane a replica, all lanes sharing one scale of offsets, the leader's on top), or, from BIG partitions
 * on, the topic has a matrix of brokers by partitions, and only those that need a look are opened as tapes. */

export const BIG = 16;
const OPENED_MAX = 6;

/* view: {open: Set of internal topics shown, pinned: Set of "topic-partition", from: {"topic-partition": offset}}. */
export function layout(snapshot, width, m, view) {
  const rows = [];
  let y = 0;
  const add = (row, height, space = 0) => {
    rows.push({ ...row, y, h: height });
    y += height + space;
  };
  const alive = new Set(snapshot.brokers.filter((b) => b.state === 'running').map((b) => b.id));
  const topics = [...snapshot.topics].sort((a, b) => a.internal - b.internal);
  for (const topic of topics) {
    const open = !topic.internal || view.open.has(topic.name);
    add({ kind: 'topic', key: `topic ${topic.name}`, topic, open }, m.topic);
    if (!open) continue;
    const big = topic.partitions.length >= BIG;
    if (big) {
      const brokers = snapshot.brokers.map((b) => b.id);
      const height = m.small * 2.2 + brokers.length * m.matrixCell + 10;
      add({ kind: 'matrix', key: `matrix ${topic.name}`, ...matrix(topic, brokers, width, m) }, height, m.between);
    }
    const shown = big ? opened(topic, snapshot, view) : topic.partitions;
    for (const partition of shown) {
      const row = tape(topic, partition, alive, width, m, view);
      add(row, row.height, m.between);
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

function tape(topic, partition, alive, width, m, view) {
  const key = `${topic.name}-${partition.id}`;
  const replicas = [...partition.replicas].sort(
    (a, b) => (b.broker === partition.leader) - (a.broker === partition.leader) || a.broker - b.broker,
  );
  const top = m.titleRow + m.ruler + m.top;
  const lanes = replicas.map((replica, i) => ({
    replica,
    broker: replica.broker,
    leader: replica.broker === partition.leader,
    dead: !replica.alive || !alive.has(replica.broker),
    out: !replica.in_sync,
    tall: i === 0,
    y: i === 0 ? top : top + m.lead + 4 + (i - 1) * m.pitch,
    h: i === 0 ? m.lead : m.thin,
  }));
  const floor = top + m.lead + 4 + (lanes.length - 1) * m.pitch;
  const x1 = width - m.right;
  const count = Math.max(4, Math.floor((x1 - m.x0) / m.cell));
  const end = Math.max(partition.end, ...replicas.map((r) => r.end));
  const newest = Math.max(0, end + 2 - count);
  const asked = view.from[key];
  const first = asked === undefined ? newest : Math.max(0, Math.min(asked, newest));
  return {
    kind: 'tape', key, topic, partition, lanes, x0: m.x0, x1, cell: m.cell, first, count, end, floor,
    past: first < newest, height: floor + m.axis,
  };
}

/* Of a big topic: the pinned, then those in trouble, then the most behind. */
function opened(topic, snapshot, view) {
  const behind = lags(topic, snapshot);
  const trouble = (p) => (p.leader < 0 ? 2 : 0) + (p.isr.length < p.replicas.length ? 1 : 0);
  const pinned = topic.partitions.filter((p) => view.pinned.has(`${topic.name}-${p.id}`));
  const rest = topic.partitions
    .filter((p) => !view.pinned.has(`${topic.name}-${p.id}`) && (p.leader < 0 || (behind.get(p.id) || 0) > 0))
    .sort((a, b) => trouble(b) - trouble(a) || (behind.get(b.id) || 0) - (behind.get(a.id) || 0) || a.id - b.id);
  return [...pinned, ...rest.slice(0, Math.max(0, OPENED_MAX - pinned.length))];
}

/* Records of each partition that the group furthest behind has still to read: Map of partition to count. */
export function lags(topic, snapshot) {
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
