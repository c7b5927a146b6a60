/* From a command of Riacho to the task a programmer has: many commands are one task. "More consumers", "a consumer
 * polls again" and "it polls more slowly" are all a consumer's program with other settings.
 *
 * task: {act, ...}; ending, if it was an end: how a program like that comes to it (close, kill, stall, freeze, restart). */

import { streamRecipes, streamTask } from './aws_tasks.js';

export const KAFKA_ACTS = [
  'produce', 'burst', 'flow', 'consume', 'read', 'create_topic', 'delete_topic', 'describe_topic', 'set_config',
  'add_partitions', 'move_replicas', 'describe_group', 'reset_offsets', 'delete_group', 'look',
];

/* What a producer's records are about, boiled down to one field: {key: how keys begin, field, low, high}. */
const ABOUT = {
  purchases: { key: 'cliente', field: 'valor', low: 5, high: 90 }, temperatures: { key: 'sensor', field: 'celsius', low: 18, high: 31 },
  monitors: { key: 'leito', field: 'bpm', low: 55, high: 120 }, ticks: { key: 'ativo', field: 'preco', low: 10, high: 99 },
  clicks: { key: 'visitante', field: 'pagina', low: 1, high: 30 },
};

const FLOW = { partitioner: 'murmur2', rate: 1, acks: 'all', keys: 'few', idempotent: true, linger_ms: 0 };
const CONSUME = { assignor: 'range', poll_ms: 1000, max_poll_records: 500, start_at: 'earliest' };

/* state: the cluster when the command was given, which knows what the command leaves unsaid. */
export function taskOf(command, state) {
  const { do: what, ...given } = command;
  const more = Object.fromEntries(Object.entries(given).filter(([name, value]) => name !== 'id' && (value !== null || name === 'value')));
  const producer = () => state?.producers?.find((it) => it.id === more.producer) || {};
  const reader = () => {
    for (const group of state?.groups || []) {
      const member = group.members.find((it) => it.id === more.consumer);
      if (member) return { group, member };
    }
    return { group: state?.groups?.find((it) => it.id === more.group), member: null };
  };
  switch (what) {
    case 'produce': return { act: 'produce', topic: more.topic, key: more.key ?? null, value: more.value ?? null, headers: more.headers || {}, partition: more.partition ?? null };
    case 'create_topic': return {
      act: 'create_topic', topic: more.topic, partitions: more.partitions ?? 3, replication: more.replication ?? 3,
      configs: { ...(more.min_insync_replicas > 1 ? { 'min.insync.replicas': String(more.min_insync_replicas) } : {}), ...more.configs },
    };
    case 'delete_topic': return { act: 'delete_topic', topic: more.topic };
    case 'set_topic': return { act: 'set_config', topic: more.topic, configs: more.configs || {} };
    case 'burst': return { act: 'burst', topic: more.topic, value: more.value ?? '{n}', records: more.records ?? 10, keys: more.keys || [] };
    case 'add_producer': case 'set_producer': case 'start_producer': return flow({ ...producer(), ...more });
    case 'stop_producer': case 'remove_producer': return { ...flow({ ...producer(), ...more }), ending: 'close' };
    case 'add_group': case 'add_consumer': case 'set_consumer': case 'start_consumer': return consume(more, reader());
    case 'restart_producer': return { ...flow({ ...producer(), ...more }), ending: 'restart' };
    case 'move_replicas': return moving(more, state);
    case 'reset_offsets': {
      const topic = more.topic ?? Object.keys(reader().group?.committed || {})[0] ?? 'FIAP';
      return { act: 'reset_offsets', to: 'earliest', ...more, topic };
    }
    case 'remove_consumer': case 'remove_group': return { ...consume(more, reader()), ending: 'close' };
    case 'crash_consumer': return { ...consume(more, reader()), ending: 'kill' };
    case 'stop_consumer': return { ...consume(more, reader()), ending: 'stall' };
    case 'pause_consumer': return { ...consume(more, reader()), ending: 'freeze' };
    case 'pause': case 'resume': case 'step': case 'speed': return { act: 'time' };
    default: return streamTask(what, more, state) ?? { act: what, ...more };
  }
}

/* Each partition with its new brokers: without a partition all of the topic, each beginning with the next broker. */
function moving({ topic, partition, replicas }, state) {
  const all = state?.topics?.find((it) => it.name === topic)?.partitions.map((p) => p.id) ?? [];
  const numbers = partition !== undefined ? [partition] : all.length ? all : [0];
  const from = (turn) => [...replicas.slice(turn), ...replicas.slice(0, turn)];
  return { act: 'move_replicas', topic, moves: numbers.map((number, i) => ({ partition: number, replicas: replicas ? from(i % replicas.length) : null })) };
}

function flow(given) {
  const of = (name) => given[name] ?? FLOW[name];
  return { act: 'flow', topic: given.topic || 'FIAP', rate: of('rate'), acks: String(of('acks')), keys: of('keys'), idempotent: String(of('acks')) === 'all' && of('idempotent'), linger_ms: of('linger_ms'), partitioner: of('partitioner') || FLOW.partitioner, about: ABOUT[given.source] || ABOUT.purchases };
}

function consume(given, { group, member }) {
  const one = member || group?.members[0];
  const known = {
    group: given.group || group?.id || 'turma', topic: given.topic || one?.topics?.[0] || Object.keys(group?.committed || {})[0] || 'FIAP',
    assignor: given.assignor || group?.protocol || CONSUME.assignor, poll_ms: given.poll_ms ?? one?.poll_ms ?? CONSUME.poll_ms,
  };
  return { act: 'consume', ...known, max_poll_records: given.max_poll_records ?? CONSUME.max_poll_records, start_at: given.start_at || CONSUME.start_at };
}

/* What can be done with what was chosen, beside what was done: [{act, ...}]. */
export function recipes(chosen, state) {
  const topics = state.topics.filter((it) => !it.internal).map((it) => it.name);
  const topic = topics.includes(chosen?.topic) ? chosen.topic : topics[0];
  const groups = state.groups.map((it) => it.id);
  const wanted = chosen?.kind === 'group' ? chosen.id : chosen?.group;
  const group = groups.includes(wanted) ? wanted : groups[0];
  const read = group && state.groups.find((it) => it.id === group);
  const of = (read && (Object.keys(read.committed || {})[0] || read.members.flatMap((it) => it.topics || [])[0])) || topic;
  return [
    ...streamRecipes(chosen, state),
    topic && { act: 'produce', topic, key: 'cliente-5', value: '{"produto": "café"}', headers: {}, partition: null },
    topic && consume({ group: 'turma', topic }, {}),
    chosen?.kind === 'record' && topic && { act: 'read', topic, partition: chosen.partition, offset: chosen.offset },
    { act: 'look' },
    topic && { act: 'describe_topic', topic },
    topic && { act: 'set_config', topic, configs: { 'retention.ms': '60000' } },
    group && { act: 'describe_group', group },
    group && { act: 'reset_offsets', group, topic: of, to: 'earliest' },
    topic && { act: 'add_partitions', topic, partitions: Math.max(2, state.topics.find((it) => it.name === topic).partitions.length + 1) },
    { act: 'create_topic', topic: 'pedidos-novos', partitions: 3, replication: Math.min(3, state.brokers.length), configs: {} },
  ].filter(Boolean);
}
