/* Settings of clients: those that lose data, contradict each other, or are called otherwise. */
import { KNOWN, nearest, option, places, setting } from '../reading.js';

const at = ({ from, to }, put) => ({ from, to, ...(put === undefined ? {} : { put }) });
const one = (place, put, params = {}, tell = undefined) => (place ? { spans: [at(place, put)], params, tell } : null);
const ms = (place) => (place && /^[\d_]+L?$/.test(place.value) ? Number(place.value.replaceAll(/[_L]/g, '')) : null);
const kafkaPython = (text) => /\bKafka(?:Producer|Consumer)\s*\(|\bfrom kafka import/.test(text);
const confluent = (text) => /confluent_kafka|\b(?:Producer|Consumer|AdminClient)\(\s*\{/.test(text) && !kafkaPython(text);
const librdkafka = (text, kinds) => kinds.kcat || confluent(text);
const acksOf = (text) => setting(text, 'acks', 'request\\.required\\.acks') ?? option(text, '--request-required-acks');
const ALL = /^(?:all|-1)$/;
const CODECS = { gz: 'gzip', zip: 'gzip', zlib: 'gzip', zst: 'zstd', zstandard: 'zstd', lz: 'lz4', snap: 'snappy', 'none.': 'none' };

export const settings = [
  { id: 'acks-0', sort: 'warn', find: (text) => { const it = acksOf(text); return it?.value === '0' ? one(it, /^\d/.test(text.slice(it.from)) && !/['"]/.test(text[it.from - 1]) && /:\s*$/.test(text.slice(0, it.from)) ? '-1' : 'all') : null; } },
  { id: 'acks-1', sort: 'info', find: (text) => { const it = acksOf(text); return it?.value === '1' ? one(it) : null; } },
  {
    id: 'idempotence-acks', sort: 'error',
    find(text) {
      const [idempotent, acks] = [setting(text, 'enable.idempotence', 'idempotent'), acksOf(text)];
      return /^true$/i.test(idempotent?.value ?? '') && acks && !ALL.test(acks.value) ? one(idempotent, undefined, { acks: acks.value }) : null;
    },
  },
  {
    id: 'in-flight', sort: 'error',
    find(text) {
      const [flight, idempotent] = [setting(text, 'max.in.flight.requests.per.connection', 'max\\.in\\.flight', 'maxInFlightRequests'), setting(text, 'enable.idempotence', 'idempotent')];
      return /^true$/i.test(idempotent?.value ?? '') && ms(flight) > 5 ? one(flight, '5', { flight: ms(flight) }) : null;
    },
  },
  {
    id: 'group-id-missing', sort: 'error',
    find(text, kinds) {
      if (/InvalidGroupId|must provide a valid group\.id|group\.id must be set|configuration property "group\.id" needs/.test(text)) return { spans: places(text, /InvalidGroupId\w*|[^\n]*group\.id[^\n]*/).slice(0, 1).map((it) => at(it)), params: {} };
      const consumer = places(text, /\bnew KafkaConsumer\b|(?<!Kafka)\bConsumer\(\s*\{/)[0];
      if (!consumer || !/\.subscribe\(/.test(text) || setting(text, 'group.id', 'groupId')) return null;
      const brace = /\{$/.test(consumer.value) ? { from: consumer.to, to: consumer.to, put: " 'group.id': 'turma'," } : null;
      return { spans: [at(consumer), ...(brace ? [brace] : [])], params: {} };
    },
  },
  {
    id: 'reset-word', sort: 'error',
    find(text, kinds) {
      const it = setting(text, 'auto.offset.reset');
      const right = { smallest: 'earliest', beginning: 'earliest', first: 'earliest', start: 'earliest', oldest: 'earliest', largest: 'latest', end: 'latest', last: 'latest', newest: 'latest' }[it?.value.toLowerCase()];
      return right && !librdkafka(text, kinds) ? one(it, right, { wrong: it.value, right }) : null;
    },
  },
  {
    id: 'no-commit', sort: 'warn',
    find(text, kinds) {
      const it = setting(text, 'enable.auto.commit', 'autoCommit');
      return kinds.code && /^false$/i.test(it?.value ?? '') && !/commit(?:Sync|Async|Offsets|OffsetsIfNecessary)?\s*\(/i.test(text) && /subscribe|eachMessage|\.poll\(/.test(text) ? one(it) : null;
    },
  },
  {
    id: 'heartbeat-session', sort: 'error',
    find(text) {
      const [beat, session] = [setting(text, 'heartbeat.interval.ms', 'heartbeatInterval'), setting(text, 'session.timeout.ms', 'sessionTimeout')];
      return ms(beat) && ms(session) && ms(beat) * 3 > ms(session) ? one(beat, String(Math.floor(ms(session) / 3)), { beat: ms(beat), session: ms(session) }) : null;
    },
  },
  {
    id: 'session-short', sort: 'warn',
    find(text) {
      const it = setting(text, 'session.timeout.ms', 'sessionTimeout');
      return ms(it) !== null && it && ms(it) < 6000 ? one(it, '6000', { session: ms(it) }) : null;
    },
  },
  {
    id: 'poll-interval-short', sort: 'error',
    find(text) {
      const [poll, session] = [setting(text, 'max.poll.interval.ms'), setting(text, 'session.timeout.ms')];
      const least = ms(session) ?? 45_000;
      return ms(poll) && ms(poll) < least ? one(poll, '300000', { poll: ms(poll), session: least }) : null;
    },
  },
  {
    id: 'delivery-timeout', sort: 'error',
    find(text) {
      const [delivery, linger, request] = ['delivery.timeout.ms', 'linger.ms', 'request.timeout.ms'].map((name) => setting(text, name));
      const least = (ms(linger) ?? 0) + (ms(request) ?? 30_000);
      return ms(delivery) && ms(delivery) < least ? one(delivery, String(least), { delivery: ms(delivery), least }) : null;
    },
  },
  {
    id: 'compression-word', sort: 'error',
    find(text) {
      const it = setting(text, 'compression.type', 'compression\\.codec') ?? option(text, '--compression-codec');
      const right = CODECS[it?.value.toLowerCase()];
      return right ? one(it, right, { wrong: it.value, right }) : null;
    },
  },
  {
    id: 'cleanup-word', sort: 'error',
    find(text) {
      const it = setting(text, 'cleanup.policy');
      const right = { compacted: 'compact', compaction: 'compact', compacting: 'compact', deleted: 'delete', remove: 'delete' }[it?.value.toLowerCase()];
      return right ? one(it, right, { wrong: it.value, right }) : null;
    },
  },
  {
    id: 'retention-seconds', sort: 'warn',
    find: (text) => { const it = setting(text, 'retention.ms'); return ms(it) !== null && it && ms(it) > 0 && ms(it) < 1000 ? one(it, String(ms(it) * 86_400_000), { retention: ms(it) }) : null; },
  },
  {
    id: 'sticky-librdkafka', sort: 'error',
    find(text, kinds) {
      const it = setting(text, 'partition.assignment.strategy');
      return it?.value === 'sticky' && librdkafka(text, kinds) ? one(it, 'cooperative-sticky') : null;
    },
  },
  {
    id: 'serializer-swapped', sort: 'error',
    find(text) {
      const wrong = [...places(text, /(?:(?:key|value)[._]serializer|(?:KEY|VALUE)_SERIALIZER_CLASS_CONFIG)["']?\s*[=:,]\s*["']?[\w.]*?(Deserializer)/i, 1).map((it) => at(it, 'Serializer')),
        ...places(text, /(?:(?:key|value)[._]deserializer|(?:KEY|VALUE)_DESERIALIZER_CLASS_CONFIG)["']?\s*[=:,]\s*["']?[\w.]*?(?<!De)(Serializer)/i, 1).map((it) => at(it, 'Deserializer'))];
      return wrong.length ? { spans: wrong } : null;
    },
  },
  {
    id: 'serializer-missing', sort: 'error',
    find(text) {
      const error = places(text, /Missing required configuration "?(?:key|value)\.(?:de)?serializer"?[^\n]*/)[0];
      if (error) return one(error, undefined, { what: /deserializer/.test(error.value) ? 'StringDeserializer' : 'StringSerializer' });
      const made = places(text, /\bnew Kafka(?:Producer|Consumer)\b/)[0];
      const what = made && (made.value.endsWith('Producer') ? 'serializer' : 'deserializer');
      return made && !new RegExp(what, 'i').test(text) && /bootstrap/i.test(text) ? one(made, undefined, { what: what === 'serializer' ? 'StringSerializer' : 'StringDeserializer' }) : null;
    },
  },
  {
    id: 'security', sort: 'error',
    find(text, kinds) {
      const it = setting(text, 'security.protocol');
      if (it && /^(?:SSL|SASL_SSL|SASL_PLAINTEXT)$/i.test(it.value)) return one(it, 'PLAINTEXT', { protocol: it.value });
      const js = kinds.js ? places(text, /\bssl\s*:\s*(true)/, 1)[0] : null;
      return js ? one(js, 'false', { protocol: 'ssl: true' }) : null;
    },
  },
  {
    id: 'transactions', sort: 'warn',
    find: (text) => one(places(text, /transactional[._]?id\b|transactionalId\b|TRANSACTIONAL_ID_CONFIG/i)[0]),
  },
  {
    id: 'new-group-protocol', sort: 'error',
    find(text) {
      const it = setting(text, 'group.protocol');
      if (/^consumer$/i.test(it?.value ?? '')) return one(it, 'classic');
      return one(places(text, /does not support the new CONSUMER group protocol/)[0]);
    },
  },
  {
    id: 'crc32', sort: 'info',
    find(text, kinds) {
      if (setting(text, 'partitioner') || setting(text, 'partitioner.class')) return null;
      const kcat = kinds.kcat && /\s-P\b/.test(text) && !option(text, '-p') ? places(text, /(?<=\s)-[kK]\s*\S+/)[0] : null;
      if (kcat) return { spans: [at(kcat), { from: kcat.to, to: kcat.to, put: ' -X partitioner=murmur2_random' }], params: { kcat: true } };
      const python = confluent(text) ? places(text, /(?<![A-Za-z])Producer\(\s*\{/)[0] : null;
      return python && /\bkey\s*=/.test(text) ? { spans: [at(python), { from: python.to, to: python.to, put: "'partitioner': 'murmur2_random', " }], params: { kcat: false } } : null;
    },
  },
  {
    id: 'no-flush', sort: 'error',
    find(text, kinds) {
      if (!kinds.python || kinds.trace && /Traceback/.test(text)) return null;
      const call = places(text, /^[ \t]*(\w+)\.(?:produce|send)\([^\n]*$/m).at(-1);
      if (!call || /\.(?:flush|close)\(|\.get\(|while True|with /.test(text)) return null;
      const end = text.trimEnd().length;
      return { spans: [at(call), { from: end, to: end, put: `\n${call.found[1]}.flush()` }], params: { name: call.found[1] } };
    },
  },
  {
    id: 'underscore', sort: 'error', // confluent-kafka has dots
    find(text) {
      if (!confluent(text)) return null;
      const wrong = places(text, /["']([a-z]+(?:_[a-z]+)+)["']\s*:/, 1).filter((it) => KNOWN.includes(it.value.replaceAll('_', '.')));
      return wrong.length ? { spans: wrong.map((it) => at(it, it.value.replaceAll('_', '.'))), params: { wrong: wrong[0].value, right: wrong[0].value.replaceAll('_', '.') } } : null;
    },
  },
  {
    id: 'setting-misspelt', sort: 'error',
    find(text) {
      const wrong = places(text, /(?<![\w./-])([a-z]+(?:[.-][a-z]+)+)(?=["']?\s*[=:,]\s*["'\w])/, 1).map((it) => ({ ...it, near: KNOWN.includes(it.value) ? '' : nearest(it.value, KNOWN) })).filter((it) => it.near && it.value.length > 5 && !TOPIC_SETTINGS.has(it.value));
      return wrong.length ? { spans: wrong.map((it) => at(it, it.near)), params: { wrong: wrong[0].value, right: wrong[0].near } } : null;
    },
  },
];

/* Near to a client's setting, and a right one all the same. */
const TOPIC_SETTINGS = new Set(['compression.codec', 'message.max.bytes', 'fetch.wait.max.ms', 'segment.ms', 'flush.ms', 'retention.ms', 'partitioner.type', 'sasl.mechanisms', 'retry.backoff.max.ms', 'reconnect.backoff.max.ms', 'batch.num.messages', 'sasl.oauthbearer.config', 'replica.fetch.max.bytes', 'fetch.max.wait.ms', 'ssl.key.location', 'ssl.keystore.location', 'ssl.keystore.password', 'client.name']);
