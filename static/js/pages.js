/* Pages of the drawer on a broker, the controller, a group, a member, a producer and a real client. */
import { copyButton } from './copying.js';
import { button, facts, field, link } from './controls.js';
import { mishaps, sourceFacts } from './compose/told.js';
import { h } from './dom.js';
import { doing } from './brokers.js';
import { clientWays } from './faults/strip.js';
import { number } from './i18n.js';
import { copyLink } from './inspect/head.js';
import { lazy } from './lazy.js';
import { shapeOf, tagIcon } from './markers.js';
import { askWhy } from './why/questions.js';

const brokerMore = lazy(() => import('./inspect/broker.js'), 'brokerMore');
const resetOffsets = lazy(() => import('./growing.js'), 'resetOffsets');
const groupMore = lazy(() => import('./inspect/group.js'), 'groupMore');

const title = (stage, words, icon = null) => h('div', { key: 'head', class: 'page-head' },
  h('h3', { class: 'page-title', 'data-testid': 'page-title' }, icon, words), copyLink(stage, stage.view.selected));

export function brokerPage({ id }, stage) {
  const { t, snapshot } = stage;
  const broker = snapshot.brokers.find((b) => b.id === id);
  if (!broker) return null;
  const held = snapshot.topics.flatMap((topic) => topic.partitions
    .filter((p) => p.replicas.some((r) => r.broker === id))
    .map((p) => ({ topic: topic.name, p, replica: p.replicas.find((r) => r.broker === id) })));
  const address = `${broker.host}:${broker.port}`;
  const owns = ({ topic, p, replica }) => h('li', { key: `${topic}-${p.id}` },
    link(`${p.leader === id ? '★ ' : ''}${topic}-${p.id}`, () => stage.select({ kind: 'partition', topic, partition: p.id })), ' ',
    h('span', { class: 'muted num' }, t('replica.upto', { end: replica.end }),
      p.leader === id ? '' : ` · ${t(`replica.${!replica.alive ? 'dead' : replica.in_sync ? 'in-sync' : 'out'}`)}`));
  return [
    title(stage, t('broker.title', { id })),
    facts([
      [t('state'), h('span', {}, h('span', { 'data-testid': 'broker-state' }, doing(broker, snapshot, stage)), ' ', askWhy(stage, 'broker', { broker: id }))],
      [t('address'), h('span', {}, h('code', {}, address), ' ', copyButton(address, t('address.copy', { id }), stage.toast))],
      [t('broker.holds'), t('broker.holds.told', { replicas: held.length, leads: held.filter((it) => it.p.leader === id).length })],
      [t('clients'), broker.clients?.length ? broker.clients.join(', ') : t('none')],
    ]),
    h('p', { key: 'told', class: 'hint' }, t(`broker.hint.${broker.state}`)),
    h('div', { key: 'closer' }, brokerMore({ id }, stage)),
    h('h4', { key: 'held' }, t('broker.holds')),
    h('ul', { key: 'list', class: 'plain' }, held.slice(0, 60).map(owns)),
  ];
}

export function controllerPage(_, stage) {
  const { t, snapshot } = stage;
  return [
    title(stage, t('controller')),
    facts([
      [t('leader'), `C${snapshot.controller.id}`],
      snapshot.controller.epoch === undefined ? null : [t('epoch.name'), number(snapshot.controller.epoch)],
      snapshot.controller.records === undefined ? null : [t('controller.log'), t('controller.records', { records: snapshot.controller.records })],
      [t('cluster.id'), h('code', {}, snapshot.cluster_id)],
    ]),
    h('p', { key: 'told', class: 'hint' }, t('controller.hint')),
  ];
}

export function groupPage({ id }, stage) {
  const { t, snapshot, view } = stage;
  const group = snapshot.groups.find((g) => g.id === id);
  if (!group) return null;
  const shape = shapeOf(snapshot, id);
  const sure = view.sure === `group ${id}`;
  return [
    title(stage, t('group.name', { id })),
    facts([
      [t('state'), t(`group.state.${group.state}`), 'group-state'],
      [t('generation'), h('span', {}, number(group.generation), ' ', askWhy(stage, 'group', { group: id }))],
      [t('assignor'), h('code', {}, group.protocol || '–')],
      [t('coordinator'), group.coordinator < 0 ? '–' : link(t('broker.title', { id: group.coordinator }), () => stage.select({ kind: 'broker', id: group.coordinator }))],
      [t('lag'), number(group.lag)],
    ]),
    h('p', { key: 'told', class: 'hint' }, t(`group.hint.${group.state}`)),
    h('h4', { key: 'members' }, t('members')),
    h('ul', { key: 'list', class: 'plain' }, group.members.map((m) => h('li', { key: m.member || m.id, class: 'reader' }, tagIcon(shape, m.id, m.kind === 'tcp'),
      link(m.id, () => stage.select({ kind: 'member', group: id, id: m.id })), h('span', { class: 'muted' }, owned(m, stage)),
      Object.values(m.assigned || {}).some((list) => list.length) ? null : askWhy(stage, 'idle', { group: id, member: m.id }, { kind: 'whynot' })))),
    h('div', { key: 'closer' }, groupMore({ id }, stage)),
    h('div', { key: 'reset' }, resetOffsets(group, stage)),
    h('p', { key: 'actions', class: 'actions' },
      button(t('group.more.title'), () => stage.order({ do: 'add_consumer', group: id }), { test: 'group-add', held: stage.held }),
      button(t(sure ? 'group.remove.sure' : 'group.remove'), () => (sure ? stage.order({ do: 'remove_group', group: id }) : stage.ask(`group ${id}`)), { kind: 'danger', test: 'remove-group', held: stage.held })),
  ];
}

