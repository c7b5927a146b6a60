/* murmur2 as Kafka's Java client computes it (Utils.murmur2), every step kept to be shown.
 *
 * Four bytes of the key at a time are stirred into h; what is left over comes last; then the bits are mixed once more,
 * the sign is dropped, and the remainder by the number of partitions is the partition. */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

const u32 = (n) => n >>> 0;

/* bytes: of the key. Steps are {kind, ...} with unsigned 32-bit numbers. */
export function murmur2(bytes) {
  const steps = [];
  let h = u32(SEED ^ bytes.length);
  steps.push({ kind: 'seed', seed: SEED, length: bytes.length, h });
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const word = u32(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    const times = u32(Math.imul(word, M));
    const shifted = u32(times ^ (times >>> 24));
    const k = u32(Math.imul(shifted, M));
    const before = h;
    h = u32(Math.imul(h, M) ^ k);
    steps.push({ kind: 'word', at: i, bytes: [...bytes.slice(i, i + 4)], word, times, shifted, k, before, h });
  }
  if (bytes.length > whole) {
    const rest = [...bytes.slice(whole)];
    const word = u32(rest.reduce((sum, byte, i) => sum | (byte << (8 * i)), 0));
    const before = h;
    h = u32(Math.imul(u32(h ^ word), M));
    steps.push({ kind: 'rest', at: whole, bytes: rest, word, before, h });
  }
  const first = u32(h ^ (h >>> 13));
  const second = u32(Math.imul(first, M));
  const hash = u32(second ^ (second >>> 15));
  steps.push({ kind: 'mix', before: h, first, second, h: hash });
  return { hash, steps };
}

export const partitionOf = (hash, partitions) => (hash & 0x7fffffff) % partitions;
export const hueOf = (hash) => (hash & 0x7fffffff) % 8;

export const hex = (n) => n.toString(16).padStart(8, '0');
