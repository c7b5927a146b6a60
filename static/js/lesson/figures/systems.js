/* The systems of a small shop, as the sandbox has them: each writes with a producer of its name, or reads with a group of
 * its name, or both. Who is there and who is down is read from the snapshot; only who needs whose news is told here. */

/* In the order in which they come and go. needs: whose news it has to hear of. */
const NEEDS = {
  loja: ['estoque', 'pagamentos', 'entrega'],
  estoque: ['loja'],
  pagamentos: ['loja'],
  entrega: ['loja', 'estoque', 'pagamentos'],
  fraude: ['loja', 'pagamentos'],
  painel: ['loja', 'estoque', 'pagamentos', 'entrega', 'fraude'],
  pontos: ['loja', 'pagamentos'],
  fiscal: ['loja', 'pagamentos', 'entrega'],
};
export const NAMES = Object.keys(NEEDS);
export const LEAST = 2;

const members = (group) => group.members.filter((one) => one.kind === 'sim');

/* [{name, writes, reads, members, down, sent, lag, needs}]: those that are there. */
export function systems(snapshot) {
  return NAMES.map((name) => {
    const producer = snapshot.producers.find((one) => one.id === name && one.kind === 'sim') ?? null;
    const group = snapshot.groups.find((one) => one.id === name) ?? null;
    if (!producer && !(group && members(group).length)) return null;
    const readers = group ? members(group) : [];
    const ends = [...(producer ? [producer.running] : []), ...readers.map((one) => one.running)];
    return {
      name, writes: Boolean(producer), reads: readers.length > 0, members: readers.map((one) => one.id), down: ends.every((running) => !running),
      sent: producer?.sent ?? 0, lag: group?.lag ?? 0, failed: producer?.failed ?? 0, waiting: producer?.waiting ?? 0,
    };
  }).filter(Boolean).map((one, _, all) => ({ ...one, needs: NEEDS[one.name].filter((name) => all.some((other) => other.name === name)) }));
}

/* Lines of the direct wiring: from whoever has news to whoever needs them. all: everybody needs everybody's. */
export function calls(all, everybody) {
  return all.flatMap((one) => (everybody ? all.filter((other) => other !== one).map(({ name }) => name) : one.needs).map((from) => ({ from, to: one.name })));
}

/* Lines of the wiring by the log: one for whoever writes, one for whoever reads. */
export const links = (all) => all.flatMap(({ name, writes, reads }) => [...(writes ? [{ name, way: 'write' }] : []), ...(reads ? [{ name, way: 'read' }] : [])]);

/* What takes it down, or brings it back. */
export function turn({ name, writes, members: readers, down }) {
  return [
    ...(writes ? [{ do: down ? 'start_producer' : 'stop_producer', producer: name }] : []),
    ...readers.map((consumer) => ({ do: down ? 'start_consumer' : 'stop_consumer', consumer })),
  ];
}

/* What adds the next one, or takes the last away. Somebody needs the news of those who write. */
export function more(all, topic) {
  const name = NAMES.find((one) => !all.some((other) => other.name === one));
  const heard = Object.values(NEEDS).some((needs) => needs.includes(name));
  return name ? [
    ...(heard ? [{ do: 'add_producer', producer: name, topic, rate: 0.5 }] : []),
    { do: 'add_group', group: name, topic, poll_ms: 500, commit: 'after' },
  ] : [];
}

export function fewer(all) {
  const last = all.at(-1);
  return [...(last.writes ? [{ do: 'remove_producer', producer: last.name }] : []), ...(last.reads ? [{ do: 'remove_group', group: last.name }] : [])];
}
