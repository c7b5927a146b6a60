/* The picture in words: a table a screen reader can walk and a test can read. Hidden from sight, not from anybody. */
import { h } from './dom.js';
import { readers } from './markers.js';

export function twin(snapshot, { t, past }) {
  const found = readers(snapshot);
  const heads = ['topic', 'partition', 'leader', 'isr', 'offset.start', 'offset.hw', 'offset.end', 'replicas', 'readers'];
  return [
    h('h2', { key: 'title' }, t('twin')),
    h('p', { key: 'moment', 'data-moment': past.on ? 'past' : 'live', 'data-step': snapshot.step }, past.on ? t('twin.past', { at: snapshot.at_ms, behind: past.behind }) : t('twin.live')),
    h('ul', { key: 'brokers', 'aria-label': t('brokers') }, snapshot.brokers.map((b) => h('li', {
      key: b.id, 'data-broker': b.id, 'data-state': b.state, 'data-leads': b.leads,
    }, `${t('broker.title', { id: b.id })}: ${t(`broker.state.${b.state}`)}`))),
    h('table', { key: 'partitions', id: 'twin-partitions' },
      h('caption', {}, t('twin.partitions')),
      h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, t(key))))),
      h('tbody', {}, snapshot.topics.flatMap((topic) => topic.partitions.map((p) => line(topic, p, found.get(`${topic.name}-${p.id}`), t))))),
    h('ul', { key: 'groups', 'aria-label': t('groups') }, snapshot.groups.flatMap((g) => g.members.map((m) => member(g, m, t)))),
  ];
}

function line(topic, p, here, t) {
  const positions = (here?.positions || []).map((at) => `${at.member}@${at.offset}`).join(' ');
  const committed = (here?.committed || []).map((at) => `${at.group}@${at.offset}`).join(' ');
  const replicas = p.replicas.map((r) => `${r.broker}:${r.end}${r.alive ? '' : '✕'}${r.in_sync ? '' : '!'}`).join(' ');
  return h('tr', {
    key: `${topic.name}-${p.id}`, 'data-topic': topic.name, 'data-partition': p.id, 'data-leader': p.leader, 'data-epoch': p.epoch,
    'data-isr': p.isr.join(','), 'data-start': p.start, 'data-hw': p.hw, 'data-end': p.end, 'data-replicas': replicas,
    'data-positions': positions, 'data-committed': committed,
  },
  h('th', { scope: 'row' }, topic.name), h('td', {}, p.id), h('td', {}, p.leader < 0 ? t('tape.leaderless') : t('broker.title', { id: p.leader })),
  h('td', {}, p.isr.join(', ')), h('td', {}, p.start), h('td', {}, p.hw), h('td', {}, p.end),
  h('td', {}, p.replicas.map((r) => t('twin.replica', {
    broker: r.broker, end: r.end, state: !r.alive ? 'dead' : r.in_sync ? 'in' : 'out',
  })).join('; ')),
  h('td', {}, [...(here?.positions || []).map((at) => t('twin.reader', { member: at.member, offset: at.offset, group: at.group })),
    ...(here?.committed || []).map((at) => t('twin.committed', { group: at.group, offset: at.offset }))].join('; ')));
}

function member(group, m, t) {
  const assigned = Object.entries(m.assigned || {}).flatMap(([topic, list]) => list.map((p) => `${topic}-${p}`));
  return h('li', {
    key: `${group.id} ${m.member || m.id}`, 'data-group': group.id, 'data-member': m.id, 'data-assigned': assigned.join(','), 'data-lag': m.lag,
    'data-running': String(m.running),
  }, t('twin.member', { member: m.id, group: group.id, parts: assigned, lag: m.lag }));
}
