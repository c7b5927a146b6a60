/* Which partition a key leads to, and its hue: what Kafka's Java client computes (murmur2), so that the composer can
 * say it before anything is sent. */

const encoder = new TextEncoder();
const M = 0x5bd1e995;
const SEED = 0x9747b28c;
const HUES = 8;

export const bytesOf = (text) => encoder.encode(text).length;

/* The 32-bit hash of Kafka's Utils.murmur2, unsigned. */
export function murmur2(bytes) {
  let h = SEED ^ bytes.length;
  const whole = bytes.length & ~3;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  if (bytes.length > whole) {
    for (let i = bytes.length - 1; i >= whole; i -= 1) h ^= bytes[i] << (8 * (i - whole));
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return (h ^ (h >>> 15)) >>> 0;
}

const positive = (key) => murmur2(encoder.encode(key)) & 0x7fffffff;

export const partitionOf = (key, partitions) => positive(key) % partitions;
export const hueOf = (key) => positive(key) % HUES;

/* How many of `records` records go where, if `keys` take turns: [{partition, of: [{key, hue, count}]}]. */
export function spread(keys, records, partitions) {
  const rows = Array.from({ length: partitions }, (_, partition) => ({ partition, of: [], total: 0 }));
  keys.forEach((key, at) => {
    const count = Math.floor(records / keys.length) + (at < records % keys.length ? 1 : 0);
    const row = rows[partitionOf(key, partitions)];
    const same = row.of.find((one) => one.key === key);
    if (same) same.count += count;
    else if (count) row.of.push({ key, hue: hueOf(key), count });
    row.total += count;
  });
  return rows;
}
