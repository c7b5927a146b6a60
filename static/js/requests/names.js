/* Requests in words: whose lane, which kind, and the few words beside an arrow. */

import { language } from '../i18n.js';

/* A virtual time in seconds, to the millisecond: "5,101 s". */
export function moment(ms) {
  return `${new Intl.NumberFormat(language(), { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(ms / 1000)} s`;
}

/* What a reader may hide, in the order of the buttons. */
export const FAMILIES = ['records', 'groups', 'cluster', 'polls', 'beats'];
export const AT_FIRST = ['records', 'groups', 'cluster'];

const OF_GROUPS = new Set(['JoinGroup', 'SyncGroup', 'LeaveGroup', 'OffsetCommit', 'OffsetFetch', 'FindCoordinator', 'DescribeGroups', 'ListGroups', 'DeleteGroups']);

const OF_STREAMS = new Set(['PutRecord', 'PutRecords', 'GetRecords', 'SubscribeToShard']);

export function familyOf({ api, kind, params }) {
  if (api === 'Heartbeat' || api === 'BrokerHeartbeat') return 'beats';
  if (api === 'Produce' || OF_STREAMS.has(api)) return 'records';
  if (OF_GROUPS.has(api)) return 'groups';
  if (api === 'Fetch') {
    if (params.topic) return params.records ? 'cluster' : 'polls';
    return kind === 'response' && params.parts?.some((part) => part.first !== undefined || part.error) ? 'records' : 'polls';
  }
  return 'cluster';
}

const GATEWAY = 'kinesis'; // what speaks AWS's API, before the brokers

/* The lanes, from left to right as on the stage: who writes, the machines, who reads. */
export function lanesOf(snapshot, rows) {
  const seen = new Set(rows.flatMap((row) => [row.from, row.to]));
  const machines = [...snapshot.brokers.map((broker) => `B${broker.id}`), `C${snapshot.controller.id}`];
  const { kinesis } = snapshot;
  const writers = [...snapshot.producers.map((one) => (one.kind === 'sim' ? `producer:${one.id}` : one.id)), ...(kinesis?.producers ?? []).map((one) => `stream_producer:${one.id}`), ...(kinesis ? [GATEWAY] : [])];
  const readers = [...snapshot.groups.flatMap((group) => group.members.map((one) => (one.kind === 'sim' ? `consumer:${one.id}` : one.id))), ...(kinesis?.consumers ?? []).map((one) => `stream_consumer:${one.id}`)];
  const known = new Set([...writers, ...machines, ...readers]);
  const others = [...seen].filter((name) => name && !known.has(name));
  const busy = (name) => seen.has(name);
  return [...new Set([...others.filter((name) => !name.startsWith('consumer:')), ...writers.filter(busy), ...machines, ...readers.filter(busy), ...others.filter((name) => name.startsWith('consumer:'))])];
}

/* How a lane is called: a simulated client by its own name. */
export const laneName = (node) => (node === GATEWAY ? 'Kinesis' : node.includes(':') ? node.slice(node.indexOf(':') + 1) : node);

/* "FIAP-0 · 1 registro": what it is about. */
export function about(row, t) {
  const { api, kind, params } = row;
  const answers = kind === 'response';
  const error = params.error ?? params.parts?.find((part) => part.error)?.error;
  if (error) return error;
  if (api === 'Produce' && !answers) {
    const records = (params.parts ?? []).reduce((sum, part) => sum + part.records, 0);
    return [where(params), t('request.records', { records }), `acks=${params.acks === -1 ? 'all' : params.acks}`].filter(Boolean).join(' · ');
  }
  if (api === 'Produce') return params.parts?.[0] && params.parts[0].base_offset >= 0 ? `${where(params)} @ ${params.parts[0].base_offset}` : where(params);
  if (api === 'Fetch' && params.topic) return answers ? t('request.records', { records: params.records ?? 0 }) : `${params.topic} @ ${params.offset}`;
  if (api === 'Fetch' && !answers) return params.parts?.length ? `${where(params)} @ ${params.parts[0].offset}` : '';
  if (api === 'Fetch') {
    const part = params.parts?.find((one) => one.first !== undefined);
    return part ? `${part.topic}-${part.partition} @ ${part.first === part.last ? part.first : `${part.first}–${part.last}`}` : t('request.nothing-new');
  }
  if (params.group) return params.generation !== undefined && params.generation >= 0 ? `${params.group} · ${t('group.generation', { generation: params.generation })}` : params.group;
  return '';
}

function where({ parts, more }) {
  if (!parts?.length) return '';
  const others = parts.length - 1 + (more ?? 0);
  return `${parts[0].topic}-${parts[0].partition}${others ? ` +${others}` : ''}`;
}
