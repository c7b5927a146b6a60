/* What clients say when something goes wrong: by Kafka's name of the error, or by the words of librdkafka, Java,
 * kafka-python and kafkajs for it. Where the state of this sandbox says more, it is told: {key, params}. */
import { nearest, places } from '../reading.js';

const at = ({ from, to }) => ({ from, to });
const ASCII = { 'GET ': 'http', 'POST': 'http', 'PUT ': 'http', 'HEAD': 'http', 'HTTP': 'web' };

/* A rule by what the text says. tell(text, here, found): of this sandbox. */
const said = (id, pattern, tell = null, sort = 'error') => ({
  id, sort,
  find(text, kinds, here) {
    const found = places(text, pattern);
    if (!found.length) return null;
    const more = tell?.(text, here, found[0]) ?? {};
    return { spans: found.slice(0, 6).map(at), params: more.params ?? {}, tell: more.tell };
  },
});

const listed = (list) => list.map((it) => `${it.topic}-${it.partition}`);
const downHere = (here) => (here.down.length ? { key: 'here.down', params: { brokers: here.down, right: here.bootstrap } } : null);

export const errors = [
  said('leader-not-available', /LEADER_NOT_AVAILABLE|LeaderNotAvailable(?:Exception|Error)?|Leader not available|There is no leader for this topic-partition/i,
    (text, here) => ({ tell: here.leaderless.length ? { key: 'here.leaderless', params: { partitions: listed(here.leaderless) } } : { key: 'here.all-led', params: {} } })),
  {
    id: 'unknown-topic', sort: 'error',
    find(text, kinds, here) {
      const found = places(text, /UNKNOWN_TOPIC_OR_PARTITION|UnknownTopicOrPartition(?:Exception|Error)?|Unknown topic or partition|This server does not host this topic-partition|Local: Unknown (?:topic|partition)|Topic (\S+) not present in metadata after \d+ ms/i);
      if (!found.length) return null;
      const name = /Topic '?([\w.-]+)'? (?:error|not present)|Subscribed topic not available: ([\w.-]+)|topic[s]?[:=\s(\[]+'?([\w.-]+?)'?(?:-\d+)?[\])]?[:,\s].{0,40}(?:does not exist|unknown)|\{([\w.-]+)=UNKNOWN_TOPIC|(?:partition|topic-partition) ([\w.-]+)-\d+/i.exec(text)?.slice(1).find(Boolean) ?? '';
      const known = here.topics.includes(name);
      return {
        spans: found.map(at), params: { topic: name },
        tell: known ? { key: 'here.topic-there', params: { topic: name } } : here.topics.length ? { key: 'here.topics', params: { topics: here.topics, near: name ? nearest(name, here.topics) : '' } } : { key: 'here.no-topics', params: {} },
      };
    },
  },
  said('not-leader', /NOT_LEADER_(?:OR_FOLLOWER|FOR_PARTITION)|NotLeader(?:OrFollower|ForPartition)(?:Exception|Error)?|Not leader for partition|This server is not the leader for that topic-partition/i, null, 'info'),
  said('not-enough-replicas', /NOT_ENOUGH_REPLICAS(?:_AFTER_APPEND)?|NotEnoughReplicas(?:AfterAppend)?(?:Exception|Error)?|Not enough in-sync replicas|fewer in-sync replicas than required/i,
    (text, here) => (here.thin.length ? { tell: { key: 'here.thin', params: { partitions: listed(here.thin), isr: here.thin[0].isr, least: here.thin[0].least } } } : { tell: { key: 'here.isr-fine', params: {} } })),
  said('timed-out', /REQUEST_TIMED_OUT|Expiring \d+ record\(s\) for|TimeoutException: (?:Topic|Timed out|Call|Failed to update metadata|Expiring|Timeout)|_MSG_TIMED_OUT|Local: Message timed out|Local: Timed out|KafkaTimeoutError|KafkaJSRequestTimeoutError|RequestTimedOutError/i,
    (text, here) => ({ tell: here.paused ? { key: 'here.paused', params: {} } : downHere(here) })),
  {
    id: 'refused', sort: 'error',
    find(text, kinds, here) {
      const found = places(text, /Connection refused|ECONNREFUSED|could not be established\. (?:Broker may not be available|Node may not be available)|NoBrokersAvailable|Failed to acquire metadata: Local: Broker transport failure|actively refused|_ALL_BROKERS_DOWN|\d+\/\d+ brokers are down|All broker connections are down/i);
      if (!found.length) return null;
      const line = text.slice(text.lastIndexOf('\n', found[0].from) + 1, (text.indexOf('\n', found[0].to) + 1 || text.length + 1) - 1);
      const to = /(?:ipv[46]#)?((?:\d{1,3}\.){3}\d{1,3}|localhost|\[?::1\]?|[a-z][\w.-]*(?<!\.java))(?:\/[\d.]+)?:(\d{2,5})\b/i.exec(line);
      const port = to?.[2] ?? '';
      const ours = here.ports.includes(port);
      const tell = ours ? downHere(here) : port ? { key: 'here.address', params: { port, right: here.bootstrap } } : { key: 'here.right', params: { right: here.bootstrap } };
      return { spans: found.slice(0, 4).map(at), params: { address: to ? `${to[1]}:${port}` : '' }, tell };
    },
  },
  said('unknown-host', /UnknownHostException|Failed to resolve '?[\w.:-]+|Host resolution failure|ENOTFOUND|EAI_AGAIN|No resolvable bootstrap urls|Name or service not known|Couldn't resolve server|DNS lookup failed|getaddrinfo failed|nodename nor servname/i),
  {
    id: 'wrong-protocol', sort: 'error', // the first four bytes of something that is no Kafka, taken for a size
    find(text) {
      const found = places(text, /(?:Invalid receive \(size = |Invalid message size |Invalid response size |Frame size |message size )(\d{6,11})/i, 1)[0] ?? places(text, /SSL handshake failed|Unrecognized SSL message|SSL_HANDSHAKE|wrong version number|Disconnected while requesting ApiVersion[^\n]*|plaintext connection\?/i)[0];
      if (!found) return null;
      const size = Number(found.value);
      const letters = Number.isFinite(size) ? String.fromCharCode(size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255) : '';
      const what = ASCII[letters] ?? (Number.isFinite(size) && size >>> 24 !== 0x16 && size >>> 24 !== 0x15 ? 'other' : 'tls');
      return { spans: [at(found)], params: { what, size: found.value } };
    },
  },
  said('unsupported-version', /UNSUPPORTED_VERSION|UnsupportedVersion(?:Exception|Error)?|Local: Required feature not supported by broker|UnrecognizedBrokerVersion|The version of API is not supported/i),
  said('replication-factor', /INVALID_REPLICATION_FACTOR|InvalidReplicationFactor(?:Exception|Error)?|Invalid replication factor|Replication factor: \d+ larger than available brokers: \d+|Unable to replicate the partition \d+ time/i, (text, here) => ({ tell: { key: 'here.brokers', params: { brokers: here.brokers } } })),
  said('topic-exists', /TOPIC_ALREADY_EXISTS|Topic(?:Already)?Exists(?:Exception|Error)|Topic '?[\w.-]+'? already exists/i),
  said('rebalanced-away', /CommitFailed(?:Exception|Error)|ILLEGAL_GENERATION|IllegalGeneration(?:Exception|Error)?|UNKNOWN_MEMBER_ID|UnknownMemberId(?:Exception|Error)?|Specified group generation id is not valid|Broker: Unknown member/i),
  said('rebalancing', /REBALANCE_IN_PROGRESS|RebalanceInProgress(?:Exception|Error)?|The group is rebalancing|Group rebalance in progress/i, null, 'info'),
  said('poll-exceeded', /maximum poll interval \(\d+ ?ms\) exceeded|_MAX_POLL_EXCEEDED|consumer poll timeout has expired|max\.poll\.interval\.ms exceeded/i),
  said('offset-out-of-range', /OFFSET_OUT_OF_RANGE|OffsetOutOfRange(?:Exception|Error)?|Offset out of range|Fetch position .* is out of range/i),
  said('no-offset', /NoOffsetForPartition(?:Exception|Error)?|Undefined offset with no reset policy/i),
  said('too-large', /MESSAGE_TOO_LARGE|RecordTooLarge(?:Exception)?|MSG_SIZE_TOO_LARGE|MessageSizeTooLarge(?:Error)?|Message size too large|bytes when serialized which is larger than/i),
  said('coordinator', /COORDINATOR_NOT_AVAILABLE|NOT_COORDINATOR|COORDINATOR_LOAD_IN_PROGRESS|(?:Group)?CoordinatorNotAvailable(?:Exception|Error)?|NotCoordinator(?:Exception|Error)?|Coordinator not available|Not coordinator|Coordinator load in progress/i, (text, here) => ({ tell: downHere(here) }), 'info'),
  said('assignors-differ', /INCONSISTENT_GROUP_PROTOCOL|InconsistentGroupProtocol(?:Exception|Error)?|Inconsistent group protocol/i),
  said('group-not-empty', /NON_EMPTY_GROUP|GroupNotEmpty(?:Exception|Error)?|can only be reset if the group '?[\w.-]*'? is inactive|The group is not empty/i),
  said('fenced', /INVALID_PRODUCER_EPOCH|ProducerFenced(?:Exception)?|OUT_OF_ORDER_SEQUENCE_NUMBER|OutOfOrderSequence(?:Exception|Number)?|FENCED_INSTANCE_ID|FencedInstanceId(?:Exception)?/i),
  said('idempotence-config', /Must set acks to all in order to use the idempotent producer|`?acks`? must be set to `?all`? when `?enable\.idempotence`? is true/i),
  said('queue-full', /Local: Queue full|_QUEUE_FULL|BufferError: Local|Failed to allocate memory within the configured max blocking time|BufferExhausted(?:Exception)?/i),
  said('storage', /KAFKA_STORAGE_ERROR|KafkaStorage(?:Exception|Error)|Disk error when trying to access log file/i, (text, here) => ({ tell: downHere(here) })),
  said('deserialize', /Error deserializing (?:key\/value|KEY|VALUE)|RecordDeserializationException|Size of data received by \w+Deserializer is not \d+|UnicodeDecodeError: 'utf-?8'|SerializationException: Can't (?:de)?serialize/i),
  said('serialize', /Can't convert (?:key|value) of class \S+ to class \S+|ClassCastException: class \S+ cannot be cast to class java\.lang\.String|value_serializer|assert type\(value_bytes\)|a bytes-like object is required|AssertionError: value must be bytes|TypeError: (?:Value|key|value) must be (?:bytes|str)/i),
  said('class-missing', /(?:ClassNotFoundException|NoClassDefFoundError):? \S*(?:kafka|slf4j)\S*|package org\.apache\.kafka\S* does not exist|SLF4J: Failed to load class/i),
  said('not-installed', /No module named '?(?:confluent_kafka|kafka)\b'?|Cannot find module '?kafkajs'?|(?:kcat|kafkacat|kafka-[\w-]+(?:\.sh)?): (?:command )?not found|'(?:kcat|kafka-[\w-]+)' is not recognized/i, (text) => ({ params: { what: /confluent/.test(text) ? 'confluent' : /kafkajs/.test(text) ? 'kafkajs' : /kcat|kafkacat/.test(text) ? 'kcat' : /module named '?kafka/.test(text) ? 'kafka' : 'scripts' } })),
  said('authorization', /(?:TOPIC|GROUP|CLUSTER)_AUTHORIZATION_FAILED|(?:Topic|Group|Cluster)Authorization(?:Exception|FailedError)|SASL_AUTHENTICATION_FAILED|SaslAuthentication(?:Exception|FailedError)|Not authorized to access|UNSUPPORTED_SASL_MECHANISM|UnsupportedSaslMechanism/i),
  said('bad-topic-error', /INVALID_TOPIC_EXCEPTION|InvalidTopic(?:Exception|Error)|Topic name "[^"]*" is (?:illegal|invalid)|contains one or more characters other than ASCII/i),
  said('log-position', /CORRUPT_MESSAGE|CorruptRecord(?:Exception)?|Record is corrupt|CRC mismatch|Broker: Invalid message/i),
];
