/* Python with confluent-kafka: librdkafka again, so the same settings as kcat's. */
import { quoted } from '../quoting.js';
import { acks, ending, hashed } from './kcat.js';

const dict = (pairs) => `{\n${pairs.filter(Boolean).map(([name, value]) => `    ${quoted(name)}: ${value},`).join('\n')}\n}`;
const named = (headers) => `{${Object.entries(headers).map(([name, text]) => `${quoted(name)}: ${quoted(text)}`).join(', ')}}`;
const boot = (at) => ['bootstrap.servers', quoted(at.bootstrap)];
const who = (at) => ['client.id', quoted(at.client)];
const text = (value) => (value === null || value === undefined ? 'None' : quoted(value));
const file = (name) => ({ file: `${name}.py`, run: `python3 ${name}.py`, needs: 'pip install confluent-kafka' });

/* Where offsets are reset to, in the words of ListOffsets; the rest is arithmetic that kafka-consumer-groups.sh does. */
export const SPECS = { earliest: 'earliest', latest: 'latest' };

export const python = {
  produce(task, at) {
    const chosen = task.partition !== null && task.partition !== undefined;
    const keyed = task.key !== null && !chosen;
    const fields = [
      `    ${quoted(task.topic)},`, task.key === null ? '' : `    key=${quoted(task.key)},`, `    value=${text(task.value)},`,
      Object.keys(task.headers || {}).length ? `    headers=${named(task.headers)},` : '', chosen ? `    partition=${task.partition},` : '', '    on_delivery=delivered,',
    ];
    return {
      text: `from confluent_kafka import Producer

producer = Producer(${dict([boot(at), who(at), keyed && ['partitioner', "'murmur2_random'"]])})


def delivered(error, m):
    # ${at.say('comment.delivered')}
    print(error or f'{m.topic()}-{m.partition()} @ {m.offset()}')


producer.produce(
${fields.filter(Boolean).join('\n')}
)
producer.flush()  # ${at.say('comment.flush')}
`,
      notes: ['note.flush', keyed ? 'note.murmur2' : '', task.value === null ? 'note.tombstone' : ''], ...file('produce'),
    };
  },

  flow(task, at) {
    const { key: name, field, low, high } = task.about;
    const key = { none: 'None', few: `f'${name}-{random.randint(1, 8)}'`, many: `f'${name}-{random.randint(1, 1000)}'`, hot: `'${name}-1' if random.random() < 0.9 else '${name}-2'` }[task.keys] ?? 'None';
    const settings = [boot(at), who(at), ['acks', quoted(task.acks)], task.idempotent && ['enable.idempotence', 'True'], task.linger_ms > 0 && ['linger.ms', task.linger_ms], task.keys !== 'none' && task.partitioner !== 'crc32' && ['partitioner', "'murmur2_random'"]];
    return {
      text: `import json
import random
import time

from confluent_kafka import Producer

producer = Producer(${dict(settings)})


def delivered(error, m):
    # ${at.say('comment.delivered')}
    print(error or f'{m.topic()}-{m.partition()} @ {m.offset()}')


try:
    while True:
        value = json.dumps({'${field}': random.randint(${low}, ${high})})
        key = ${key}
        producer.produce(${quoted(task.topic)}, value, key=key, on_delivery=delivered)
        # ${at.say('comment.poll0')}
        producer.poll(0)
        time.sleep(1 / ${task.rate})
except KeyboardInterrupt:
    pass
finally:
    producer.flush()
`,
      notes: [acks(task), task.keys === 'none' ? 'note.nokey' : hashed(task, 'note.murmur2'), ending(task)], ends: false, ...file('producer'),
    };
  },

  consume(task, at) {
    if (task.assignor === 'sticky') return { why: 'none.librdkafka.sticky' };
    const settings = [boot(at), who(at), ['group.id', quoted(task.group)], ['auto.offset.reset', quoted(task.start_at)], ['partition.assignment.strategy', quoted(task.assignor)]];
    return {
      text: `import time

from confluent_kafka import Consumer

consumer = Consumer(${dict(settings)})
consumer.subscribe([${quoted(task.topic)}])
try:
    while True:
        # ${at.say('comment.batch')}
        for m in consumer.consume(${task.max_poll_records}, timeout=1.0):
            if m.error():
                print(m.error())
                continue
            key, value = [b.decode() if b else '' for b in (m.key(), m.value())]
            where = f'{m.topic()}-{m.partition()} @ {m.offset()}'
            print(f'{where}  {key}: {value}', flush=True)
        # ${at.say(task.ending === 'stall' ? 'comment.stall' : 'comment.work')}
        time.sleep(${task.ending === 'stall' ? 600 : task.poll_ms / 1000})
except KeyboardInterrupt:
    pass
finally:
    # ${at.say('comment.close')}
    consumer.close()
`,
      notes: [task.start_at === 'earliest' ? 'note.earliest' : 'note.latest', 'note.assignor', ending(task)], ends: false, ...file('consumer'),
    };
  },

  read: (task, at) => ({
    text: `from confluent_kafka import Consumer, TopicPartition

consumer = Consumer(${dict([boot(at), who(at), ['group.id', quoted(at.client)], ['enable.auto.commit', 'False']])})
consumer.assign([TopicPartition(${quoted(task.topic)}, ${task.partition}, ${task.offset})])  # ${at.say('comment.assign')}
message = consumer.poll(10)
print(message.offset(), message.key(), message.value(), message.headers())
consumer.close()
`,
    notes: ['note.read'], ...file('read'),
  }),

  burst: (task, at) => ({
    text: `from confluent_kafka import Producer

producer = Producer(${dict([boot(at), who(at), task.keys.length > 0 && ['partitioner', "'murmur2_random'"]])})
keys = [${task.keys.map(quoted).join(', ')}]
value = ${quoted(task.value)}
for n in range(1, ${task.records} + 1):
    key = keys[(n - 1) % len(keys)] if keys else None
    text = value.replace('{n}', str(n)).replace('{key}', key or '')
    producer.produce(${quoted(task.topic)}, text, key=key)
print(producer.flush(), ${quoted(at.say('comment.left'))})
`,
    notes: ['note.flush', task.keys.length ? 'note.burst' : 'note.nokey'], ...file('burst'),
  }),

  look: (task, at) => admin(at, '', `metadata = admin.list_topics(timeout=10)
for broker in metadata.brokers.values():
    print(broker)
for topic in metadata.topics.values():
    print(topic, len(topic.partitions))`, 'look', ['note.look']),

  describe_topic: (task, at) => admin(at, '', `topic = admin.list_topics(${quoted(task.topic)}, timeout=10).topics[${quoted(task.topic)}]
for p in topic.partitions.values():
    print(p.id, 'leader', p.leader, 'replicas', p.replicas, 'isrs', p.isrs)`, 'describe_topic', ['note.describe']),

  create_topic(task, at) {
    const configs = Object.keys(task.configs).length ? `, config=${named(task.configs)}` : '';
    return admin(at, 'NewTopic', `topic = NewTopic(${quoted(task.topic)}, num_partitions=${task.partitions}, replication_factor=${task.replication}${configs})
for name, created in admin.create_topics([topic]).items():
    created.result()  # ${at.say('comment.future')}
    print(name)`, 'create_topic', ['note.future']);
  },

  delete_topic: (task, at) => admin(at, '', `for name, deleted in admin.delete_topics([${quoted(task.topic)}]).items():
    deleted.result()
    print(name)`, 'delete_topic', ['note.delete']),

  set_config(task, at) {
    const entries = Object.entries(task.configs).map(([name, value]) => `    ConfigEntry(${quoted(name)}, ${quoted(value)}, incremental_operation=AlterConfigOpType.SET),`).join('\n');
    return admin(at, 'AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType', `topic = ConfigResource(ResourceType.TOPIC, ${quoted(task.topic)}, incremental_configs=[
${entries}
])
for resource, altered in admin.incremental_alter_configs([topic]).items():
    altered.result()
    print(resource)`, 'set_config', ['note.incremental']);
  },

  describe_group: (task, at) => admin(at, '', `group = admin.describe_consumer_groups([${quoted(task.group)}])[${quoted(task.group)}].result()
print(group.state, group.partition_assignor)
for member in group.members:
    print(member.client_id, member.host, member.assignment.topic_partitions)
asked = [ConsumerGroupTopicPartitions(${quoted(task.group)})]
offsets = admin.list_consumer_group_offsets(asked)[${quoted(task.group)}].result()
for at in offsets.topic_partitions:
    print(f'{at.topic}-{at.partition}', at.offset)`, 'describe_group', ['note.committed'], 'from confluent_kafka import ConsumerGroupTopicPartitions'),

  add_partitions: (task, at) => admin(at, 'NewPartitions', `for topic, made in admin.create_partitions([NewPartitions(${quoted(task.topic)}, ${task.partitions})]).items():
    made.result()
    print(topic)`, 'add_partitions', ['note.partitions']),

  reset_offsets: (task, at) => (!SPECS[task.to] ? { why: 'none.reset' } : admin(at, 'OffsetSpec', `topic = admin.list_topics(${quoted(task.topic)}, timeout=10).topics[${quoted(task.topic)}]
asked = {TopicPartition(topic.topic, p): OffsetSpec.${SPECS[task.to]}() for p in topic.partitions}
found = admin.list_offsets(asked)
to = [TopicPartition(at.topic, at.partition, first.result().offset) for at, first in found.items()]
group = ConsumerGroupTopicPartitions(${quoted(task.group)}, to)
admin.alter_consumer_group_offsets([group])[${quoted(task.group)}].result()
print(to)`, 'reset_offsets', ['note.reset'], 'from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition')),

  delete_group: (task, at) => admin(at, '', `admin.delete_consumer_groups([${quoted(task.group)}])[${quoted(task.group)}].result()`, 'delete_group', ['note.delete-group']),
  none: 'none.client',
};

function admin(at, names, body, name, notes, before = '') {
  return {
    text: `${before ? `${before}\n` : ''}from confluent_kafka.admin import AdminClient${names ? `, ${names}` : ''}

admin = AdminClient(${dict([boot(at), who(at)])})
${body}
`,
    notes, ...file(name),
  };
}
