/* The kafka-*.sh of a Kafka distribution; and what does to a cluster of containers (broker-1, broker-2...) what people do
 * here to brokers and links: nothing that could hurt the machine of somebody who tries it. On Riacho the HTTP form does
 * the same. */
import { broken, sh } from '../quoting.js';
import { acks, ending, loop, pause, turns } from './kcat.js';

const to = (at) => `--bootstrap-server ${at.bootstrap}`;
const ASSIGNORS = { range: 'RangeAssignor', roundrobin: 'RoundRobinAssignor', sticky: 'StickyAssignor', 'cooperative-sticky': 'CooperativeStickyAssignor' };
const print = (name) => `--property print.${name}=true`;
const tool = (name, at, parts, notes, more = {}) => ({ text: broken([`kafka-${name}.sh`, to(at), ...parts]), notes, ...more });
const config = (pairs) => Object.entries(pairs).map(([name, value]) => `--config ${sh(`${name}=${value}`)}`);
const server = (text, notes = []) => ({ text, notes: [...notes, 'note.real-cluster'], elsewhere: true });
const drop = (at, from) => `docker exec ${host(at)} iptables -A INPUT \\\n  -s ${host(from)} -j DROP`;
const host = (node) => (/^[BC]?\d+$/.test(String(node)) ? `broker-${String(node).replace(/^[BC]/, '')}` : String(node));

const toWhere = ({ to: where, offset, ms, at }) => ({ latest: '--to-latest', offset: `--to-offset ${offset}`, shift: `--shift-by ${offset}`, duration: `--by-duration PT${(ms ?? 0) / 1000}S`, datetime: `--to-datetime ${String(at ?? '').replace(/Z$/, '')}` })[where] ?? '--to-earliest';

