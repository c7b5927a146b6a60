/* What can be made different in the second of two branches, each as one choice: where it stands now, what else it may
 * be, and the commands that make it so. Everything is read from the snapshot. */
const RATES = [0.5, 1, 2, 5, 10, 50, 100, 500, 1000];
const POLLS_MS = [100, 500, 1000, 5000, 20_000];
const ASSIGNORS = ['range', 'roundrobin', 'sticky'];
const KEYS = ['few', 'many', 'hot', 'none'];

/* [{id, what, of, now, values, commands(value)}]; what: a key of the catalogues under "compare.what". */
export function settings(snapshot) {
  const found = [];
  for (const { id, kind, acks, rate, keys } of snapshot.producers) {
    if (kind !== 'sim') continue;
    const set = (name, number) => (value) => [{ do: 'set_producer', producer: id, [name]: number ? Number(value) : value }];
    found.push({ what: 'acks', of: id, now: acks, values: ['all', '1', '0'], commands: set('acks') });
    found.push({ what: 'rate', of: id, now: String(rate), values: RATES.map(String), commands: set('rate', true) });
    if (KEYS.includes(keys)) found.push({ what: 'keys', of: id, now: keys, values: KEYS, commands: set('keys') });
  }
  for (const { name, internal, min_insync: least, replication } of snapshot.topics) {
    if (internal) continue;
    const set = (config) => (value) => [{ do: 'set_topic', topic: name, configs: { [config]: value } }];
    const counts = Array.from({ length: replication }, (_, i) => String(i + 1));
    if (replication > 1) found.push({ what: 'min.insync.replicas', of: name, now: String(least), values: counts, commands: set('min.insync.replicas') });
    found.push({ what: 'unclean.leader.election.enable', of: name, now: 'false', values: ['false', 'true'], commands: set('unclean.leader.election.enable') });
  }
  for (const { id, protocol, members } of snapshot.groups) {
    const own = members.filter((member) => member.kind === 'sim');
    if (!own.length) continue;
    const [topic] = own[0].topics;
    const anew = (assignor, consumers) => [{ do: 'remove_group', group: id }, { do: 'add_group', group: id, topic, assignor, consumers, poll_ms: own[0].poll_ms }];
    if (ASSIGNORS.includes(protocol)) found.push({ what: 'assignor', of: id, now: protocol, values: ASSIGNORS, commands: (value) => anew(value, own.length) });
    found.push({
      what: 'members', of: id, now: String(own.length), values: ['1', '2', '3', '4'].filter((n) => Math.abs(n - own.length) <= 3),
      commands: (value) => (value > own.length
        ? Array.from({ length: value - own.length }, () => ({ do: 'add_consumer', group: id }))
        : own.slice(value - own.length).map((member) => ({ do: 'remove_consumer', consumer: member.id }))),
    });
    found.push({ what: 'poll_ms', of: id, now: String(own[0].poll_ms), values: POLLS_MS.map(String), commands: (value) => own.map((member) => ({ do: 'set_consumer', consumer: member.id, poll_ms: Number(value) })) });
  }
  return found.map((one) => ({ ...one, id: `${one.what} ${one.of}`, values: one.values.includes(one.now) ? one.values : [one.now, ...one.values] }))
    .filter((one) => one.values.length > 1);
}
