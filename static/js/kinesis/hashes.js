/* Hash keys: 128 bits that the shards of a stream divide among themselves. Decimal texts in the API, BigInt here. Pure. */
import { hashKey } from './md5.js';

export const HASHES = 1n << 128n;

/* Where in the whole range, 0 to 1. */
export const share = (hash) => Number((BigInt(hash) * 1_000_000n) / HASHES) / 1_000_000;

export const open = (stream) => stream.shards.filter((shard) => shard.open);

/* The open shard that takes a hash key; null if there is none. */
export function shardOfHash(shards, hash) {
  const key = BigInt(hash);
  return shards.find((shard) => shard.open && BigInt(shard.from) <= key && key <= BigInt(shard.to)) ?? null;
}

export const shardOfKey = (shards, partitionKey) => shardOfHash(shards, hashKey(partitionKey));

/* A hash key as people may type it; null if it is none. */
export function hashTyped(text) {
  if (!/^(0|[1-9]\d{0,38})$/.test(text)) return null;
  const hash = BigInt(text);
  return hash < HASHES ? hash : null;
}

/* Where the second child begins when a shard is cut in the middle; null if it is too narrow to be cut. */
export function middle(shard) {
  const [from, to] = [BigInt(shard.from), BigInt(shard.to)];
  return to - from < 2n ? null : (from + (to - from) / 2n + 1n).toString();
}

/* The open shards beside one, with which it may be merged. */
export function neighbours(shards, shard) {
  return shards.filter((one) => one.open && (BigInt(one.to) + 1n === BigInt(shard.from) || BigInt(shard.to) + 1n === BigInt(one.from)));
}

/* "shardId-000000000003" as 3: what is left of it where there is little room. */
export const numberOf = (id) => Number(/\d+$/.exec(id)?.[0] ?? 0);
export const idOf = (number) => `shardId-${String(number).padStart(12, '0')}`;

/* Parents above children: which row each shard stands in. {id: row} */
export function generations(shards) {
  const known = new Map(shards.map((shard) => [shard.id, shard]));
  const rows = new Map();
  const row = (id) => {
    if (!rows.has(id)) rows.set(id, 1 + Math.max(-1, ...known.get(id).parents.filter((one) => known.has(one)).map(row)));
    return rows.get(id);
  };
  for (const shard of shards) row(shard.id);
  return rows;
}
