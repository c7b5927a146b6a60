/* Options of kcat and of the kafka-*.sh, and the names they are given. */
import { flag, nearest, option, places } from '../reading.js';

const at = ({ from, to }, put) => ({ from, to, ...(put === undefined ? {} : { put }) });
const one = (place, put, params = {}, tell = undefined) => (place ? { spans: [at(place, put)], params, tell } : null);
const SCRIPT_OPTIONS = [
  '--bootstrap-server', '--topic', '--partitions', '--replication-factor', '--create', '--delete', '--describe', '--list', '--alter', '--config', '--group', '--from-beginning', '--property', '--producer-property',
  '--consumer-property', '--offset', '--partition', '--max-messages', '--reset-offsets', '--to-earliest', '--to-latest', '--execute', '--all-topics', '--all-groups', '--dry-run', '--entity-type', '--entity-name', '--add-config', '--delete-config',
];
/* Others there are, so that none is taken for a slip. */
const OTHERS = new Set(`--offsets --members --state --states --verbose --timeout --timeout-ms --command-config --producer.config --consumer.config --whitelist --include --formatter --if-not-exists --if-exists
  --exclude-internal --help --version --to-offset --to-datetime --shift-by --by-duration --from-file --to-current --entity-default --all --num-records --throughput --record-size --producer-props --print-metrics
  --line-reader --compression-codec --sync --skip-message-on-error --key-deserializer --value-deserializer --isolation-level --export --bootstrap-controller --reader-property --command-property --formatter-property
  --offset-json-file --delete-offsets --topic-id --topics-with-overrides --under-replicated-partitions --zookeeper --broker-list --request-required-acks --messages --node-id --process-role --topics-to-move-json-file`.split(/\s+/));
const ENTITY = { topic: 'topics', broker: 'brokers', client: 'clients', user: 'users', group: 'groups' };
const topicIn = (text, kinds) => option(text, '--topic', ...(kinds.kcat ? ['-t'] : []));

