/* How busy each way is, and what is shown of it: up to 5 records a second each flies by itself, up to 60 they fly in
 * batches ("×N"), above that a stripe flows, with a counter, and one real record is shown every two seconds.
 *
 * The rates are the state's own counters, from frame to frame: of a partition its end, of a member its position, of a
 * producer what it has sent. (What is told of traffic is a sample when there is much, and would count too little.) */
import { streamCounts } from './streams.js';

export const EACH = 5;
export const BATCHES = 60;
export const SAMPLE_MS = 2000;
const WINDOW_MS = 1000;
const SHOWN = 24; // points of a sparkline
const SETTLED_MS = 900; // a stripe goes when its way has been quiet so long

export class Rates {
  constructor() {
    this.ways = new Map();
    this.samples = new Map();
    this.last = null;
  }

  /* A new frame, at ms of the reader's time. */
  hear(snapshot, now) {
    const before = this.last;
    this.last = { sandbox: snapshot.sandbox, step: snapshot.step };
    if (before && (before.sandbox !== snapshot.sandbox || before.step > snapshot.step)) this.ways.clear();
    for (const topic of snapshot.topics) {
      if (topic.internal && !topic.stream) continue;
      for (const partition of topic.partitions) this.count(`log ${topic.name}-${partition.id}`, partition.end, now);
    }
    for (const producer of snapshot.producers) this.count(`from ${producer.id}`, producer.sent, now);
    for (const group of snapshot.groups) {
      for (const member of group.members) {
        for (const [topic, at] of Object.entries(member.position ?? {})) {
          for (const [partition, offset] of Object.entries(at)) this.count(`to ${member.id} ${topic}-${partition}`, offset, now);
        }
      }
    }
    for (const [name, total] of streamCounts(snapshot)) this.count(name, total, now);
    for (const [name, way] of this.ways) if (now - way.heard > 5 * WINDOW_MS) this.ways.delete(name);
  }

  count(name, total, now) {
    let way = this.ways.get(name);
    if (!way) {
      way = { total, counted: total, since: now, rate: 0, history: [], heard: now, moved: -Infinity };
      this.ways.set(name, way);
    }
    way.heard = now;
    if (total < way.total) way.counted = total; // it was cut, or begun anew
    else if (total > way.total) way.moved = now;
    way.total = total;
    if (now - way.since >= WINDOW_MS) {
      way.rate = Math.max(0, ((total - way.counted) * 1000) / (now - way.since));
      way.history = [...way.history, way.rate].slice(-SHOWN);
      Object.assign(way, { counted: total, since: now });
    } else if (way.history.length === 0 && total - way.counted > BATCHES) {
      way.rate = ((total - way.counted) * 1000) / WINDOW_MS; // it has hardly begun, and is beyond all counting
    }
  }

  rate(name) {
    return this.ways.get(name)?.rate ?? 0;
  }

  /* 'each', 'batch' or 'stripe'. */
  kind(name) {
    const rate = this.rate(name);
    return rate > BATCHES ? 'stripe' : rate > EACH ? 'batch' : 'each';
  }

  /* Whether a real record may be shown on a busy way now; it then counts as shown. */
  sample(name, now) {
    if (now - (this.samples.get(name) ?? -Infinity) < SAMPLE_MS) return false;
    if (this.samples.size > 500) this.samples.clear();
    this.samples.set(name, now);
    return true;
  }

  /* The busy ways: [{name, rate, total, history}]. */
  stripes(now) {
    const found = [];
    for (const [name, way] of this.ways) {
      if (way.rate > BATCHES && now - way.moved < SETTLED_MS) found.push({ name, rate: way.rate, total: way.total, history: way.history });
    }
    return found;
  }
}
