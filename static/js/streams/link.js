/* From Kafka's pages to what the same thing is called in Kinesis: where a topic lies under a stream. */
import { button } from '../controls.js';
import { h } from '../dom.js';

/* topic: of the snapshot; partition and offset as far as they are known. null where no stream lies on it. */
export function wordsLink(stage, topic, partition = null, offset = null) {
  const stream = topic.stream && stage.snapshot.kinesis?.streams.find((one) => one.name === topic.stream);
  const shard = partition === null ? null : stream?.shards.find((one) => one.partition === partition);
  if (!stream || (partition !== null && !shard)) return null;
  const [about, name] = offset !== null ? ['record', `${stream.name}/${shard.id}/${offset}`] : shard ? ['shard', `${stream.name}/${shard.id}`] : ['stream', stream.name];
  return h('p', { key: 'words', class: 'actions' }, button('Kafka ⇄ Kinesis', () => stage.select({ kind: 'words', about, name }), { kind: 'small', test: 'to-words' }));
}