export const options = [
  {
    id: 'option-misspelt', sort: 'error',
    find(text, kinds) {
      if (!kinds.script) return null;
      const wrong = places(text, /(?<=\s)--[a-z][a-z-]+(?=[\s=]|$)/).map((it) => ({ ...it, near: SCRIPT_OPTIONS.includes(it.value) || OTHERS.has(it.value) ? '' : nearest(it.value, SCRIPT_OPTIONS) }))
        .filter((it) => it.near);
      return wrong.length ? { spans: wrong.map((it) => at(it, it.near)), params: { wrong: wrong[0].value, right: wrong[0].near } } : null;
    },
  },
  {
    id: 'single-dash', sort: 'error', // -topic pedidos
    find(text, kinds) {
      if (!kinds.script) return null;
      const wrong = places(text, /(?<=\s)-[a-z][a-z-]{3,}(?=[\s=]|$)/).filter((it) => SCRIPT_OPTIONS.includes(`-${it.value}`));
      return wrong.length ? { spans: wrong.map((it) => at(it, `-${it.value}`)), params: { wrong: wrong[0].value } } : null;
    },
  },
  {
    id: 'kafkacat', sort: 'info',
    find: (text) => one(places(text, /(?<=^|[\s|/])kafkacat(?=\s)/)[0], 'kcat'),
  },
  {
    id: 'kcat-group-topic', sort: 'error',
    find(text, kinds) {
      const topic = kinds.kcat && /\s-G\s*\S/.test(text) ? option(text, '-t') : null;
      return topic && one(topic.whole, topic.value, { topic: topic.value });
    },
  },
  {
    id: 'kcat-group-alone', sort: 'error',
    find(text, kinds, here) {
      if (!kinds.kcat || option(text, '-t')) return null;
      const place = places(text, /(?<=\s)-G\s+([\w.-]+)\s*$/, 1)[0] ?? places(text, /(?<=\s)-G\s+([\w.-]+)(?=(?:\s+-[bXfcDK]\s+\S+|\s+-[eqZJu])+\s*$)/, 1)[0];
      if (!place) return null;
      const topic = here.topics[0] ?? 'pedidos';
      const end = text.trimEnd().length;
      return { spans: [{ from: place.from, to: place.to }, { from: end, to: end, put: ` ${topic}` }], params: { group: place.value, topic } };
    },
  },
  {
    id: 'kcat-key-not-read', sort: 'warn', // -k at a consumer, or keys in the text without -K
    find(text, kinds) {
      if (!kinds.kcat || !/\s-P\b/.test(text) || /\s-[Kk]\s*\S/.test(text)) return null;
      const place = places(text, /(?:echo|printf)\s+(?:-e\s+)?["']?([\w-]+:)(?=[{"'\w])(?!\/\/)/, 1)[0];
      return place ? { spans: [at(place), ...places(text, /\s-P\b/).slice(0, 1).map(({ to }) => ({ from: to, to, put: ' -K:' }))], params: { key: place.value.slice(0, -1) } } : null;
    },
  },
  {
    id: 'console-key-not-read', sort: 'warn',
    find(text) {
      const place = places(text, /(?<=\s)--(?:property|reader-property)\s+key\.separator=\S+/)[0];
      return place && !/parse\.key=true/.test(text) && /console-producer/.test(text) ? one(place, `${place.value} --property parse.key=true`) : null;
    },
  },
  {
    id: 'offset-without-partition', sort: 'error',
    find(text) {
      const place = /console-consumer/.test(text) && !flag(text, '--partition') ? option(text, '--offset') : null;
      return place && one({ from: place.whole.from, to: place.to }, `--partition 0 ${text.slice(place.whole.from, place.to)}`);
    },
  },
  {
    id: 'from-beginning-in-group', sort: 'warn',
    find(text) {
      if (!/console-consumer/.test(text) || !option(text, '--group')) return null;
      return one(places(text, /(?<=\s)--from-beginning\b/)[0], undefined, { group: option(text, '--group').value });
    },
  },
  {
    id: 'reset-without-execute', sort: 'warn',
    find(text) {
      const place = places(text, /(?<=\s)--reset-offsets\b/)[0];
      return place && !/--(?:execute|export|dry-run)\b/.test(text) ? one(place, '--reset-offsets --execute') : null;
    },
  },
  {
    id: 'reset-without-topic', sort: 'error',
    find(text) {
      const place = places(text, /(?<=\s)--reset-offsets\b(?:\s+--execute\b)?/)[0];
      return place && !/--(?:topic|all-topics|from-file)\b/.test(text) ? { spans: [{ from: place.to, to: place.to, put: ' --all-topics' }, { from: place.from, to: place.to }], params: {} } : null;
    },
  },
  {
    id: 'entity-singular', sort: 'error',
    find(text) {
      const type = option(text, '--entity-type');
      return type && type.value in ENTITY ? one(type, ENTITY[type.value], { wrong: type.value, right: ENTITY[type.value] }) : null;
    },
  },
  {
    id: 'replication-too-high', sort: 'error',
    find(text, kinds, here) {
      const factor = option(text, '--replication-factor');
      return factor && Number(factor.value) > here.brokers && here.brokers ? one(factor, String(here.brokers), { asked: Number(factor.value), brokers: here.brokers }) : null;
    },
  },
  {
    id: 'insync-above-replication', sort: 'error',
    find(text) {
      const factor = option(text, '--replication-factor');
      const least = places(text, /min\.insync\.replicas=(\d+)/, 1)[0];
      return factor && least && Number(least.value) > Number(factor.value) ? one(least, String(Math.max(1, Number(factor.value) - 1)), { least: Number(least.value), replicas: Number(factor.value) }) : null;
    },
  },
  {
    id: 'bad-topic-name', sort: 'error',
    find(text, kinds) {
      const topic = topicIn(text, kinds);
      if (!topic || /^[\^$<{%]/.test(topic.value) || /^[\w.-]+(?:,[\w.-]+)*$/.test(topic.value) || kinds.trace && !kinds.command) return null;
      const put = topic.value.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '');
      return put && /[^\w.,^*$|-]/.test(topic.value) ? one(topic, put, { topic: topic.value, right: put }) : null;
    },
  },
  {
    id: 'unknown-topic-here', sort: 'warn',
    find(text, kinds, here) {
      const topic = topicIn(text, kinds);
      if (!topic || !here.topics.length || !/^[\w.-]+$/.test(topic.value) || here.topics.includes(topic.value) || /--create\b|--if-not-exists/.test(text) || topic.value.startsWith('__')) return null;
      const near = nearest(topic.value, here.topics);
      return one(topic, near || undefined, { topic: topic.value, near, topics: here.topics });
    },
  },
];
