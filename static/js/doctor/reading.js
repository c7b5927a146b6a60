/* How the doctor reads what was pasted: what sort of text it is, and where in it settings, options and addresses stand.
 * All pure functions of the text. A place is {from, to, value}: text.slice(from, to) is the value. */

const TOOL = String.raw`(?:kcat|kafkacat|(?:\S*[/\\])?kafka-[a-z-]+(?:\.sh|\.bat)?|kafka_[a-z_]+)`;
const START = String.raw`(?:^|\n|\||&&|;|\bexec\s+(?:-\w+\s+)*\S+)[ \t]*(?:[$>%#][ \t]+)?(?:sudo[ \t]+)?`;

/* {command, kcat, script, code, python, java, js, config, trace, json}: several may be true. */
export function kindsOf(text) {
  const command = new RegExp(`${START}(?:${TOOL}|docker|curl|aws|printf|echo|java|python3?|node|npm|pip3?)\\b`, 'i').test(text);
  const kcat = /(?:^|[\s|/])(?:kcat|kafkacat)\b/.test(text);
  const script = /\bkafka-[a-z]+(?:-[a-z]+)*(?:\.sh|\.bat)\b|\bkafka-(?:topics|configs|console-(?:producer|consumer)|consumer-groups|producer-perf-test)\b/.test(text);
  const js = /kafkajs|new Kafka\(|kafka\.(?:producer|consumer|admin)\(/.test(text);
  const python = !js && /confluent_kafka|\bKafka(?:Producer|Consumer)\([a-z_]+\s*=|^\s*from \w+ import|\b(?:Producer|Consumer|AdminClient)\(\s*\{|^import \w+$/m.test(text);
  const java = /\bnew (?:KafkaProducer|KafkaConsumer|ProducerRecord|Properties)\b|org\.apache\.kafka\.(?!common\.errors)|\.put\(/.test(text);
  const config = KNOWN.some((name) => text.includes(name) && new RegExp(`${escaped(name)}["']?\\s*[=:,]`).test(text)) || /^\s*[a-z]+(?:\.[a-z]+)+\s*=\s*\S/m.test(text);
  const trace = /\b[A-Z][A-Za-z]+(?:Exception|Error)\b|Traceback|^\s+at \S+\(|%\d\|\d+\.\d+\||\b(?:ERROR|WARN|FATAL)\b|\b[A-Z]+(?:_[A-Z]+){1,}\b|refused|not found|could not be established|timed? ?out|KafkaJS\w*|_ALL_BROKERS_DOWN|Error while/i.test(text);
  const json = /^\s*[[{]/.test(text);
  return { command: command || kcat || script, kcat, script, code: js || python || java, python, java, js, config, trace, json, typed: command || kcat || script || js || python || java || config || json };
}

export const KNOWN = [
  'acks', 'auto.offset.reset', 'bootstrap.servers', 'client.id', 'compression.type', 'delivery.timeout.ms', 'enable.auto.commit', 'auto.commit.interval.ms',
  'enable.idempotence', 'fetch.max.bytes', 'fetch.min.bytes', 'group.id', 'group.instance.id', 'group.protocol', 'heartbeat.interval.ms', 'isolation.level', 'key.deserializer',
  'key.serializer', 'linger.ms', 'batch.size', 'max.in.flight.requests.per.connection', 'max.poll.interval.ms', 'max.poll.records', 'message.timeout.ms', 'metadata.broker.list',
  'partition.assignment.strategy', 'partitioner.class', 'partitioner', 'request.timeout.ms', 'retries', 'sasl.jaas.config', 'sasl.mechanism', 'sasl.mechanisms', 'sasl.password', 'sasl.username',
  'security.protocol', 'session.timeout.ms', 'transactional.id', 'value.deserializer', 'value.serializer', 'max.request.size', 'buffer.memory', 'log_level', 'allow.auto.create.topics', 'statistics.interval.ms',
  'socket.timeout.ms', 'queue.buffering.max.ms', 'reconnect.backoff.ms', 'default.api.timeout.ms', 'max.block.ms', 'retry.backoff.ms', 'client.rack', 'ssl.truststore.location', 'ssl.truststore.password', 'ssl.ca.location', 'enable.partition.eof',
];

export const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/* All matches of a pattern with the flags gd; group: which of its groups is the place. */
export function places(text, pattern, group = 0) {
  const out = [];
  for (const found of text.matchAll(new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gd]/g, '')}gd`))) {
    const [from, to] = found.indices[group] ?? [];
    if (from !== undefined) out.push({ from, to, value: text.slice(from, to), found });
  }
  return out;
}

/* Where a setting's value stands: name=value, 'name': 'value', "name", "value", name_='value', NAME_CONFIG, "value".
 * more: other names it goes by, such as kafkajs's. The last wins, as in most programs. */
export function setting(text, name, ...more) {
  const names = [escaped(name), escaped(name.replaceAll('.', '_')), `${escaped(name.replaceAll('.', '_').toUpperCase())}_CONFIG`, ...more].join('|');
  return places(text, new RegExp(`(?<![\\w.])(?:\\w+Config\\.)?(?:${names})["']?\\s*(?:[=:,]|(?<=_CONFIG),)\\s*(?:["'](?<q>[^"'\\n]*)["']|(?<v>[^\\s"',;(){}\\[\\]]+))`))
    .map(({ found }) => {
      const [from, to] = found.indices.groups.q ?? found.indices.groups.v;
      return { from, to, value: text.slice(from, to), whole: { from: found.index, to: found.index + found[0].length } };
    }).at(-1) ?? null;
}

/* Every place that says where the brokers are. */
export function bootstraps(text) {
  const kcat = /\b(?:kcat|kafkacat)\b/.test(text) ? String.raw`(?<=^|\s)-b[ =]?|` : '';
  const pattern = new RegExp(`(?:${kcat}--(?:bootstrap-servers?|broker-list|brokers?)(?:\\s+|=)|(?:bootstrap[._-]servers?(?:_config)?|metadata\\.broker\\.list)["']?\\s*[=:,]\\s*|\\bbrokers\\s*[:=]\\s*)(?<list>\\[?)\\s*["'\`]?(?<value>(?!-)[^\\s"'\`\\])}]+)`, 'i');
  return places(text, pattern).map(({ found }) => {
    const [from, end] = found.indices.groups.value;
    const closed = found.groups.list ? text.indexOf(']', end) : -1;
    const to = closed < 0 ? end : from + text.slice(from, closed).replace(/["'`,\s]+$/, '').length;
    return { from, to, value: text.slice(from, to) };
  }).filter(({ value }) => !/^[$<{]/.test(value) && !/^[A-Z_]+$/.test(value));
}

/* Addresses of one bootstrap value: [{from, to, value, scheme, host, port}]. */
export function addresses({ from, value }) {
  return places(value, /[^\s,;"'`]+/).map((it) => {
    const [, scheme = '', rest] = /^([A-Za-z_]+:\/\/)?(.*)$/.exec(it.value);
    const [, host, port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(rest);
    return { from: from + it.from, to: from + it.to, value: it.value, scheme, host, port };
  });
}

export const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0)$/i;

/* The value of an option of the command line: --topic pedidos, -t pedidos, --topic=pedidos. */
export function option(text, ...names) {
  return places(text, new RegExp(`(?<=^|\\s)(?:${names.map(escaped).join('|')})(?:\\s+|=)(?:"(?<d>[^"\\n]*)"|'(?<s>[^'\\n]*)'|(?<v>[^\\s"'\\\\-][^\\s"']*))`))
    .map(({ found }) => {
      const [from, to] = found.indices.groups.d ?? found.indices.groups.s ?? found.indices.groups.v;
      return { from, to, value: text.slice(from, to), whole: { from: found.index, to: found.index + found[0].length } };
    }).at(-1) ?? null;
}

export const flag = (text, name) => new RegExp(`(?<=^|\\s)${escaped(name)}(?=[\\s=]|$)`).test(text);

/* How many letters to change, at most limit. */
export function distance(a, b, limit = 3) {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

/* The one among names that was probably meant; "" if none is near. */
export function nearest(name, names) {
  const small = name.toLowerCase();
  const limit = small.length < 5 ? 1 : 2;
  const near = names.map((it) => [distance(small, it.toLowerCase(), limit), it]).filter(([far]) => far <= limit).sort(([a], [b]) => a - b);
  return near[0]?.[1] ?? '';
}
