/* Forms in the drawer: a topic, a group. (Records and producers: compose/.) */
import { field, form } from './controls.js';
import { h } from './dom.js';

const REPLICAS_MAX = 12;

const own = (snapshot) => snapshot.topics.filter((topic) => !topic.internal);
const cancel = (stage) => ({ words: stage.t('cancel'), act: () => stage.closeDrawer() });
const heading = (words) => h('h3', { key: 'head', class: 'page-title' }, words);

export function topicForm(_, stage) {
  const { t, snapshot } = stage;
  const most = String(Math.min(3, snapshot.brokers.length));
  const count = (name, value, max) => ({ name, type: 'number', min: 1, max, required: true, initial: { value }, 'data-testid': `topic-${name}` });
  return [heading(t('topic.new')), form({
    key: 'topic', held: stage.held, test: 'new-topic', words: t('topic.create'), cancel: cancel(stage),
    submit: async (data) => {
      const done = await stage.order({
        do: 'create_topic', topic: data.topic, partitions: Number(data.partitions), replication: Number(data.replication), min_insync_replicas: Number(data.insync),
      });
      if (done.ok) stage.select({ kind: 'topic', topic: data.topic });
    },
    fields: [
      field(t('name'), { name: 'topic', required: true, maxlength: 249, pattern: '[a-zA-Z0-9._\\-]+', 'data-testid': 'topic-name' }, t('topic.name.hint')),
      field(t('topic.partitions'), count('partitions', '3', 100), t('topic.partitions.hint')),
      field(t('topic.replication'), count('replication', most, REPLICAS_MAX), t('topic.replication.hint')),
      field('min.insync.replicas', count('insync', '1', REPLICAS_MAX), t('topic.insync.hint')),
    ],
  })];
}

/* What its applications do otherwise than most: only that is said. */
function habits(data) {
  const usual = { work_ms: [data.work, 0], max_poll_interval_ms: [data.patience, 300_000], auto_commit_interval_ms: [data.interval, 5_000] };
  const said = Object.entries(usual).filter(([, [value, plain]]) => value && Number(value) !== plain).map(([name, [value]]) => [name, Number(value)]);
  return { ...Object.fromEntries(said), ...(data.commit && data.commit !== 'auto' ? { commit: data.commit } : {}) };
}

export function groupForm(_, stage) {
  const { t, snapshot } = stage;
  const topics = own(snapshot);
  return [heading(t('group.new')), form({
    key: 'group', held: stage.held, test: 'new-group', words: t('add'), cancel: cancel(stage), off: !topics.length,
    submit: async (data) => {
      const done = await stage.order({
        do: 'add_group', group: data.group, topic: data.topic, consumers: Number(data.consumers), assignor: data.assignor, poll_ms: Number(data.poll), start_at: data.start, ...habits(data),
      });
      if (done.ok) stage.select({ kind: 'group', id: data.group });
    },
    fields: [
      field(t('name'), { name: 'group', required: true, maxlength: 249, 'data-testid': 'group-name' }),
      field(t('topic'), { name: 'topic', options: topics.map((it) => [it.name, it.name]) }, topics.length ? null : t('compose.no-topic')),
      field(t('group.consumers'), { name: 'consumers', type: 'number', min: 1, max: 20, required: true, initial: { value: '1' } }, t('group.consumers.hint')),
      field(t('assignor'), { name: 'assignor', value: 'range', options: ['range', 'roundrobin', 'sticky', 'cooperative-sticky'].map((a) => [a, a]), 'data-testid': 'group-assignor' }, t('assignor.hint')),
      field(t('group.poll'), { name: 'poll', type: 'number', min: 10, max: 60000, initial: { value: '1000' } }),
      field(t('group.start'), { name: 'start', value: 'earliest', options: ['earliest', 'latest'].map((s) => [s, t(`start.${s}`)]) }, t('group.start.hint')),
      h('details', { key: 'habits', 'data-testid': 'group-habits' }, h('summary', {}, t('group.habits')),
        field(t('member.work'), { name: 'work', type: 'number', min: 0, max: 600000, initial: { value: '0' }, 'data-testid': 'group-work' }, t('group.work.hint')),
        field('max.poll.interval.ms', { name: 'patience', type: 'number', min: 100, max: 3600000, initial: { value: '300000' }, 'data-testid': 'group-patience' }, t('group.patience.hint')),
        field(t('commit.when'), { name: 'commit', value: 'auto', options: ['auto', 'after', 'before', 'never'].map((c) => [c, t(`commit.${c}`)]), 'data-testid': 'group-commit' }),
        field('auto.commit.interval.ms', { name: 'interval', type: 'number', min: 10, max: 600000, initial: { value: '5000' } })),
    ],
  })];
}
