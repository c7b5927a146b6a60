/* On a topic's page: change one of its configs, as kafka-configs --alter does. What is not named stays as it is. */
import { field, form } from './controls.js';
import { h } from './dom.js';

/* Those that change what can be seen here. For the others there is the same as code, and the API. */
const CONFIGS = [
  'min.insync.replicas', 'retention.ms', 'retention.bytes', 'segment.bytes', 'segment.ms', 'cleanup.policy', 'delete.retention.ms', 'min.cleanable.dirty.ratio',
  'max.compaction.lag.ms', 'unclean.leader.election.enable', 'max.message.bytes', 'message.timestamp.type',
];

export function topicSettings(topic, stage) {
  const { t } = stage;
  return [
    h('h4', { key: 'settings-title' }, t('topic.set')),
    form({
      key: 'settings', held: stage.held, test: 'set-topic', words: t('topic.set.send'),
      submit: async (data) => {
        const done = await stage.order({ do: 'set_topic', topic: topic.name, configs: { [data.config]: data.setting.trim() } });
        if (done.ok) stage.toast(t('topic.set.done', { name: data.config, value: data.setting.trim() }));
      },
      fields: [
        field(t('topic.set.name'), { name: 'config', class: 'mono', options: CONFIGS.map((name) => [name, name]), 'data-testid': 'set-topic-name' }),
        field(t('topic.set.value'), { name: 'setting', required: true, maxlength: 200, class: 'mono', 'data-testid': 'set-topic-value' }, t('topic.set.hint')),
      ],
    }),
  ];
}