const owned = (member, { t }) => {
  const parts = Object.entries(member.assigned || {}).flatMap(([topic, list]) => list.map((p) => `${topic}-${p}`));
  return parts.length ? t('member.owns', { parts }) : t('member.idle');
};

export function memberPage({ group: groupId, id }, stage) {
  const { t, snapshot } = stage;
  const group = snapshot.groups.find((g) => g.id === groupId);
  const member = group?.members.find((m) => m.id === id);
  if (!member) return null;
  const tcp = member.kind === 'tcp';
  const positions = Object.entries(member.position || {}).flatMap(([topic, at]) => Object.entries(at).map(([p, offset]) => `${topic}-${p} @ ${offset}`));
  const total = Object.values(member.assigned || {}).reduce((sum, list) => sum + list.length, 0);
  const partitions = snapshot.topics.filter((it) => member.topics?.includes(it.name)).reduce((sum, it) => sum + it.partitions.length, 0);
  return [
    title(stage, member.id, tagIcon(shapeOf(snapshot, groupId), member.id, tcp)),
    facts([
      [t('group'), link(groupId, () => stage.select({ kind: 'group', id: groupId }))],
      [t('member.kind'), t(tcp ? 'member.tcp' : 'member.sim', { host: member.host || '' })],
      [t('member.assigned'), owned(member, stage), 'member-assigned'],
      [t(tcp ? 'member.fetched' : 'member.position'), positions.join(', ') || t('none')],
      [t('lag'), number(member.lag)],
      member.work_ms ? [t('member.work'), t('member.work.told', { ms: member.work_ms, working: member.working, processed: member.processed }), 'member-work'] : null,
      member.commit && member.commit !== 'auto' ? [t('commit.when'), t(`commit.${member.commit}`)] : null,
      [t('heartbeat'), t('heartbeat.told', { ago: member.heartbeat_ms_ago, session: member.session_ms })],
    ]),
    h('p', { key: 'whynot' }, askWhy(stage, 'idle', { group: groupId, member: id }, { kind: 'whynot', words: t(total ? 'ask.idle.busy' : 'ask.idle') })),
    !total && group.state === 'Stable' ? h('p', { key: 'idle', class: 'hint', 'data-testid': 'why-idle' }, t('member.why-idle', { partitions, members: group.members.length })) : null,
    tcp ? h('p', { key: 'tcp', class: 'hint' }, t('member.tcp.hint')) : memberControls(member, stage),
  ];
}

function memberControls(member, stage) {
  const { t } = stage;
  const { id } = member;
  return [
    field(t('member.poll'), {
      name: `poll-${id}`, value: String(member.poll_ms), 'data-testid': 'member-poll', disabled: Boolean(stage.held), title: stage.held || null,
      options: [...new Set([10, 100, 250, 500, 1000, 2000, 5000, 15000, 60000, member.poll_ms])].sort((a, b) => a - b).map((ms) => [String(ms), t('member.poll.told', { every: ms })]),
      on: { change: (e) => stage.order({ do: 'set_consumer', consumer: id, poll_ms: Number(e.target.value) }) },
    }, t('member.poll.hint')),
    field(t('member.work'), {
      name: `work-${id}`, value: String(member.work_ms ?? 0), 'data-testid': 'member-work-ms', disabled: Boolean(stage.held), title: stage.held || null,
      options: [...new Set([0, 10, 50, 100, 250, 500, 1000, 2000, 5000, member.work_ms ?? 0])].sort((a, b) => a - b).map((ms) => [String(ms), t('member.work.each', { ms })]),
      on: { change: (e) => stage.order({ do: 'set_consumer', consumer: id, work_ms: Number(e.target.value) }) },
    }, t('member.work.hint', { max: member.max_poll_interval_ms || 300000 })),
    member.max_poll_records ? field('max.poll.records', {
      name: `records-${id}`, value: String(member.max_poll_records), 'data-testid': 'member-records', disabled: Boolean(stage.held), title: stage.held || null,
      options: [...new Set([1, 2, 3, 5, 10, 50, 100, 500, member.max_poll_records])].sort((a, b) => a - b).map((n) => [String(n), number(n)]),
      on: { change: (e) => stage.order({ do: 'set_consumer', consumer: id, max_poll_records: Number(e.target.value) }) },
    }, t('member.records.hint')) : null,
    h('p', { key: 'actions', class: 'actions' },
      member.running
        ? button(t('member.stall'), () => stage.order({ do: 'stop_consumer', consumer: id }), { title: t('member.stall.title'), test: 'member-stop', held: stage.held })
        : button(t('start'), () => stage.order({ do: 'start_consumer', consumer: id }), { test: 'member-start', held: stage.held }),
      button(t('member.remove'), () => stage.order({ do: 'remove_consumer', consumer: id }), { title: t('member.remove.title'), test: 'member-remove', held: stage.held }),
      button(t('broker.crash'), () => stage.order({ do: 'crash_consumer', consumer: id }), { kind: 'danger', title: t('member.crash.title'), test: 'member-crash', held: stage.held })),
    clientWays(member.client ?? id, stage),
  ];
}

