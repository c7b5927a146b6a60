/* What an administrator does, as forms on the pages of what it is about: more partitions for a topic, other brokers for a
 * partition's replicas, other offsets for a group that nobody is in. */
import { button, field, form } from './controls.js';
import { h } from './dom.js';

const PARTITIONS_MAX = 100;

export function growTopic(topic, stage) {
  const { t } = stage;
  const least = topic.partitions.length + 1;
  return [
    h('h4', { key: 'grow-title' }, t('grow.title')),
    least > PARTITIONS_MAX ? h('p', { key: 'grow-full', class: 'muted' }, t('grow.full')) : form({
      key: `grow ${least}`, held: stage.held, test: 'grow-topic', words: t('grow.send'),
      submit: (data) => stage.order({ do: 'add_partitions', topic: topic.name, partitions: Number(data.total) }),
      fields: [field(t('grow.total'), { name: 'total', type: 'number', min: least, max: PARTITIONS_MAX, required: true, initial: { value: String(least) }, 'data-testid': 'grow-total' }, t('grow.hint'))],
    }),
  ];
}

/* "4, 2 3" as [4, 2, 3]; null if it is no list of brokers. */
export function brokersIn(text) {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  return parts.length && parts.every((part) => /^\d{1,4}$/.test(part)) ? parts.map(Number) : null;
}

export function moveReplicas(topic, p, stage) {
  const { t } = stage;
  const where = { topic, partition: p.id };
  const on = p.replicas.map((r) => r.broker);
  const moving = p.adding?.length || p.removing?.length;
  return [
    h('h4', { key: 'move-title' }, t('move.title')),
    moving ? h('p', { key: 'moving', 'data-testid': 'moving' }, t('move.under-way', { adding: p.adding, removing: p.removing }), ' ',
      button(t('move.cancel'), () => stage.order({ do: 'move_replicas', ...where, replicas: null }), { kind: 'small', test: 'move-cancel', held: stage.held })) : null,
    form({
      key: `move ${on}`, held: stage.held, test: 'move-replicas', words: t('move.send'),
      submit: (data) => {
        const replicas = brokersIn(data.brokers);
        if (replicas) stage.order({ do: 'move_replicas', ...where, replicas });
        else stage.toast(t('move.what'));
      },
      fields: [field(t('move.brokers'), { name: 'brokers', required: true, maxlength: 80, class: 'mono', inputmode: 'text', initial: { value: on.join(', ') }, 'data-testid': 'move-brokers' }, t('move.hint'))],
    }),
  ];
}

const BY = ['earliest', 'latest', 'offset', 'shift', 'duration'];

export function resetOffsets(group, stage) {
  const { t } = stage;
  const topics = Object.keys(group.committed || {});
  if (!topics.length) return null;
  if (group.members.length) return [h('h4', { key: 'reset-title' }, t('reset.title')), h('p', { key: 'reset-busy', class: 'muted', 'data-testid': 'reset-busy' }, t('reset.busy'))];
  return [
    h('h4', { key: 'reset-title' }, t('reset.title')),
    form({
      key: 'reset', held: stage.held, test: 'reset-offsets', words: t('reset.send'),
      submit: (data) => {
        const amount = Number(data.amount);
        const more = { offset: { offset: amount }, shift: { offset: amount }, duration: { ms: amount } }[data.to] ?? {};
        stage.order({ do: 'reset_offsets', group: group.id, ...(data.topic ? { topic: data.topic } : {}), to: data.to, ...more });
      },
      fields: [
        field(t('topic'), { name: 'topic', options: [['', t('reset.all')], ...topics.map((name) => [name, name])] }),
        field(t('reset.to'), { name: 'to', options: BY.map((by) => [by, t(`reset.to.${by}`)]), 'data-testid': 'reset-to' }),
        field(t('reset.amount'), { name: 'amount', type: 'number', step: 1, initial: { value: '0' }, 'data-testid': 'reset-amount' }, t('reset.hint')),
      ],
    }),
  ];
}
