/* Who owns what, as numbers: a pure function of the snapshot. Columns are partitions, rows are members. */
import { type } from './board.js';

/* The topics a group has to do with: those its members subscribed to, own, or have committed in. */
function topicsOf(group, snapshot) {
  const named = new Set(Object.keys(group.committed || {}));
  for (const member of group.members) {
    for (const topic of member.topics || []) named.add(topic);
    for (const topic of Object.keys(member.assigned || {})) named.add(topic);
  }
  return snapshot.topics.filter((topic) => named.has(topic.name));
}

/* {topics, columns: [{topic, partition, member (row) or -1, position, committed, lag}], members, worst, unowned}. */
export function ownership(group, snapshot) {
  const owner = new Map();
  group.members.forEach((member, row) => {
    for (const [topic, list] of Object.entries(member.assigned || {})) for (const p of list) owner.set(`${topic}-${p}`, row);
  });
  const topics = topicsOf(group, snapshot);
  const columns = topics.flatMap((topic) => topic.partitions.map((partition) => {
    const row = owner.get(`${topic.name}-${partition.id}`) ?? -1;
    const position = group.members[row]?.position?.[topic.name]?.[partition.id];
    const committed = group.committed?.[topic.name]?.[partition.id];
    const at = position ?? committed;
    return { topic, partition, row, position, committed, lag: at === undefined ? null : Math.max(0, partition.hw - at) };
  }));
  return { topics, columns, members: group.members, worst: Math.max(0, ...columns.map((c) => c.lag ?? 0)), unowned: columns.filter((c) => c.row < 0).length };
}

/* Partitions that no group has an owner for: [{topic, partitions, all}]; the brokers' own topics are not meant to be read. */
export function unread(snapshot) {
  const read = new Set();
  for (const group of snapshot.groups) {
    for (const member of group.members) {
      for (const [topic, list] of Object.entries(member.assigned || {})) for (const p of list) read.add(`${topic}-${p}`);
    }
  }
  return snapshot.topics.filter((topic) => !topic.internal).map((topic) => {
    const partitions = topic.partitions.filter((p) => !read.has(`${topic.name}-${p.id}`)).map((p) => p.id);
    return { topic: topic.name, partitions, all: partitions.length === topic.partitions.length };
  }).filter(({ partitions }) => partitions.length);
}

/* Where each column and row stands. */
export function ownershipLayout(owned, width, u) {
  const gaps = Math.max(0, owned.topics.length - 1) * 14 * u;
  const pitch = Math.max(5 * u, Math.min(78 * u, (width - gaps) / Math.max(1, owned.columns.length)));
  const rows = owned.members.length + (owned.unowned ? 1 : 0);
  const m = { u, pitch, gap: pitch > 18 * u ? 4 * u : 1.2 * u, head: type(13) + type(11) + 14 * u, row: Math.max(34 * u, type(12) * 2 + 10 * u), lag: type(11) + 30 * u };
  let x = 0;
  let topic = null;
  const columns = owned.columns.map((column) => {
    if (topic && column.topic !== topic) x += 14 * u;
    topic = column.topic;
    const placed = { ...column, x, w: pitch - m.gap, y: m.head + (column.row < 0 ? owned.members.length : column.row) * m.row };
    x += pitch;
    return placed;
  });
  return { m, columns, rows, width: Math.max(width, x), floor: m.head + rows * m.row, height: m.head + rows * m.row + m.lag, worst: owned.worst };
}
