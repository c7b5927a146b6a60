/* The picture in words: a table a screen reader can walk and a test can read. Hidden from sight, not from anybody.
 *
 * A line whose partition is still the same object, with the same readers, is not described anew. In a large cluster
 * where everything moves, so many lines are brought up to date in each picture, in turn, and the rest of them soon
 * after; "data-step" then still names the step that the whole table told last. */
import { h } from './dom.js';
import { readers } from './markers.js';

const AT_ONCE = 30; // lines that are described anew in one picture while time runs
const REST_MS = 200;

const known = new Map(); // "topic-partition" -> what a line was described from, and the description
let turn = 0; // where the next picture goes on
let told = null; // the step the whole table stands for
let later = null;

export function twin(snapshot, stage) {
  const { t, past } = stage;
  const found = readers(snapshot);
  const lines = linesOf(snapshot, found, stage);
  const heads = ['topic', 'partition', 'leader', 'isr', 'offset.start', 'offset.hw', 'offset.end', 'replicas', 'readers'];
  return [
    h('h2', { key: 'title' }, t('twin')),
    h('p', { key: 'moment', 'data-moment': past.on ? 'past' : 'live', 'data-step': told }, past.on ? t('twin.past', { at: snapshot.at_ms, behind: past.behind }) : t('twin.live')),
    h('ul', { key: 'brokers', 'aria-label': t('brokers') }, snapshot.brokers.map((b) => h('li', {
      key: b.id, 'data-broker': b.id, 'data-state': b.state, 'data-leads': b.leads,
    }, `${t('broker.title', { id: b.id })}: ${t(`broker.state.${b.state}`)}`))),
    h('table', { key: 'partitions', id: 'twin-partitions' },
      h('caption', {}, t('twin.partitions')),
      h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, t(key))))),
      h('tbody', {}, lines)),
    h('ul', { key: 'groups', 'aria-label': t('groups') }, snapshot.groups.flatMap((g) => g.members.map((m) => member(g, m, t)))),
  ];
}

function linesOf(snapshot, found, stage) {
  const partitions = snapshot.topics.flatMap((topic) => topic.partitions.map((p) => ({ topic, p, key: `${topic.name}-${p.id}` })));
  const everything = partitions.length <= AT_ONCE || stage.past.on || snapshot.pace.paused;
  const lines = new Array(partitions.length);
  const language = document.documentElement.lang;
  let left = everything ? Infinity : AT_ONCE;
  let rest = -1; // the first line that is left for the next picture
  for (let i = 0; i < partitions.length; i++) {
    const place = (turn + i) % partitions.length;
    const { topic, p, key } = partitions[place];
    const here = found.get(key);
    const positions = (here?.positions || []).map((at) => `${at.member}@${at.offset}`).join(' ');
    const committed = (here?.committed || []).map((at) => `${at.group}@${at.offset}`).join(' ');
    const before = known.get(key);
    const same = before && before.partition === p && before.positions === positions && before.committed === committed && before.language === language;
    if (!same && (!before || left > 0)) {
      known.set(key, { partition: p, positions, committed, language, item: line(topic, p, here, positions, committed, stage.t) });
      left -= 1;
    } else if (!same && rest < 0) rest = place;
    lines[place] = known.get(key).item;
  }
  turn = Math.max(0, rest);
  if (rest < 0) told = snapshot.step;
  else {
    later ??= setTimeout(() => {
      later = null;
      stage.redraw();
    }, REST_MS);
  }
  if (known.size > partitions.length * 2 + 100) known.clear(); // topics that are no more
  return lines;
}

function line(topic, p, here, positions, committed, t) {
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
