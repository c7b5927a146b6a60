/* What is called how: shards, callers, and where things stand in the snapshot. */
import { numberOf } from '../kinesis/hashes.js';
import { goesOnAt } from './sequence.js';

export const streamOf = (snapshot, name) => snapshot.kinesis?.streams.find((one) => one.name === name) ?? null;
export const shardOf = (stream, id) => stream?.shards.find((one) => one.id === id) ?? null;
export const topicOf = (snapshot, stream) => snapshot.topics.find((one) => one.name === stream.topic) ?? null;
export const partitionOf = (snapshot, stream, shard) => topicOf(snapshot, stream)?.partitions.find((one) => one.id === shard.partition) ?? null;

/* "shard 3" of shardId-000000000003, where there is no room for all of it: the number is what tells them apart. */
export const short = (id) => `shard ${numberOf(id)}`;

/* Who reads a shard: simulated applications by their leases, everybody else by the last iterator they used. */
export function readersOf(kinesis, stream, shard) {
  const found = [];
  const apps = new Set();
  for (const app of kinesis.consumers) {
    if (app.stream !== stream.name) continue;
    apps.add(app.id);
    const lease = app.leases[shard.id];
    if (lease) found.push({ kind: 'lease', name: app.id, at: lease.position, checkpoint: goesOnAt(lease.checkpoint), written: lease.checkpoint, done: lease.done, push: app.kind === 'SubscribeToShard', running: app.running });
  }
  for (const it of kinesis.iterators) {
    if (it.stream !== stream.name || it.shard !== shard.id || apps.has(it.client)) continue;
    found.push({ kind: 'iterator', name: it.client, at: it.offset, iterator: it });
  }
  return found;
}

/* Leases of an application on shards that it does not read yet, because their parents come first. */
export const waits = (stream, app) => stream.shards.filter((shard) => !app.leases[shard.id]
  && shard.parents.some((id) => app.leases[id] && !app.leases[id].done)).map((shard) => shard.id);

/* The caller's name as it fits a card: "aws-cli 127.0.0.1:50112" is told apart by its port. */
export const brief = (client) => {
  const [name, address] = client.split(' ');
  return address ? `${name}:${address.split(':').at(-1)}` : client;
};
