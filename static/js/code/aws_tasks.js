/* Commands about streams as a programmer's task: calls of AWS's API, in order (kinesis/twin.js). */
import { encoded } from '../kinesis/base64.js';

const task = (stream, steps, more = {}) => ({ act: 'aws', operation: steps.find((step) => step.operation).operation, stream: stream ?? '', steps, ...more });

const put = (stream) => ({ operation: 'PutRecord', parameters: { StreamName: stream, PartitionKey: 'cliente-1', Data: encoded('{"nome":"Fernando"}') } });

export function reading(stream, shard = 'shardId-000000000000', type = 'TRIM_HORIZON') {
  return [
    { operation: 'GetShardIterator', parameters: { StreamName: stream, ShardId: shard, ShardIteratorType: type }, keep: 'ShardIterator' },
    { operation: 'GetRecords', parameters: { ShardIterator: { kept: 'ShardIterator' } }, decode: true },
  ];
}

/* null: it is no such command. */
export function streamTask(what, given, state) {
  const known = (list, id) => state?.kinesis?.[list].find((one) => one.id === id)?.stream ?? 'ftf-meu-stream';
  switch (what) {
    case 'call_aws': return task(given.parameters?.StreamName, [{ operation: given.operation, parameters: given.parameters || {} }]);
    case 'add_stream_producer': return task(given.stream, [put(given.stream)], { flow: 'put' });
    case 'set_stream_producer': case 'remove_stream_producer': return task(known('producers', given.producer), [put(known('producers', given.producer))], { flow: 'put' });
    case 'add_stream_consumer': return task(given.stream, reading(given.stream, given.shards?.[0], given.start_at), { flow: 'read' });
    case 'set_stream_consumer': case 'crash_stream_consumer': case 'remove_stream_consumer': return task(known('consumers', given.consumer), reading(known('consumers', given.consumer)), { flow: 'read' });
    default: return null;
  }
}

/* What can be done with the stream that was chosen. */
export function streamRecipes(chosen, state) {
  const stream = state.kinesis?.streams.find((one) => one.name === chosen?.stream);
  if (!stream) return [];
  const shard = stream.shards.find((one) => one.id === chosen.shard) ?? stream.shards[0];
  return [
    task(stream.name, [put(stream.name)]), task(stream.name, reading(stream.name, shard?.id)), task(stream.name, reading(stream.name, shard?.id, 'LATEST')),
    task(stream.name, [{ operation: 'DescribeStream', parameters: { StreamName: stream.name }, shown: true }]),
    task(stream.name, [{ operation: 'ListShards', parameters: { StreamName: stream.name }, shown: true }]),
    task(stream.name, [{ operation: 'DeleteStream', parameters: { StreamName: stream.name } }]),
  ];
}
