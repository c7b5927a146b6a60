/* A record of the film, with what was true of it at the moment that is shown. */

export function asOf(reel, topic, partition, offset) {
  const record = reel.film.record(topic, partition, offset);
  const state = reel.film.pictures[reel.film.at(reel.position)].state;
  const part = state.topics.find((one) => one.name === topic)?.partitions.find((one) => one.id === partition);
  if (!record || !part || offset >= part.end) return { record: null, error: { code: 'RECORDING', reason: '' } };
  const leader = part.replicas.find((replica) => replica.broker === part.leader);
  return {
    record: {
      ...record,
      replicas: part.replicas.map((replica) => ({
        broker: replica.broker, has: replica.start <= offset && offset < replica.end, in_sync: replica.in_sync, alive: replica.alive, leader: replica === leader,
      })),
      committed: offset < part.hw,
      leaderless: !leader,
      delivered: state.groups.flatMap((group) => group.members.flatMap((member) => {
        const position = member.position?.[topic]?.[String(partition)];
        return position === undefined ? [] : [{ group: group.id, consumer: member.id, kind: member.kind, how: member.kind === 'sim' ? 'position' : 'fetched', delivered: offset < position }];
      })),
    },
  };
}
