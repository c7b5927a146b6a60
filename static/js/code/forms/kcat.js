/* kcat: produces, consumes and lists, and nothing else. On librdkafka. */
import { broken, sh } from '../quoting.js';

const SEPARATOR = '\\036'; // a character nobody types: the record separator of ASCII
const KCAT_SEPARATOR = "'\\x1e'";
const to = (at, topic) => [`-b ${at.bootstrap}`, topic ? `-t ${sh(topic)}` : ''];
const set = (name, value) => `-X ${sh(`${name}=${value}`)}`;

export const kcat = {
  produce(task, at) {
    const { key, value, headers, partition } = task;
    if (!value && key === null) return { why: 'none.kcat.empty' };
    const inner = !value || value.includes('\n'); // a line is a record, unless another mark divides them
    const chosen = partition !== null && partition !== undefined;
    const command = [
      '| kcat -P', ...to(at, task.topic), set('client.id', at.client), value && key !== null ? `-k ${sh(key)}` : '',
      !value ? `-K ${KCAT_SEPARATOR}` : '', value === null ? '-Z' : '', value && inner ? `-D ${KCAT_SEPARATOR}` : '',
      ...Object.entries(headers || {}).map(([name, text]) => `-H ${sh(`${name}=${text}`)}`),
      chosen ? `-p ${partition}` : '', key !== null && !chosen ? set('partitioner', 'murmur2_random') : '',
    ];
    const said = value ? `printf %s ${sh(value)}` : `printf '%s${SEPARATOR}\\n' ${sh(key)}`;
    return {
      text: `${said} \\\n  ${broken(command)}`,
      notes: [key !== null && !chosen ? 'note.murmur2' : '', value === null ? 'note.kcat.tombstone' : '', value && inner ? 'note.kcat.lines' : ''],
    };
  },

  flow(task, at) {
    const keyed = task.keys !== 'none';
    const { key, field } = task.about;
    const print = keyed ? `printf '${key}-%s${SEPARATOR}{"${field}": %s}\\n' ${turns(task.keys)} $n` : `printf '{"${field}": %s}\\n' $n`;
    return {
      text: [
        'n=0', 'while n=$((n + 1)); do', `  ${print}`,
        `  sleep ${pause(task.rate)}`,
        `done | ${broken(['kcat -P', ...to(at, task.topic), keyed ? `-K ${KCAT_SEPARATOR}` : '', set('client.id', at.client), set('acks', task.acks), task.idempotent ? set('enable.idempotence', 'true') : '',
          task.linger_ms ? set('linger.ms', task.linger_ms) : '', keyed && task.partitioner !== 'crc32' ? set('partitioner', 'murmur2_random') : ''])}`,
      ].filter(Boolean).join('\n'),
      notes: [keyed ? hashed(task, 'note.murmur2') : '', acks(task), task.rate > 50 ? 'note.shell.rate' : '', ending(task)],
      ends: false,
    };
  },

  consume(task, at) {
    if (task.assignor === 'sticky') return { why: 'none.librdkafka.sticky' };
    return {
      text: broken([
        'kcat -u', ...to(at), `-G ${sh(task.group)}`, set('client.id', at.client), set('auto.offset.reset', task.start_at),
        set('partition.assignment.strategy', task.assignor), "-f '%t-%p @ %o  %k: %s\\n'", sh(task.topic),
      ]),
      notes: ['note.kcat.group', task.start_at === 'earliest' ? 'note.earliest' : 'note.latest', ending(task)],
      ends: false,
    };
  },

  read: (task, at) => ({ text: broken(['kcat -C', ...to(at, task.topic), `-p ${task.partition} -o ${task.offset} -c 1`, set('client.id', at.client), "-f '%k: %s\\n'"]), notes: ['note.read'] }),
  look: (task, at) => ({ text: broken(['kcat -L', ...to(at), set('client.id', at.client)]), notes: ['note.look'] }),
  describe_topic: (task, at) => ({ text: broken(['kcat -L', ...to(at, task.topic), set('client.id', at.client)]), notes: ['note.describe'] }),
  burst(task, at) {
    if (task.value.includes('\n') && !task.keys.length) return { why: 'none.scripts.newline' };
    const keyed = task.keys.length > 0;
    const lines = task.value.includes('\n');
    return {
      text: `${loop(task, SEPARATOR, lines ? '\\035' : '\\n')} | ${broken(['kcat -P', ...to(at, task.topic), keyed ? `-K ${KCAT_SEPARATOR}` : '', lines ? "-D '\\x1d'" : '', set('client.id', at.client), keyed ? set('partitioner', 'murmur2_random') : ''])}`,
      notes: [keyed ? 'note.murmur2' : 'note.nokey', keyed ? 'note.burst' : ''],
    };
  },
  none: 'none.kcat.admin',
};

/* A burst as a loop of the shell: keys in turn, and in the value {n} and {key} become what they stand for. */
export function loop({ records, keys, value }, separator, end = '\\n') {
  const format = value.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll(/\{(?:n|key)\}/g, '%s');
  const holes = [...value.matchAll(/\{(n|key)\}/g)].map(([, name]) => (name === 'n' ? '$n' : keys.length ? '"$key"' : "''"));
  const given = [...(keys.length ? ['"$key"'] : []), ...holes].join(' ');
  return [
    keys.length ? `set -- ${keys.map(sh).join(' ')}` : '', `for n in $(seq 1 ${records}); do`, keys.length ? '  key=$1; shift; set -- "$@" "$key"' : '',
    `  printf ${sh(`${keys.length ? `%s${separator}` : ''}${format}${end}`)} ${given}`.trimEnd(), 'done',
  ].filter(Boolean).join('\n');
}

/* Which key comes next, in the arithmetic of the shell. */
export const turns = (keys) => ({ many: '$((n * 7919 % 1000 + 1))', hot: '$((n % 10 ? 1 : n % 8 + 1))' })[keys] ?? '$((n * 7 % 8 + 1))';
/* What is said of the hash: of librdkafka's own, that the others have none such. */
export const hashed = (task, usual) => (task.partitioner !== 'crc32' ? usual : usual === 'note.murmur2' ? 'note.crc32' : 'note.crc32.none');
export const acks = (task) => `note.acks.${task.acks}`;
export const ending = (task) => (task.ending ? `note.ending.${task.ending}` : '');

/* Seconds between two records, as sleep takes them. */
export const pause = (rate) => String(Number((1 / rate).toPrecision(2)));
