/* A stream's shards as columns and rows: a pure function of the snapshot.
 *
 * Downwards lies the hash range, 0 at the top: every boundary that any shard has makes a row, so a shard covers the
 * rows of its range, and its parents and children stand at the same height. To the right lies descent: a shard begins
 * in the column after its parents and reaches to where its children begin, an open one to the right edge. */
import { rangeOf } from './range.js';

/* {shards: [{shard, begins, ends, top, bottom}], columns, bounds}: ends, bottom: the first column and row after it. */
export function lineage(stream) {
  const found = cached.get(stream.shards);
  if (found) return found;
  const made = lay(stream.shards);
  cached.set(stream.shards, made);
  return made;
}

const cached = new WeakMap();

function lay(shards) {
  const byId = new Map(shards.map((shard) => [shard.id, shard]));
  const depths = new Map();
  const depth = (shard) => {
    if (depths.has(shard.id)) return depths.get(shard.id);
    depths.set(shard.id, 0); // whatever happens, this ends
    const parents = shard.parents.map((id) => byId.get(id)).filter(Boolean);
    const found = parents.length ? 1 + Math.max(...parents.map(depth)) : 0;
    depths.set(shard.id, found);
    return found;
  };
  shards.forEach(depth);
  const last = Math.max(0, ...depths.values());
  const bounds = boundaries(shards);
  const row = (value) => bounds.findIndex((bound) => Math.abs(bound - value) < 1e-12);
  const placed = shards.map((shard) => {
    const { from, to } = rangeOf(shard);
    const children = shard.children.map((id) => byId.get(id)).filter(Boolean);
    const ends = shard.open || !children.length ? last + 1 : Math.min(...children.map(depth));
    return { shard, begins: depth(shard), ends, top: row(from), bottom: row(to) };
  });
  return { shards: placed, columns: last + 1, bounds };
}

function boundaries(shards) {
  const all = shards.flatMap((shard) => Object.values(rangeOf(shard))).sort((a, b) => a - b);
  return all.filter((value, i) => i === 0 || value - all[i - 1] > 1e-12);
}

/* Of the columns those that are shown, and how many shards went before them. */
export function shownColumns({ shards, columns }, most) {
  const first = Math.max(0, columns - most);
  return { first, hidden: shards.filter((one) => one.ends <= first).length };
}

export const parentsOf = (stream, shard) => shard.parents.map((id) => stream.shards.find((one) => one.id === id)).filter(Boolean);
export const childrenOf = (stream, shard) => shard.children.map((id) => stream.shards.find((one) => one.id === id)).filter(Boolean);
