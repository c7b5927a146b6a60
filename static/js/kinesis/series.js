/* What happened second by second, of each stream and shard, gathered from the frames as they come. Pure.
 *
 * A frame says what there was in the last whole second. Where seconds were missed between two frames, the difference of
 * totals that only grow, by the virtual time between them, is the rate: so nothing is lost when frames are few, and
 * nothing is counted while time stands. */
import { idOf } from './hashes.js';

export const SECONDS_KEPT = 300;
const COUNTED = { in_records: 'records', in_bytes: 'bytes', out_records: 'read', out_bytes: 'read_bytes', write_throttles: 'throttled_in', read_throttles: 'throttled_out' };
const LAST_SECOND = { in_records: 'records_s', in_bytes: 'bytes_s', out_bytes: 'read_bytes_s' }; // read_s counts calls

export class Series {
  constructor() {
    Object.assign(this, { streams: new Map(), at_ms: -1, begun_ms: -1 });
  }

  hear(state) {
    if (state.at_ms < this.at_ms) this.streams.clear(); // begun anew
    if (this.begun_ms < 0 || state.at_ms < this.at_ms) this.begun_ms = state.at_ms;
    this.at_ms = state.at_ms;
    const now = Math.floor(state.at_ms / 1000);
    const found = new Set();
    for (const stream of state.kinesis?.streams ?? []) {
      found.add(stream.name);
      const key = `${stream.name} ${stream.created}`;
      const before = this.streams.get(stream.name);
      if (before?.key !== key) this.streams.set(stream.name, fresh(key, stream, state.at_ms, now));
      else if (now > before.second) add(before, stream, state, now);
    }
    for (const name of this.streams.keys()) if (!found.has(name)) this.streams.delete(name);
  }

  /* What was counted before anybody looked ({fields, samples} of the API), as if its frames had been heard. */
  remember({ fields, samples }) {
    for (const [at_ms, streams] of samples) this.hear({ at_ms, kinesis: asFrame(fields, streams) });
  }

  /* [{second, value}] of a stream, or of one of its shards: the seconds known of the last so many, oldest first. */
  of(name, gauge, { shard = null, seconds = 60 } = {}) {
    const kept = this.streams.get(name);
    if (!kept) return [];
    const since = Math.floor(this.at_ms / 1000) - seconds;
    return kept.points.filter((point) => point.second > since).map((point) => ({ second: point.second, value: shard === null ? point.sums[gauge] : point.shards[shard]?.[gauge] ?? 0 }));
  }
}

function totals(stream) {
  return Object.fromEntries(stream.shards.map((shard) => [shard.id, Object.fromEntries(Object.entries(COUNTED).map(([gauge, field]) => [gauge, shard[field] ?? 0]))]));
}

const fresh = (key, stream, at_ms, second) => ({ key, at_ms, second, totals: totals(stream), points: [] });

function add(kept, stream, state, second) {
  const seconds = Math.max(0.001, (state.at_ms - kept.at_ms) / 1000);
  const next = second === kept.second + 1;
  const now = totals(stream);
  const ages = Object.fromEntries(stream.shards.map((shard) => [shard.id, age(state, stream.name, shard.id)]));
  const shards = {};
  for (const shard of stream.shards) {
    const { id } = shard;
    shards[id] = { age_ms: ages[id] };
    for (const gauge in COUNTED) {
      const grown = Math.max(0, (now[id][gauge] - (kept.totals[id]?.[gauge] ?? 0)) / seconds);
      shards[id][gauge] = next ? shard[LAST_SECOND[gauge]] ?? grown : grown;
    }
  }
  const sums = { age_ms: Math.max(0, ...Object.values(ages)) };
  for (const gauge in COUNTED) sums[gauge] = Object.values(shards).reduce((sum, one) => sum + one[gauge], 0);
  kept.points.push({ second, sums, shards });
  if (kept.points.length > SECONDS_KEPT) kept.points.shift();
  Object.assign(kept, { at_ms: state.at_ms, second, totals: now });
}

/* How far behind the newest record the slowest reader of a shard is, as its last GetRecords was told. */
function age(state, stream, shard) {
  const behind = (state.kinesis.iterators ?? []).filter((one) => one.stream === stream && one.shard === shard).map((one) => one.behind_ms ?? 0);
  return Math.max(0, ...behind);
}

function asFrame(fields, streams) {
  const iterators = [];
  const told = Object.entries(streams).map(([name, [created, rows]]) => {
    const shards = rows.map((row) => Object.fromEntries(fields.map((field, i) => [field, row[i]])));
    for (const shard of shards) {
      shard.id = idOf(shard.number);
      iterators.push({ stream: name, shard: shard.id, behind_ms: shard.behind_ms });
    }
    return { name, created, shards };
  });
  return { streams: told, iterators };
}
