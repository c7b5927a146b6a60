/* What is different in two snapshots, as lines to be read and places to be lit. A pure function of the two.
 *
 * While time runs the two are never of quite the same moment, so a number counts as different only when the difference
 * is more than either has moved since the frame before: what is left over is no accident of looking. */

/* [{group, id, test, rows: [{what, a, b, number}]}]. test: the part of the stage that is lit (data-testid). */
export function differences(a, b, before = {}) {
  const exact = a.at_ms === b.at_ms;
  const slack = (read) => (exact ? 0 : Math.max(moved(read, before.a, a), moved(read, before.b, b)));
  const found = [];
  const part = (group, id, test, facts) => {
    const rows = facts.filter(({ a: x, b: y, read }) => (typeof x === 'number' && typeof y === 'number' && read ? Math.abs(x - y) > slack(read) : String(x) !== String(y)));
    if (rows.length) found.push({ group, id, test, rows: rows.map(({ what, a: x, b: y, read }) => ({ what, a: x, b: y, number: Boolean(read) })) });
  };
  pairs(a.brokers, b.brokers, (one) => one.id).forEach(([id, x, y]) => part('broker', id, `broker-${id}`, [
    { what: 'state', a: x?.state ?? '', b: y?.state ?? '' }, { what: 'leads', a: x?.leads ?? '', b: y?.leads ?? '' },
  ]));
  for (const [name, x, y] of pairs(a.topics.filter((one) => !one.internal), b.topics.filter((one) => !one.internal), (one) => one.name)) {
    if (x && y && x.min_insync !== y.min_insync) part('topic', name, `topic-${name}`, [{ what: 'min.insync.replicas', a: x.min_insync, b: y.min_insync }]);
    for (const [id, p, q] of pairs(x?.partitions ?? [], y?.partitions ?? [], (one) => one.id)) {
      const of = (key) => (state) => state?.topics.find((one) => one.name === name)?.partitions.find((one) => one.id === id)?.[key];
      part('partition', `${name}-${id}`, `tape-${name}-${id}`, [
        { what: 'leader', a: p?.leader ?? '', b: q?.leader ?? '' }, { what: 'isr', a: [...(p?.isr ?? [])].sort().join(' '), b: [...(q?.isr ?? [])].sort().join(' ') },
        { what: 'epoch', a: p?.epoch ?? '', b: q?.epoch ?? '' }, { what: 'hw', a: p?.hw ?? '', b: q?.hw ?? '', read: of('hw') }, { what: 'end', a: p?.end ?? '', b: q?.end ?? '', read: of('end') },
      ]);
    }
  }
  for (const [id, x, y] of pairs(a.producers, b.producers, (one) => one.id)) {
    const of = (key) => (state) => state?.producers.find((one) => one.id === id)?.[key];
    const count = (key) => ({ what: key, a: x?.[key] ?? '', b: y?.[key] ?? '', read: of(key) });
    part('producer', id, `producer-${id}`, [{ what: 'acks', a: x?.acks ?? '', b: y?.acks ?? '' }, { what: 'rate', a: x?.rate ?? '', b: y?.rate ?? '' }, ...['sent', 'acked', 'failed', 'waiting'].map(count)]);
  }
  for (const [id, x, y] of pairs(a.groups, b.groups, (one) => one.id)) {
    const owned = (group) => (group?.members ?? []).map((member) => `${member.id}: ${Object.entries(member.assigned ?? {}).map(([topic, list]) => `${topic} ${list.join(' ')}`).join(' ') || '—'}`).join('; ');
    part('group', id, `group-${id}`, [
      { what: 'state', a: x?.state ?? '', b: y?.state ?? '' }, { what: 'generation', a: x?.generation ?? '', b: y?.generation ?? '' }, { what: 'protocol', a: x?.protocol ?? '', b: y?.protocol ?? '' },
      { what: 'assigned', a: owned(x), b: owned(y) }, { what: 'lag', a: x?.lag ?? '', b: y?.lag ?? '', read: (state) => state?.groups.find((one) => one.id === id)?.lag },
    ]);
  }
  return found;
}

function moved(read, before, now) {
  const [was, is] = [read(before), read(now)];
  return typeof was === 'number' && typeof is === 'number' ? Math.abs(is - was) : 0;
}

function pairs(left, right, name) {
  const others = new Map(right.map((one) => [name(one), one]));
  const found = left.map((one) => [name(one), one, others.get(name(one))]);
  const known = new Set(left.map(name));
  return [...found, ...right.filter((one) => !known.has(name(one))).map((one) => [name(one), undefined, one])];
}

/* Sums over a whole snapshot that say at a glance how it went. */
export function totals(state) {
  const own = state.producers.filter((one) => one.kind === 'sim');
  const sum = (list, key) => list.reduce((all, one) => all + (one[key] ?? 0), 0);
  const partitions = state.topics.filter((one) => !one.internal).flatMap((one) => one.partitions);
  return {
    acked: sum(own, 'acked'), failed: sum(own, 'failed'), waiting: sum(own, 'waiting'), lag: sum(state.groups, 'lag'), leaderless: partitions.filter((one) => one.leader < 0).length,
  };
}