export const scripts = {
  produce(task, at) {
    if (task.value?.includes('\n') || task.key?.includes('\n')) return { why: 'none.scripts.newline' };
    if (task.partition !== null && task.partition !== undefined) return { why: 'none.scripts.partition' };
    const headers = Object.entries(task.headers || {});
    const line = [headers.length ? headers.map(([name, text]) => `${name}:${text}`).join(',') : null, task.key, task.value ?? 'NULL'].filter((it) => it !== null);
    const pattern = line.map(() => '%s').join('\\t');
    return {
      text: `printf '${pattern}\\n' ${line.map(sh).join(' ')} \\\n  | ${broken([
        'kafka-console-producer.sh', to(at), `--topic ${sh(task.topic)}`, `--producer-property client.id=${at.client}`, task.key === null ? '' : '--property parse.key=true',
        headers.length ? '--property parse.headers=true' : '', task.value === null ? '--property null.marker=NULL' : '',
      ])}`,
      notes: [task.key === null ? '' : 'note.scripts.key', task.value === null ? 'note.tombstone' : ''],
    };
  },

  flow(task, at) {
    const keyed = task.keys !== 'none';
    const { key, field } = task.about;
    return {
      text: ['n=0', 'while n=$((n + 1)); do', keyed ? `  printf '${key}-%s\\t{"${field}": %s}\\n' ${turns(task.keys)} $n` : `  printf '{"${field}": %s}\\n' $n`, `  sleep ${pause(task.rate)}`,
        `done | ${broken(['kafka-console-producer.sh', to(at), `--topic ${sh(task.topic)}`, `--producer-property client.id=${at.client}`, `--producer-property acks=${task.acks}`,
          `--producer-property enable.idempotence=${Boolean(task.idempotent)}`, keyed ? '--property parse.key=true' : ''])}`].join('\n'),
      notes: [acks(task), 'note.scripts.perf', task.rate > 50 ? 'note.shell.rate' : '', ending(task)], ends: false,
    };
  },

  consume: (task, at) => tool('console-consumer', at, [
    `--topic ${sh(task.topic)}`, `--group ${sh(task.group)}`, task.start_at === 'earliest' ? '--from-beginning' : '', `--consumer-property client.id=${at.client}`,
    `--consumer-property partition.assignment.strategy=org.apache.kafka.clients.consumer.${ASSIGNORS[task.assignor] || 'RangeAssignor'}`,
    print('partition'), print('offset'), print('key'),
  ], [task.start_at === 'earliest' ? 'note.earliest' : 'note.latest', ending(task)], { ends: false }),

  read: (task, at) => tool('console-consumer', at, [`--topic ${sh(task.topic)}`, `--partition ${task.partition}`, `--offset ${task.offset}`, '--max-messages 1', print('key'), print('headers')], ['note.read']),
  burst(task, at) {
    if (task.value.includes('\n')) return { why: 'none.scripts.newline' };
    return {
      text: `${loop(task, '\\t')} | ${broken(['kafka-console-producer.sh', to(at), `--topic ${sh(task.topic)}`, `--producer-property client.id=${at.client}`, task.keys.length ? '--property parse.key=true' : ''])}`,
      notes: [task.keys.length ? 'note.burst' : 'note.nokey', 'note.scripts.perf'],
    };
  },
  look: (task, at) => ({ text: `${broken(['kafka-broker-api-versions.sh', to(at)])} \\\n  | grep -- '->'\n${broken(['kafka-topics.sh', to(at), '--list'])}`, notes: ['note.look'] }),
  describe_topic: (task, at) => tool('topics', at, ['--describe', `--topic ${sh(task.topic)}`], ['note.describe']),
  create_topic: (task, at) => tool('topics', at, ['--create', `--topic ${sh(task.topic)}`, `--partitions ${task.partitions}`, `--replication-factor ${task.replication}`, ...config(task.configs)], ['note.zookeeper']),
  add_partitions: (task, at) => tool('topics', at, ['--alter', `--topic ${sh(task.topic)}`, `--partitions ${task.partitions}`], ['note.partitions']),
  move_replicas(task, at) {
    const partitions = task.moves.map(({ partition, replicas }) => ({ topic: task.topic, partition, replicas: replicas ?? [] }));
    const called = task.moves.every((it) => it.replicas === null);
    const run = broken(['kafka-reassign-partitions.sh', to(at), '--reassignment-json-file moves.json', called ? '--cancel' : '--execute']);
    return { text: `printf %s ${sh(JSON.stringify({ version: 1, partitions }))} > moves.json\n${run}`, notes: called ? [] : ['note.move', 'note.move.verify'] };
  },
  delete_topic: (task, at) => tool('topics', at, ['--delete', `--topic ${sh(task.topic)}`], ['note.delete']),
  set_config: (task, at) => tool('configs', at, ['--alter', '--entity-type topics', `--entity-name ${sh(task.topic)}`, `--add-config ${sh(Object.entries(task.configs).map(([name, value]) => `${name}=${value}`).join(','))}`], ['note.incremental']),
  describe_group: (task, at) => tool('consumer-groups', at, ['--describe', `--group ${sh(task.group)}`], ['note.committed']),
  reset_offsets: (task, at) => tool('consumer-groups', at, [`--group ${sh(task.group)}`, `--topic ${sh(task.topic)}`, '--reset-offsets', toWhere(task), '--execute'], ['note.reset', 'note.scripts.dry']),
  delete_group: (task, at) => tool('consumer-groups', at, ['--delete', `--group ${sh(task.group)}`], ['note.delete-group']),

  stop_broker: (task) => server(`docker stop ${host(task.broker)}`, ['note.server.stop']),
  crash_broker: (task) => server(`docker kill ${host(task.broker)}`, ['note.server.kill']),
  start_broker: (task) => server(`docker start ${host(task.broker)}`, ['note.server.start']),
  pause_broker: (task) => server(`docker pause ${host(task.broker)}\nsleep ${(task.ms ?? 3000) / 1000}\ndocker unpause ${host(task.broker)}`, ['note.server.pause']),
  fill_disk: (task) => server(`docker exec ${host(task.broker)} sh -c \\\n  'dd if=/dev/zero of=/var/lib/kafka/full'`, ['note.server.full']),
  free_disk: (task) => server(`docker exec ${host(task.broker)} rm /var/lib/kafka/full`),
  cut_link: (task) => server([drop(task.target, task.source), task.both === false ? '' : drop(task.source, task.target)].filter(Boolean).join('\n'), ['note.server.cut']),
  delay_link: (task) => server(`docker exec ${host(task.source)} tc qdisc add \\\n  dev eth0 root netem delay ${task.ms ?? 200}ms`, ['note.server.delay']),
  isolate_broker: (task) => server(`docker network disconnect kafka ${host(task.broker)}`, ['note.server.isolate']),
  end_pause: (task) => server(`docker unpause ${host(task.node)}`, ['note.server.pause']),
  heal_links: (task) => server(task.node ? `docker network connect kafka ${host(task.node)}` : 'for broker in broker-1 broker-2 broker-3; do\n  docker network connect kafka $broker\ndone', ['note.server.heal']),
  reset_connections: (task) => server(`docker exec ${host(task.node)} ss -K dst ${host(task.other || 'broker-1')}`, ['note.server.reset']),
  none: 'none.scripts',
};
