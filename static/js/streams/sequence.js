/* Sequence numbers as the gateway makes them (engine/kinesis/service/sequence.py): a record's index is its offset plus one. */

const [SHARD, ARRIVAL, INDEX, LOW, CREATED] = [4n, 36n, 80n, 144n, 148n];
const FIRST = 1n << 185n;

/* Of a record: created, arrival in whole seconds since 1970. */
export function sequenceOf({ created, shard, offset, arrival }) {
  const part = (value, bits) => BigInt(Math.floor(value)) << bits;
  return (FIRST + part(created, CREATED) + part(shard & 15, LOW) + part(offset + 1, INDEX) + part(arrival, ARRIVAL) + part(shard, SHARD) + 2n).toString();
}

/* {created, shard, offset, arrival} of a sequence number; offset -1: the shard's beginning. */
export function readSequence(text) {
  const number = BigInt(text);
  const bits = (from, count) => Number((number >> from) & ((1n << BigInt(count)) - 1n));
  return { created: bits(CREATED, 36), shard: bits(SHARD, 32), offset: bits(INDEX, 63) - 1, arrival: bits(ARRIVAL, 36) };
}

const known = new Map();

/* Where a reader goes on that has written down this: "TRIM_HORIZON", "LATEST", or the number of the last record it is
 * done with. An offset, or -1 while there is no record that it is done with. */
export function goesOnAt(checkpoint) {
  if (typeof checkpoint !== 'string' || !/^\d+$/.test(checkpoint)) return -1;
  if (!known.has(checkpoint)) {
    if (known.size > 500) known.clear();
    known.set(checkpoint, readSequence(checkpoint).offset + 1);
  }
  return known.get(checkpoint);
}
