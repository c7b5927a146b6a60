/* Real clients as their events and the state tell of them: who came, through which broker, how they are doing. A pure
 * function of the story and the snapshot. */

const SHOWN_MAX = 8; // the newest; a class of forty shows in the groups and on the list at the left

/* Newest first: {id, software, version, broker, peer, at_ms, n, gone_ms, gave_up, row, sent: [{topic, sent}], member}. */
export function visitors(events, state) {
  const found = new Map();
  const at = new Map(); // client -> brokers it is connected to: each of them tells of it
  for (const { code, node, params, at_ms, n } of events) {
    const { client: id } = params;
    if (code === 'client_connected') {
      if (!at.get(id)?.size) {
        found.delete(id); // who comes back is the newest again
        found.set(id, { id, software: params.software, version: params.version, broker: params.broker, peer: params.peer, at_ms, n, gone_ms: null, gave_up: false });
      }
      at.set(id, (at.get(id) ?? new Set()).add(`B${params.broker}`));
    } else if (code === 'client_gone' && found.has(id)) {
      at.get(id).delete(node);
      if (!at.get(id).size) found.get(id).gone_ms = at_ms;
    } else if (code === 'client_gave_up' && found.has(id)) found.get(id).gave_up = true;
  }
  for (const row of state.clients || []) { // their coming may be older than the story this page was told
    if (!found.has(row.client)) found.set(row.client, { id: row.client, software: row.software, version: row.version, broker: null, peer: row.host, at_ms: null, n: null, gone_ms: null, gave_up: false });
  }
  return [...found.values()].reverse().slice(0, SHOWN_MAX).map((visitor) => doing(visitor, state));
}

function doing(visitor, state) {
  const row = (state.clients || []).find((it) => it.client === visitor.id) || null;
  const sent = state.producers.filter((it) => it.kind === 'tcp' && (it.id === visitor.id || it.client === visitor.id)).map(({ topic, sent: count }) => ({ topic, sent: count }));
  let member = null;
  for (const group of state.groups) {
    const one = group.members.find((it) => it.kind === 'tcp' && it.client === visitor.id);
    if (one) member = { group: group.id, id: one.id, lag: one.lag, ago: one.heartbeat_ms_ago, session: one.session_ms, parts: Object.entries(one.assigned || {}).flatMap(([topic, list]) => list.map((p) => `${topic}-${p}`)) };
  }
  // Gone is what the state says: a client may leave and return within one frame.
  return { ...visitor, row, sent, member, gone_ms: row ? null : visitor.gone_ms };
}

/* A program's name as people know it; "" if it gave none. kcat and others say only which library they are built on:
 * of our own code we know more (form). */
export function softwareOf({ software }, form = '') {
  const known = { 'confluent-kafka-python': 'confluent-kafka (Python)', 'apache-kafka-java': 'Java', 'apache-kafka-python': 'kafka-python' };
  const name = !software || software === '?' ? '' : known[software] || software;
  return form === 'kcat' && name === 'librdkafka' ? 'kcat, librdkafka' : form === 'javascript' && !name ? 'kafkajs' : name;
}
