/* JavaScript with kafkajs. It gives the broker no name of its software: the client id is all one sees of it. */
import { quoted } from '../quoting.js';
import { acks, ending, hashed } from './kcat.js';
import { SPECS } from './python.js';

const file = (name) => ({ file: `${name}.js`, run: `node ${name}.js`, needs: 'npm install kafkajs' });
const headersOf = (headers) => `{ ${Object.entries(headers).map(([name, text]) => `${quoted(name)}: ${quoted(text)}`).join(', ')} }`;
const ACKS = { all: -1, 0: 0, 1: 1 };

const head = (at, names) => `const { ${['Kafka', ...names].join(', ')} } = require('kafkajs')

const kafka = new Kafka({
  clientId: ${quoted(at.client)},
  brokers: [${quoted(at.bootstrap)}],
})
`;
const foot = `
main().catch((error) => {
  console.error(error)
  process.exit(1)
})
`;
const partitioner = 'createPartitioner: Partitioners.DefaultPartitioner';
const admin = (at, body, name, notes) => ({
  text: `${head(at, [])}const admin = kafka.admin()

async function main() {
  await admin.connect()
${body.split('\n').map((line) => (line ? `  ${line}` : line)).join('\n')}
  await admin.disconnect()
}
${foot}`,
  notes, ...file(name),
});

const LOW = { earliest: 'low', latest: 'high' };

