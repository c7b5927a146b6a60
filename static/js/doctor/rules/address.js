/* Where the brokers are said to be: port, host, scheme, and who is asked from where. */
import { LOOPBACK, addresses, bootstraps, flag, option, places } from '../reading.js';

const each = (text) => bootstraps(text).flatMap(addresses);
const at = ({ from, to }, put) => ({ from, to, ...(put === undefined ? {} : { put }) });
const isOurs = (it, here) => LOOPBACK.test(it.host) || it.host === here.web.host;
const found = (spans, params, tell) => (spans.length ? { spans, params, tell } : null);

export const address = [
  {
    id: 'zookeeper', sort: 'error',
    find(text, kinds, here) {
      const value = option(text, '--zookeeper');
      if (value) return { spans: [{ from: value.whole.from, to: value.to, put: `--bootstrap-server ${here.bootstrap[0]}` }] };
      return found(places(text, /zookeeper is not a recognized option/).map((it) => at(it)));
    },
  },
  {
    id: 'zookeeper-port', sort: 'error',
    find: (text, kinds, here) => found(each(text).filter((it) => it.port === '2181').map((it) => at(it, here.bootstrap[0])), {}),
  },
  {
    id: 'web-port', sort: 'error',
    find: (text, kinds, here) => found(each(text).filter((it) => it.port === here.web.port && here.web.port && !here.ports.includes(it.port) && isOurs(it, here)).map((it) => at(it, here.bootstrap[0])), { port: here.web.port }),
  },
  {
    id: 'scheme', sort: 'error',
    find: (text) => {
      const spans = each(text).filter((it) => it.scheme);
      return found(spans.map((it) => ({ from: it.from, to: it.from + it.scheme.length, put: '' })), { scheme: spans[0]?.scheme });
    },
  },
  {
    id: 'no-port', sort: 'error',
    find(text, kinds, here) {
      const bare = each(text).filter((it) => !it.port && !it.scheme && /^[\w.-]+$/.test(it.host));
      const kcat = kinds.kcat && !kinds.script; // librdkafka adds :9092 by itself
      return found(bare.map((it) => at(it, isOurs(it, here) ? here.bootstrap[0] : `${it.value.replace(/:$/, '')}:9092`)), { host: bare[0]?.host, kcat });
    },
  },
  {
    id: 'wrong-port', sort: 'error',
    find(text, kinds, here) {
      const wrong = each(text).filter((it) => it.port && isOurs(it, here) && !here.ports.includes(it.port) && it.port !== '2181' && it.port !== here.web.port);
      return found(wrong.map((it) => at(it, here.bootstrap[0])), { port: wrong[0]?.port, right: here.bootstrap[0] });
    },
  },
  {
    id: 'other-cluster', sort: 'info',
    find(text, kinds, here) {
      const far = each(text).filter((it) => it.port && !isOurs(it, here) && !here.ports.includes(it.port) && it.port !== '2181');
      return found(far.map((it) => at(it)), { address: far[0]?.value, right: here.bootstrap[0] });
    },
  },
  {
    id: 'separator', sort: 'error',
    find: (text) => found(bootstraps(text).filter((it) => it.value.includes(';')).map((it) => at(it, it.value.replaceAll(';', ','))), {}),
  },
  {
    id: 'brokers-not-a-list', sort: 'error',
    find: (text, kinds) => (kinds.js ? found(places(text, /\bbrokers\s*:\s*((["'`])[^"'`\n]+\2)/, 1).map((it) => at(it, `[${it.value.replaceAll(/\s*,\s*/g, `${it.value[0]}, ${it.value[0]}`)}]`)), {}) : null),
  },
  {
    id: 'localhost-elsewhere', sort: 'error',
    find(text, kinds, here) {
      if (!here.remote) return null;
      return found(each(text).filter((it) => LOOPBACK.test(it.host)).map((it) => at(it, `${here.web.host}:${it.port || here.ports[0]}`)), { host: here.web.host });
    },
  },
  {
    id: 'localhost-in-container', sort: 'error',
    find(text) {
      const inside = /\bdocker(?:-compose|\s+compose)?\s+(?:run|exec)\b|^\s*(?:-\s*)?(?:environment|KAFKA_[A-Z_]+|[A-Z_]*BOOTSTRAP_SERVERS)\s*[:=]|^\s*services:/m.test(text);
      const host = /--net(?:work)?[= ]host\b/.test(text);
      if (!inside || host) return null;
      return found(each(text).filter((it) => LOOPBACK.test(it.host)).map((it) => at(it, `host.docker.internal:${it.port || '9092'}`)), {});
    },
  },
  {
    id: 'broker-list', sort: 'error',
    find(text, kinds) {
      if (!kinds.script) return null;
      return found(places(text, /(?<=\s)--broker-list(?=[\s=])/).map((it) => at(it, '--bootstrap-server')), {});
    },
  },
  {
    id: 'no-bootstrap', sort: 'error',
    find(text, kinds, here) {
      const tool = places(text, /\bkafka-(?:topics|configs|console-producer|console-consumer|consumer-groups)(?:\.sh|\.bat)?(?=[ \t\n]|$)|(?<=^|[\s|])(?:kcat|kafkacat)(?=\s+-)/)[0];
      if (!tool || kinds.trace && !kinds.command || each(text).length || flag(text, '--zookeeper') || flag(text, '--bootstrap-controller') || flag(text, '--broker-list') || /--(?:help|version)\b|\s-[VhF]\b|-X list/.test(text) || /KCAT_CONFIG|KAFKACAT_CONFIG|metadata\.broker\.list|bootstrap\.servers|--bootstrap-servers?/.test(text)) return null;
      if (/(?:kcat|kafkacat)/.test(tool.value) && /\s-b\b/.test(text)) return null;
      const put = /kcat|kafkacat/.test(tool.value) ? `${tool.value} -b ${here.bootstrap[0]}` : `${tool.value} --bootstrap-server ${here.bootstrap[0]}`;
      return { spans: [at(tool, put)], params: { tool: tool.value } };
    },
  },
];

