/* Java with kafka-clients: the client that all others are measured by. Run with the jars of a Kafka distribution. */
import { doubled, indent } from '../quoting.js';
import { acks, hashed } from './kcat.js';
import { SPECS } from './python.js';

const ASSIGNORS = { range: 'RangeAssignor', roundrobin: 'RoundRobinAssignor', sticky: 'StickyAssignor', 'cooperative-sticky': 'CooperativeStickyAssignor' };
const put = (pairs) => pairs.filter(Boolean).map(([name, value]) => `config.put(${doubled(name)}, ${doubled(value)});`).join('\n');
const boot = (at) => [['bootstrap.servers', at.bootstrap], ['client.id', at.client]];
const serializers = ['key.serializer', 'value.serializer'].map((name) => [name, 'org.apache.kafka.common.serialization.StringSerializer']);
const deserializers = ['key.deserializer', 'value.deserializer'].map((name) => [name, 'org.apache.kafka.common.serialization.StringDeserializer']);

function program(name, imports, settings, body, notes, more = {}) {
  return {
    text: `import java.util.*;
${imports.map((it) => `import ${it};`).join('\n')}

public class ${name} {
  public static void main(String[] args) throws Exception {
    Properties config = new Properties();
${indent(put(settings), 4)}

${indent(body, 4)}
  }
}
`,
    file: `${name}.java`, run: `java -cp 'kafka_2.13-4.0.0/libs/*' ${name}.java`, needs: 'kafka_2.13-4.0.0.tgz', notes, ...more,
  };
}

const CLIENTS = 'org.apache.kafka.clients';
const producing = [`${CLIENTS}.producer.*`];
const ending = (task) => (task.ending ? `note.${task.ending === 'close' ? 'java' : 'ending'}.${task.ending}` : '');
const text = (value) => (value === null || value === undefined ? 'null' : doubled(value));

export const java = {
  produce(task, at) {
    const partition = task.partition ?? null;
    const headers = Object.entries(task.headers || {}).map(([name, value]) => `record.headers().add(${doubled(name)}, ${doubled(value)}.getBytes(StandardCharsets.UTF_8));\n  `).join('');
    return program('Produce', [...(headers ? ['java.nio.charset.StandardCharsets'] : []), ...producing], [...boot(at), ...serializers, ['acks', 'all']],
      `try (Producer<String, String> producer = new KafkaProducer<>(config)) {
  ProducerRecord<String, String> record = new ProducerRecord<>(
      ${doubled(task.topic)},
      ${partition === null ? `(Integer) null,  // ${at.say('comment.by-key')}` : `${partition},`}
      ${text(task.key)},
      ${text(task.value)});
  ${headers}RecordMetadata written = producer.send(record).get();  // ${at.say('comment.get')}
  System.out.println(written);
}  // ${at.say('comment.java.close')}`, ['note.java.murmur2', task.value === null ? 'note.tombstone' : '']);
  },

  flow(task, at) {
    const { key: name, field, low, high } = task.about;
    const key = { none: '(String) null', few: `"${name}-" + (1 + dice.nextInt(8))`, many: `"${name}-" + (1 + dice.nextInt(1000))`, hot: `dice.nextInt(10) > 0 ? "${name}-1" : "${name}-2"` }[task.keys] ?? '(String) null';
    return program('FlowProducer', producing, [...boot(at), ...serializers, ['acks', task.acks], ['enable.idempotence', String(Boolean(task.idempotent))], ['linger.ms', String(task.linger_ms)]],
      `Random dice = new Random();
try (Producer<String, String> producer = new KafkaProducer<>(config)) {
  while (true) {
    String value = "{\\"${field}\\": " + (${low} + dice.nextInt(${high - low})) + "}";
    producer.send(new ProducerRecord<>(${doubled(task.topic)}, ${key}, value), (written, error) -> {
      System.out.println(error == null ? written.toString() : error.toString());
    });
    Thread.sleep((long) (1000 / ${Number(task.rate).toFixed(2)}));
  }
}`, [acks(task), task.keys === 'none' ? 'note.nokey' : hashed(task, 'note.java.murmur2'), ending(task)], { ends: false });
  },

  consume(task, at) {
    return program('GroupConsumer', ['java.time.Duration', `${CLIENTS}.consumer.*`], [
      ...boot(at), ...deserializers, ['group.id', task.group], ['auto.offset.reset', task.start_at], ['max.poll.records', String(task.max_poll_records)],
      ['partition.assignment.strategy', `${CLIENTS}.consumer.${ASSIGNORS[task.assignor] || 'RangeAssignor'}`],
    ], `try (Consumer<String, String> consumer = new KafkaConsumer<>(config)) {
  consumer.subscribe(List.of(${doubled(task.topic)}));
  while (true) {
    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
      System.out.println(record.topic() + "-" + record.partition() + " @ " + record.offset()
          + "  " + record.key() + ": " + record.value());
    }
    Thread.sleep(${task.ending === 'stall' ? `600_000);  // ${at.say('comment.stall')}` : `${task.poll_ms});  // ${at.say('comment.work')}`}
  }
}`, [task.start_at === 'earliest' ? 'note.earliest' : 'note.latest', 'note.assignor', ending(task)], { ends: false });
  },

  read: (task, at) => program('ReadOne', ['java.time.Duration', `${CLIENTS}.consumer.*`, 'org.apache.kafka.common.TopicPartition'], [...boot(at), ...deserializers, ['max.poll.records', '1']],
    `try (Consumer<String, String> consumer = new KafkaConsumer<>(config)) {
  TopicPartition partition = new TopicPartition(${doubled(task.topic)}, ${task.partition});
  consumer.assign(List.of(partition));  // ${at.say('comment.assign')}
  consumer.seek(partition, ${task.offset}L);
  for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(10))) {
    System.out.println(record);
  }
}`, ['note.read']),

  burst: (task, at) => program('Burst', producing, [...boot(at), ...serializers],
    `List<String> keys = List.of(${task.keys.map(doubled).join(', ')});
