/* What flies for a message or an event: its shape, its colour's key, between whom, and what is written beside it.
 *
 *   record   somebody's records: squares in the colours of their keys
 *   ack      the leader says that they are written (a tick), or why not (a cross)
 *   ask      a fetch: an open arrow on its way to the leader
 *   nothing  its answer without records
 *   beat     a heartbeat
 *   note     any other request, by name; its answer is a dot that bears no name
 *
 * A flight: {n, shape, from, to, about: {from, to}, keys, count, label, lost, stuck}; `about` is a place on a tape. */
import { keyAt } from '../layout.js';
import { ofStreams, streamFlight } from './streams.js';

const BEATS = new Set(['Heartbeat', 'BrokerHeartbeat']);
const QUIET = new Set(['ApiVersions', 'Metadata']); // asked again and again by everybody; drawn, without a name
const INTERNAL = /^__/;
const KEYS_SHOWN = 3;

/* Of a request or an answer (docs/api.md). */
export function ofRow(row, snapshot) {
  const flight = shapeOf(row, snapshot);
  return flight && { n: row.n, from: row.from, to: row.to, api: row.api, lost: Boolean(row.lost), stuck: row.at_ms === null, label: '', keys: '', count: 1, about: {}, ...flight };
}

function shapeOf(row, snapshot) {
  const { api, kind, params } = row;
  const answers = kind === 'response';
  if (BEATS.has(api)) return { shape: answers ? 'nothing' : 'beat' };
  if (api === 'Produce') return answers ? acknowledged(row) : produced(row);
  if (api === 'Fetch') return answers ? fetched(row, snapshot) : fetching(row);
  if (answers) return params.error ? { shape: 'error', label: params.error } : { shape: 'nothing' };
  return { shape: 'note', label: QUIET.has(api) ? '' : api };
}

function produced({ params }) {
  const part = params.parts?.[0];
  if (!part || INTERNAL.test(part.topic)) return { shape: 'note', label: 'Produce' };
  const count = params.parts.reduce((sum, one) => sum + one.records, 0);
  return { shape: 'record', keys: (part.keys ?? '?').slice(0, KEYS_SHOWN), count, about: { to: place(part) } };
}

function acknowledged({ params }) {
  const part = params.parts?.[0];
  const error = params.parts?.find((one) => one.error)?.error;
  const about = part ? { from: place(part, part.base_offset >= 0 ? part.base_offset : undefined) } : {};
  return error ? { shape: 'error', label: error, about } : { shape: 'ack', about };
}

function fetching({ params, from }) {
  const part = params.parts?.find((one) => !INTERNAL.test(one.topic));
  if (params.topic || !part) return { shape: 'ask' };
  const about = { to: place(part) };
  if (/^B\d+$/.test(from)) about.from = place(part);
  return { shape: 'ask', about };
}

function fetched({ params, to }, snapshot) {
  if (params.topic) return params.records ? { shape: 'note', label: 'metadata' } : { shape: 'nothing' };
  const full = params.parts?.filter((one) => one.first !== undefined && !INTERNAL.test(one.topic)) ?? [];
  const error = params.parts?.find((one) => one.error)?.error ?? params.error;
  if (error) return { shape: 'error', label: error };
  if (!full.length) return { shape: 'nothing' };
  const part = full[0];
  const count = full.reduce((sum, one) => sum + one.last - one.first + 1, 0);
  const held = partitionOf(snapshot, part);
  const keys = held ? [...Array(Math.min(KEYS_SHOWN, part.last - part.first + 1)).keys()].map((i) => keyAt(held, part.first + i)).join('') : '?';
  const about = { from: place(part, part.last) };
  if (/^B\d+$/.test(to)) about.to = place(part, part.last);
  return { shape: 'record', keys, count, about, read: !about.to };
}

/* Of an event of traffic: `appended`, `replicated`, `delivered`, and those of streams. */
export function ofEvent({ code, params }, snapshot) {
  if (ofStreams({ code })) return streamFlight({ code, params }, snapshot);
  const { topic, partition, first, last } = params;
  const held = partitionOf(snapshot, params);
  if (!held || held.leader < 0) return null;
  const there = { topic, partition, offset: last };
  const common = { n: 0, shape: 'record', api: '', keys: keyAt(held, last), count: last - first + 1, label: '', lost: false, stuck: false };
  const leader = `B${held.leader}`;
  if (code === 'appended') return { ...common, from: writer(params.producer, snapshot), to: leader, about: { to: there }, way: `log ${topic}-${partition}` };
  if (code === 'replicated') return { ...common, from: `B${params.leader}`, to: `B${params.broker}`, about: { from: there, to: there }, way: `log ${topic}-${partition}` };
  if (code === 'delivered') return { ...common, from: leader, to: reader(params.consumer, snapshot), about: { from: there }, read: true, way: `to ${params.consumer} ${topic}-${partition}` };
  return null;
}

/* A producer has been told that its record is written. */
export function ofAck(producer, where, snapshot) {
  const held = partitionOf(snapshot, where);
  if (!held || held.leader < 0) return null;
  return { n: 0, shape: 'ack', api: 'Produce', from: `B${held.leader}`, to: writer(producer, snapshot), about: { from: where }, keys: '', count: 1, label: '', lost: false, stuck: false };
}

export function partitionOf(snapshot, { topic, partition }) {
  return snapshot.topics.find((one) => one.name === topic)?.partitions.find((one) => one.id === partition);
}

function writer(id, snapshot) {
  return snapshot.producers.some((one) => one.id === id && one.kind === 'sim') ? `producer:${id}` : id;
}

function reader(id, snapshot) {
  return snapshot.groups.some((group) => group.members.some((one) => one.id === id && one.kind === 'sim')) ? `consumer:${id}` : id;
}

const place = ({ topic, partition }, offset) => ({ topic, partition, offset });