export function producerPage({ id }, stage) {
  const { t, snapshot } = stage;
  const producer = snapshot.producers.find((p) => p.id === id);
  if (!producer) return null;
  const set = (more) => stage.order({ do: 'set_producer', producer: id, ...more });
  const rates = [...new Set([0.1, 0.5, 1, 2, 5, 10, 50, 100, 500, 1000, producer.rate])].sort((a, b) => a - b);
  return [
    title(stage, t('producer.name', { id })),
    facts([
      [t('topic'), link(producer.topic, () => stage.select({ kind: 'topic', topic: producer.topic }))],
      ...sourceFacts(producer, stage),
      producer.partitioner ? [t('partitioner'), h('code', {}, producer.partitioner), 'producer-partitioner'] : null,
      [t('producer.sent'), number(producer.sent)], [t('producer.acked'), number(producer.acked)],
      [t('producer.waits'), number(producer.waiting)], [t('producer.fails'), h('span', {}, number(producer.failed), ' ', producer.failed ? askWhy(stage, 'producer', { producer: id }) : null)],
    ]),
    field(t('producer.pace'), {
      name: `rate-${id}`, value: String(producer.rate), options: rates.map((r) => [String(r), t('producer.rate', { rate: r })]), 'data-testid': 'producer-rate', disabled: Boolean(stage.held), title: stage.held || null,
      on: { change: (e) => set({ rate: Number(e.target.value) }) },
    }),
    field('acks', { name: `acks-${id}`, disabled: Boolean(stage.held), title: stage.held || null, value: producer.acks, options: ['0', '1', 'all'].map((a) => [a, t(`acks.${a}`)]), on: { change: (e) => set({ acks: e.target.value }) } }),
    producer.source === 'rows' ? null : field(t('keys'), {
      name: `keys-${id}`, disabled: Boolean(stage.held), title: stage.held || null, value: producer.keys, options: ['none', 'few', 'many', 'hot'].map((k) => [k, t(`keys.${k}`)]), on: { change: (e) => set({ keys: e.target.value }) },
    }),
    mishaps(producer, stage),
    h('p', { key: 'actions', class: 'actions' },
      button(t(producer.running ? 'stop' : 'start'), () => stage.order({ do: producer.running ? 'stop_producer' : 'start_producer', producer: id }), { test: producer.running ? 'producer-stop' : 'producer-start', held: stage.held }),
      producer.kind === 'sim' ? button(t('producer.restart'), () => stage.order({ do: 'restart_producer', producer: id }), { title: t('producer.restart.title'), test: 'producer-restart', held: stage.held }) : null,
      button(t('remove'), () => stage.order({ do: 'remove_producer', producer: id }), { kind: 'danger', test: 'producer-remove', held: stage.held })),
    clientWays(id, stage),
  ];
}

export function clientPage({ id }, stage) {
  const { t, snapshot } = stage;
  const client = (snapshot.clients || []).find((c) => c.client === id);
  if (!client) return null;
  return [
    title(stage, client.client),
    facts([
      [t('client.software'), `${client.software || '?'} ${client.version || ''}`], [t('client.from'), h('code', {}, client.host)],
      [t('connections'), number(client.connections)], client.member_of ? [t('group'), link(client.member_of, () => stage.select({ kind: 'group', id: client.member_of }))] : null,
    ]),
    h('p', { key: 'told', class: 'hint' }, t('client.hint')),
    clientWays(id, stage, client.host),
  ];
}