export const kafkajs = {
  produce(task, at) {
    const fields = [
      task.key === null ? '' : `key: ${quoted(task.key)}`, `value: ${task.value === null ? 'null' : quoted(task.value)}`,
      Object.keys(task.headers || {}).length ? `headers: ${headersOf(task.headers)}` : '', task.partition === null || task.partition === undefined ? '' : `partition: ${task.partition}`,
    ].filter(Boolean).map((line) => `      ${line},`).join('\n');
    return {
      text: `${head(at, ['Partitioners'])}const producer = kafka.producer({
  ${partitioner},
})

async function main() {
  await producer.connect()
  const [written] = await producer.send({
    topic: ${quoted(task.topic)},
    acks: -1, // ${at.say('comment.acks.all')}
    messages: [{
${fields}
    }],
  })
  console.log(\`\${written.topicName}-\${written.partition} @ \${written.baseOffset}\`)
  await producer.disconnect()
}
${foot}`,
      notes: [task.key === null ? '' : 'note.kafkajs.murmur2', task.value === null ? 'note.tombstone' : ''], ...file('produce'),
    };
  },

  flow(task, at) {
    const { key: name, field, low, high } = task.about;
    const key = { none: 'null', few: `\`${name}-\${1 + n % 8}\``, many: `\`${name}-\${1 + (n * 7919) % 1000}\``, hot: `n % 10 ? '${name}-1' : '${name}-2'` }[task.keys] ?? 'null';
    return {
      text: `${head(at, ['Partitioners'])}const producer = kafka.producer({
  ${partitioner},${task.idempotent ? '\n  idempotent: true,' : ''}
})
const wait = (ms) => new Promise((done) => setTimeout(done, ms))

async function main() {
  await producer.connect()
  process.once('SIGINT', () => producer.disconnect().then(() => process.exit(0)))
  for (let n = 0; ; n += 1) {
    const value = JSON.stringify({ ${field}: ${low} + n % ${high - low} })
    await producer.send({
      topic: ${quoted(task.topic)},
      acks: ${ACKS[task.acks]},
      messages: [{ key: ${key}, value }],
    })
    await wait(1000 / ${task.rate})
  }
}
${foot}`,
      notes: [acks(task), task.keys === 'none' ? 'note.nokey' : hashed(task, 'note.kafkajs.murmur2'), ending(task)], ends: false, ...file('producer'),
    };
  },

  consume(task, at) {
    const group = `${task.group}-js`;
    return {
      text: `${head(at, [])}const consumer = kafka.consumer({ groupId: ${quoted(group)} })

async function main() {
  await consumer.connect()
  await consumer.subscribe({ topic: ${quoted(task.topic)}, fromBeginning: ${task.start_at === 'earliest'} })
  // ${at.say('comment.close')}
  process.once('SIGINT', () => consumer.disconnect().then(() => process.exit(0)))
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const where = \`\${topic}-\${partition} @ \${message.offset}\`
      console.log(\`\${where}  \${message.key ?? ''}: \${message.value ?? ''}\`)
    },
  })
}
${foot}`,
      notes: ['note.kafkajs.group', task.start_at === 'earliest' ? 'note.earliest' : 'note.latest', ending(task)], ends: false, ...file('consumer'),
    };
  },

  burst: (task, at) => ({
    text: `${head(at, ['Partitioners'])}const producer = kafka.producer({
  ${partitioner},
})
const keys = [${task.keys.map(quoted).join(', ')}]
const pattern = ${quoted(task.value)}

async function main() {
  await producer.connect()
  const messages = Array.from({ length: ${task.records} }, (_, n) => {
    const key = keys.length ? keys[n % keys.length] : null
    return { key, value: pattern.replaceAll('{n}', n + 1).replaceAll('{key}', key ?? '') }
  })
  console.log(await producer.send({ topic: ${quoted(task.topic)}, messages }))
  await producer.disconnect()
}
${foot}`,
    notes: [task.keys.length ? 'note.kafkajs.murmur2' : 'note.nokey', task.keys.length ? 'note.burst' : ''], ...file('burst'),
  }),

  read: (task, at) => ({
    text: `${head(at, [])}const consumer = kafka.consumer({ groupId: ${quoted(at.client)} })

async function main() {
  await consumer.connect()
  await consumer.subscribe({ topic: ${quoted(task.topic)} })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      if (partition !== ${task.partition} || message.offset !== '${task.offset}') return
      console.log(message.offset, String(message.key), String(message.value))
      setImmediate(() => consumer.disconnect().then(() => process.exit(0)))
    },
  })
  consumer.seek({ topic: ${quoted(task.topic)}, partition: ${task.partition}, offset: '${task.offset}' })
}
${foot}`,
    notes: ['note.kafkajs.seek'], ...file('read'),
  }),

  look: (task, at) => admin(at, 'console.log(await admin.describeCluster())\nconsole.log(await admin.listTopics())', 'look', ['note.look']),
  describe_topic: (task, at) => admin(at, `const { topics } = await admin.fetchTopicMetadata({ topics: [${quoted(task.topic)}] })
for (const p of topics[0].partitions) console.log(p.partitionId, 'leader', p.leader, 'replicas', p.replicas, 'isr', p.isr)`, 'describe_topic', ['note.describe']),
  create_topic(task, at) {
    const configs = Object.entries(task.configs).map(([name, value]) => `{ name: ${quoted(name)}, value: ${quoted(value)} }`);
    return admin(at, `const created = await admin.createTopics({
  topics: [{
    topic: ${quoted(task.topic)},
    numPartitions: ${task.partitions},
    replicationFactor: ${task.replication},${configs.length ? `\n    configEntries: [${configs.join(', ')}],` : ''}
  }],
})
console.log(created) // ${at.say('comment.kafkajs.created')}`, 'create_topic', []);
  },
  delete_topic: (task, at) => admin(at, `await admin.deleteTopics({ topics: [${quoted(task.topic)}] })`, 'delete_topic', ['note.delete']),
  set_config(task, at) {
    const entries = Object.entries(task.configs).map(([name, value]) => `{ name: ${quoted(name)}, value: ${quoted(value)} }`).join(', ');
    return admin(at, `await admin.alterConfigs({
  validateOnly: false,
  resources: [{ type: 2 /* TOPIC */, name: ${quoted(task.topic)}, configEntries: [${entries}] }],
})`, 'set_config', ['note.kafkajs.alter']);
  },
  describe_group: (task, at) => admin(at, `const { groups } = await admin.describeGroups([${quoted(task.group)}])
console.log(groups[0].state, groups[0].protocol, groups[0].members.map((m) => m.clientId))
for (const { topic, partitions } of await admin.fetchOffsets({ groupId: ${quoted(task.group)} })) {
  for (const { partition, offset } of partitions) console.log(\`\${topic}-\${partition}\`, offset)
}`, 'describe_group', ['note.committed']),
  add_partitions: (task, at) => admin(at, `await admin.createPartitions({ topicPartitions: [{ topic: ${quoted(task.topic)}, count: ${task.partitions} }] })`, 'add_partitions', ['note.partitions']),
  move_replicas(task, at) {
    if (task.moves.some((it) => it.replicas === null)) return { why: 'none.kafkajs.cancel' };
    const parts = task.moves.map(({ partition, replicas }) => `    { partition: ${partition}, replicas: [${replicas.join(', ')}] },`).join('\n');
    return admin(at, `await admin.alterPartitionReassignments({
  topics: [{ topic: ${quoted(task.topic)}, partitionAssignment: [
${parts}
  ] }],
})`, 'move_replicas', ['note.move']);
  },
  reset_offsets: (task, at) => (!SPECS[task.to] ? { why: 'none.reset' } : admin(at, `const ends = await admin.fetchTopicOffsets(${quoted(task.topic)})
const partitions = ends.map(({ partition, ${LOW[task.to]} }) => ({ partition, offset: ${LOW[task.to]} }))
await admin.setOffsets({ groupId: ${quoted(task.group)}, topic: ${quoted(task.topic)}, partitions })
console.log(partitions)`, 'reset_offsets', ['note.reset', 'note.kafkajs.reset'])),
  delete_group: (task, at) => admin(at, `await admin.deleteGroups([${quoted(task.group)}])`, 'delete_group', ['note.delete-group']),
  none: 'none.client',
};
