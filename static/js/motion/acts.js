/* What milestones make together: an election, a rebalance, a resharding, each in its steps. From events alone.
 *
 * An act: {key, kind, about, steps: [{code, events}]}. Steps are in the order in which things happened; what happened
 * several times in the same way (a leader for each of six partitions) is one step. */

const INTERNAL = /^__/;
const OF_ELECTIONS = new Set([
  'broker_crashed', 'broker_powered_off', 'broker_stopping', 'broker_stopped', 'broker_fenced', 'leader_missing', 'leader_elected', 'isr_shrunk', 'log_truncated',
]);
const OF_REBALANCES = new Set(['member_joined', 'member_left', 'member_expired', 'rebalance_started', 'generation_formed', 'assignment_made', 'group_emptied']);
const BEGINS_RESHARDING = new Set(['shards_updated', 'shard_closed']);
const OF_RESHARDINGS = new Set([...BEGINS_RESHARDING, 'shards_split', 'shards_merged', 'stream_active', 'lease_done', 'lease_taken']);
const TOGETHER_MS = 30_000; // virtual: what comes later is another story
export const STEPS_MAX = 6;

/* The act that an event belongs to: a key, or null for what is not staged. */
function keyOf({ code, params }, open) {
  if (OF_REBALANCES.has(code)) return `group ${params.group}`;
  if (OF_RESHARDINGS.has(code)) return BEGINS_RESHARDING.has(code) || open.has(`stream ${params.stream}`) ? `stream ${params.stream}` : null;
  if (!OF_ELECTIONS.has(code) || INTERNAL.test(params.topic ?? '')) return null;
  if (code === 'leader_elected' && params.why === 'created') return null;
  if (params.broker !== undefined && code !== 'log_truncated') return `broker ${params.broker}`;
  const involved = [params.was, ...(params.out ?? []), ...(params.isr ?? [])].map((broker) => `broker ${broker}`);
  return involved.find((key) => open.has(key)) ?? (code === 'leader_elected' ? `topic ${params.topic}` : null);
}

/* Add events to the acts that are going on. acts: Map by key, added to; returns those that have changed. */
export function stage(events, acts) {
  const changed = new Set();
  for (const event of events) {
    const key = keyOf(event, acts);
    if (!key) continue;
    let act = acts.get(key);
    const begins = event.code.startsWith('broker_crashed') || event.code === 'broker_powered_off' || event.code === 'broker_stopping';
    if (!act || event.at_ms - act.at > TOGETHER_MS || begins || (act.over && (OF_REBALANCES.has(event.code) || BEGINS_RESHARDING.has(event.code)))) {
      act = { key, kind: key.startsWith('group ') ? 'rebalance' : key.startsWith('stream ') ? 'resharding' : 'election', about: event.params, n: event.n, at: event.at_ms, steps: [], over: false };
      acts.delete(key);
      acts.set(key, act);
    }
    const same = act.steps.find((step) => step.code === event.code && step.events[0].params.why === event.params.why);
    if (same) same.events.push(event);
    else if (act.steps.length < STEPS_MAX) act.steps.push({ code: event.code, events: [event] });
    if (event.code === 'assignment_made' || event.code === 'group_emptied' || event.code === 'stream_active') act.over = true;
    changed.add(act);
  }
  for (const key of acts.keys()) {
    if (acts.size <= 20) break;
    acts.delete(key);
  }
  return [...changed];
}

/* Whom a step is about, as selectors of the page: they are lit while it is told. */
export function concerned({ code, events }) {
  const found = new Set();
  for (const { params } of events) {
    const broker = (id) => id > 0 && found.add(`[data-broker="${id}"]`);
    if (code.startsWith('broker_')) broker(params.broker);
    if (code === 'broker_fenced' || code === 'leader_elected' || code === 'isr_shrunk' || code === 'leader_missing') found.add('[data-testid="controller"]');
    if (code === 'leader_elected') broker(params.leader);
    if (params.topic) found.add(`[data-testid="tape-${CSS.escape(`${params.topic}-${params.partition}`)}"]`);
    for (const shard of [params.shard, params.parent, params.child, ...(params.parents ?? []), ...(params.children ?? [])]) if (shard) found.add(`[data-testid="shard-${CSS.escape(params.stream)}-${shard}"]`);
    if (params.consumer && params.stream) found.add(`[data-reader="${CSS.escape(params.consumer)}"]`);
    if (params.group) found.add(`[data-group="${CSS.escape(params.group)}"]`);
    if (params.client) found.add(`[data-member="${CSS.escape(params.client)}"]`);
    if (code === 'assignment_made') for (const client of Object.keys(params.assignments ?? {})) found.add(`[data-member="${CSS.escape(client)}"]`);
  }
  return [...found].slice(0, 24);
}
