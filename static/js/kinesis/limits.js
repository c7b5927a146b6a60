/* What AWS promises of a shard, and what comes of some shards together. Pure. */

export const SHARD = { in_bytes: 1024 * 1024, in_records: 1000, out_bytes: 2 * 1024 * 1024, reads: 5 };
export const ON_DEMAND_SHARDS = 4; // what such a stream begins with
export const SHARDS_MAX = 500; // of a request, in the form: an account's quota in us-east-1
export const METRICS = ['IncomingBytes', 'IncomingRecords', 'OutgoingBytes', 'OutgoingRecords', 'WriteProvisionedThroughputExceeded', 'ReadProvisionedThroughputExceeded', 'IteratorAgeMilliseconds'];
export const RETENTION = { least: 24, most: 8760 };
export const RECORD_KIB = { least: 1024, most: 10240 };

/* MB and records a second, of so many shards. */
export const estimate = (shards) => ({ in_mb: shards, in_records: shards * SHARD.in_records, out_mb: shards * 2, reads: SHARD.reads });

/* A stream's name, as the API checks it: 'empty', 'long', 'letters' or null. */
export function faultOfName(name) {
  if (!name) return 'empty';
  if (name.length > 128) return 'long';
  return /^[a-zA-Z0-9_.-]+$/.test(name) ? null : 'letters';
}

/* What is wrong with tags ([key, value] pairs): 'many', 'twice', 'key' (none, or too long), 'value' or 'aws', or null. */
export function faultOfTags(pairs) {
  const keys = pairs.map(([key]) => key);
  if (keys.length > 50) return 'many';
  if (new Set(keys).size < keys.length) return 'twice';
  if (keys.some((key) => !key || key.length > 128)) return 'key';
  if (pairs.some(([, value]) => value.length > 256)) return 'value';
  return keys.some((key) => key.toLowerCase().startsWith('aws:')) ? 'aws' : null;
}
