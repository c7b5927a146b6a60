/* The next snapshot, made of the one before and what has changed (engine/cluster/changes.py says how that is written).
 *
 * Nothing is changed in place, and whatever did not change stays the very same object: so a part of the picture
 * whose part of the snapshot is still the same object (===) need not be drawn again. */
import { unpacked } from './packing.js';

const NEW = -1;

export function applied(before, change) {
  if (Array.isArray(change)) return unpacked(change[0]);
  if (change === null || typeof change !== 'object') return change;
  return Array.isArray(before) ? listAfter(before, change) : objectAfter(before, change);
}

function objectAfter(before, change) {
  const after = { ...before };
  for (const name of change['!'] ?? []) delete after[name];
  if ('~' in change) after.partitions = counted(after.partitions, change['~']);
  for (const name in change) if (name !== '!' && name !== '~') after[name] = applied(after[name], change[name]);
  return after;
}

function listAfter(before, change) {
  let after;
  if ('=' in change) {
    let fresh = 0;
    after = change['='].map((place) => (place === NEW ? change['+'][fresh++] : before[place]));
  } else after = before.slice();
  for (const name in change) if (name !== '=' && name !== '+') after[name] = applied(after[name], change[name]);
  return after;
}

/* What grows with each record of a partition: [place, end, high watermark, each replica's end], all by how much. */
function counted(partitions, rows) {
  const after = partitions.slice();
  for (const row of rows) {
    const one = after[row[0]];
    const replicas = one.replicas.map((replica, i) => (row[3 + i] ? { ...replica, end: replica.end + row[3 + i] } : replica));
    after[row[0]] = { ...one, end: one.end + row[1], hw: one.hw + row[2], replicas };
  }
  return after;
}