String value = ${doubled(task.value)};
try (Producer<String, String> producer = new KafkaProducer<>(config)) {
  for (int n = 1; n <= ${task.records}; n++) {
    String key = keys.isEmpty() ? null : keys.get((n - 1) % keys.size());
    String text = value.replace("{n}", "" + n).replace("{key}", key == null ? "" : key);
    producer.send(new ProducerRecord<>(${doubled(task.topic)}, key, text));
  }
}  // ${at.say('comment.java.close')}`, [task.keys.length ? 'note.java.murmur2' : 'note.nokey', task.keys.length ? 'note.burst' : '']),

  look: (task, at) => admin(at, 'Look', [], `DescribeClusterResult cluster = admin.describeCluster();
System.out.println(cluster.clusterId().get() + " " + cluster.nodes().get());
System.out.println(admin.listTopics().names().get());`, ['note.look']),

  describe_topic: (task, at) => admin(at, 'DescribeTopic', [], `System.out.println(admin.describeTopics(List.of(${doubled(task.topic)})).allTopicNames().get());`, ['note.describe']),

  create_topic(task, at) {
    const configs = Object.entries(task.configs);
    const more = configs.length ? `\n    .configs(Map.of(${configs.map(([name, value]) => `${doubled(name)}, ${doubled(value)}`).join(', ')}))` : '';
    return admin(at, 'CreateTopic', [], `NewTopic topic = new NewTopic(${doubled(task.topic)}, ${task.partitions}, (short) ${task.replication})${more};
admin.createTopics(List.of(topic)).all().get();  // ${at.say('comment.future')}`, ['note.future']);
  },

  add_partitions: (task, at) => admin(at, 'AddPartitions', [], `admin.createPartitions(Map.of(${doubled(task.topic)}, NewPartitions.increaseTo(${task.partitions}))).all().get();`, ['note.partitions']),

  move_replicas: (task, at) => admin(at, 'MoveReplicas', ['org.apache.kafka.common.TopicPartition'], `Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
${task.moves.map(({ partition, replicas }) => `moves.put(new TopicPartition(${doubled(task.topic)}, ${partition}),
    ${replicas ? `Optional.of(new NewPartitionReassignment(List.of(${replicas.join(', ')})))` : 'Optional.empty()'});`).join('\n')}
admin.alterPartitionReassignments(moves).all().get();`, ['note.move']),

  delete_topic: (task, at) => admin(at, 'DeleteTopic', [], `admin.deleteTopics(List.of(${doubled(task.topic)})).all().get();`, ['note.delete']),

  set_config: (task, at) => admin(at, 'SetConfig', ['org.apache.kafka.common.config.ConfigResource'], `ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, ${doubled(task.topic)});
Collection<AlterConfigOp> changes = List.of(
${Object.entries(task.configs).map(([name, value]) => `    new AlterConfigOp(new ConfigEntry(${doubled(name)}, ${doubled(value)}), AlterConfigOp.OpType.SET)`).join(',\n')});
admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();`, ['note.incremental']),

  describe_group: (task, at) => admin(at, 'DescribeGroup', [], `System.out.println(admin.describeConsumerGroups(List.of(${doubled(task.group)})).all().get());
System.out.println(admin.listConsumerGroupOffsets(${doubled(task.group)}).partitionsToOffsetAndMetadata().get());`, ['note.committed']),

  reset_offsets: (task, at) => (!SPECS[task.to] ? { why: 'none.reset' } : admin(at, 'ResetOffsets', [`${CLIENTS}.consumer.OffsetAndMetadata`, 'org.apache.kafka.common.TopicPartition'], `Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
admin.describeTopics(List.of(${doubled(task.topic)})).allTopicNames().get().get(${doubled(task.topic)}).partitions()
    .forEach(p -> asked.put(new TopicPartition(${doubled(task.topic)}, p.partition()), OffsetSpec.${SPECS[task.to]}()));
Map<TopicPartition, OffsetAndMetadata> to = new HashMap<>();
admin.listOffsets(asked).all().get().forEach((p, first) -> to.put(p, new OffsetAndMetadata(first.offset())));
admin.alterConsumerGroupOffsets(${doubled(task.group)}, to).all().get();`, ['note.reset'])),

  delete_group: (task, at) => admin(at, 'DeleteGroup', [], `admin.deleteConsumerGroups(List.of(${doubled(task.group)})).all().get();`, ['note.delete-group']),
  none: 'none.client',
};

function admin(at, name, imports, body, notes) {
  return program(name, [`${CLIENTS}.admin.*`, ...imports], boot(at), `try (Admin admin = Admin.create(config)) {\n${indent(body, 2)}\n}`, notes);
}
