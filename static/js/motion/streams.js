/* What flies to and from shards: records that are put, and records that are handed out. From the traffic of the gateway
 * (engine/events/kinesis.py), drawn where streams are looked at. */
import { keyAt } from '../layout.js';

const CODES = new Set(['record_put', 'records_read']);

export const ofStreams = ({ code }) => CODES.has(code);

const found = (snapshot, { stream, shard }) => {
  const one = snapshot.kinesis?.streams.find((it) => it.name === stream);
  const part = one?.shards.find((it) => it.id === shard);
  const topic = one && snapshot.topics.find((it) => it.name === one.topic);
  return part && topic ? { topic: one.topic, partition: part.partition, held: topic.partitions.find((it) => it.id === part.partition) } : null;
};

/* A record_put has one offset, a records_read a first and a last. As plan.js has it. */
export function streamFlight({ code, params }, snapshot) {
  const where = found(snapshot, params);
  if (!where?.held) return null;
  const { topic, partition, held } = where;
  const [first, last] = code === 'record_put' ? [params.offset, params.offset] : [params.first, params.last];
  const there = { topic, partition, offset: last };
  const common = { n: 0, shape: 'record', api: '', keys: keyAt(held, last), count: last - first + 1, label: '', lost: false, stuck: false };
  const shard = `shard:${topic}-${partition}`;
  if (code === 'record_put') return { ...common, from: `caller:${params.client}`, to: shard, about: { to: there }, way: `log ${topic}-${partition}` };
  return { ...common, from: shard, to: `caller:${params.client}`, about: { from: there }, read: true, way: `to ${params.client} ${params.stream}/${params.shard}` };
}

/* Counters for the rates: [[way, total]]. */
export function streamCounts(snapshot) {
  const { kinesis } = snapshot;
  if (!kinesis) return [];
  return [
    ...kinesis.producers.map((one) => [`from ${one.id}`, one.acked]),
    ...kinesis.iterators.map((one) => [`to ${one.client} ${one.stream}/${one.shard}`, one.offset]),
    ...kinesis.consumers.flatMap((one) => Object.entries(one.leases).map(([id, lease]) => [`to ${one.id} ${one.stream}/${id}`, lease.position])),
  ];
}

/* The stripe of a busy way: from a producer to each of its stream's busy shards, from a shard to its reader. */
export function streamStripes(kind, who, where, rates, snapshot) {
  const { kinesis } = snapshot;
  if (kind === 'from') {
    const producer = kinesis?.producers.find((one) => one.id === who);
    const stream = producer && kinesis.streams.find((one) => one.name === producer.stream);
    return (stream?.shards ?? []).filter((one) => one.open && rates.rate(`log ${stream.topic}-${one.partition}`) >= 1).map((one) => ({
      from: `caller:${who}`, to: `shard:${stream.topic}-${one.partition}`, about: { to: { topic: stream.topic, partition: one.partition } },
    }));
  }
  const at = where.lastIndexOf('/');
  const place = at < 0 ? null : found(snapshot, { stream: where.slice(0, at), shard: where.slice(at + 1) });
  return place ? [{ from: `shard:${place.topic}-${place.partition}`, to: `caller:${who}`, about: { from: { topic: place.topic, partition: place.partition } }, read: true }] : [];
}

/* The traffic of shards in the words of that of partitions: {topic, partition, first, last, producer or consumer}. */
function streamTraffic(traffic, snapshot) {
  const told = [];
  for (const event of traffic) {
    const where = ofStreams(event) && found(snapshot, event.params);
    if (!where) continue;
    const { topic, partition } = where;
    const { client, offset } = event.params;
    const put = event.code === 'record_put';
    told.push({ ...event, params: { ...event.params, topic, partition, ...(put ? { first: offset, last: offset, producer: client } : { consumer: client }) } });
  }
  return told;
}

/* Of the traffic that which flies by events: that of shards where they are looked at; all else unless its requests do. */
export function trafficFor(view, traffic, snapshot, requests) {
  const kafka = requests ? [] : traffic.filter((event) => !ofStreams(event));
  return view === 'streams' ? [...kafka, ...streamTraffic(traffic, snapshot)] : kafka;
}
