/* What the doctor knows of this sandbox: where it listens, what there is, and what is wrong with it just now. */

export function surroundings(stage) {
  const state = stage.live;
  const running = state.brokers.filter((it) => it.state === 'running');
  const own = state.topics.filter((it) => !it.internal);
  const partitions = own.flatMap((topic) => topic.partitions.map((p) => ({ topic: topic.name, partition: p.id, leader: p.leader, isr: p.isr.length, least: Math.min(topic.min_insync, p.replicas.length) })));
  return {
    bootstrap: running.length ? [stage.bootstrap(), ...running.map((it) => `${it.host}:${it.port}`)].filter((it, i, all) => all.indexOf(it) === i).slice(0, 3) : state.kafka?.slice(0, 3) ?? stage.kafka,
    ports: state.brokers.map((it) => String(it.port)),
    web: { host: location.hostname, port: location.port },
    remote: !['localhost', '127.0.0.1', '[::1]', ''].includes(location.hostname),
    topics: own.map((it) => it.name), groups: state.groups.map((it) => it.id), brokers: running.length,
    leaderless: partitions.filter((it) => it.leader < 0), thin: partitions.filter((it) => it.leader >= 0 && it.isr < it.least),
    down: state.brokers.filter((it) => it.state !== 'running').map((it) => it.id), paused: state.pace.paused,
  };
}
