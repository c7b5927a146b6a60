/* Forms in the drawer: a record by hand, a topic, a producer, a group. */
import { field, form, link } from './controls.js';
import { h } from './dom.js';

const REPLICAS_MAX = 12;

const own = (snapshot) => snapshot.topics.filter((topic) => !topic.internal);
const cancel = (stage) => ({ words: stage.t('cancel'), act: () => stage.closeDrawer() });
const heading = (words) => h('h3', { key: 'head', class: 'page-title' }, words);

export function composeForm(chosen, stage) {
  const { t, snapshot, view } = stage;
  const topics = own(snapshot);
  if (!topics.length) return [heading(t('compose')), h('p', { class: 'muted', key: 'none' }, t('compose.no-topic'))];
  const topic = topics.find((it) => it.name === chosen.topic) || topics[0];
  return [
    heading(t('compose')),
    form({
      key: 'compose', held: stage.held, test: 'compose', words: t('compose.send'), submit: (data) => send(data, stage),
      fields: [
        field(t('topic'), {
          name: 'topic', value: topic.name, options: topics.map((it) => [it.name, it.name]), 'data-testid': 'compose-topic',
          on: { change: (e) => stage.select({ kind: 'compose', topic: e.target.value }) },
        }),
        field(t('record.key'), { name: 'key', 'data-testid': 'compose-key', maxlength: 10000 }, t('compose.key.hint')),
        field(t('record.value'), {
          name: 'value', area: true, rows: 4, class: 'mono', 'data-testid': 'compose-value', initial: { value: t('compose.example') },
          on: { input: () => stage.redraw() },
        }, jsonHint(stage)),
        h('p', { class: 'check', key: 'tomb' }, h('input', { type: 'checkbox', id: 'f-tomb', name: 'tomb' }), h('label', { for: 'f-tomb' }, t('compose.tombstone'))),
        field(t('record.headers'), { name: 'headers', area: true, rows: 2, class: 'mono', placeholder: 'origem=app', 'data-testid': 'compose-headers' }, t('compose.headers.hint')),
        field(t('compose.partition'), {
          name: 'partition', value: '', options: [['', t('compose.by-key')], ...topic.partitions.map((p) => [String(p.id), String(p.id)])],
        }),
      ],
    }),
    feedback(view.feedback, stage),
  ];
}

function jsonHint({ t }) {
  const text = document.getElementById('f-value')?.value ?? t('compose.example');
  if (!text.trim()) return t('compose.empty');
  try {
    JSON.parse(text);
    return t('compose.json');
  } catch (error) {
    return /^\s*[[{"]/.test(text) ? t('compose.json.broken', { why: error.message }) : t('compose.text');
  }
}

function headersOf(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

async function send(data, stage) {
  const command = {
    do: 'produce', topic: data.topic, key: data.key === '' ? null : data.key, value: data.tomb ? null : data.value, headers: headersOf(data.headers),
    partition: data.partition === '' ? null : Number(data.partition),
  };
  await stage.produce(command);
}

function feedback(said, stage) {
  const { t } = stage;
  return h('p', { key: 'feedback', role: 'status', class: said?.ok === false ? 'bad' : 'good', 'data-testid': 'compose-result' },
    !said ? '' : said.ok === false ? t('compose.refused', { code: said.code }) : said.offset === undefined
      ? t('compose.sent')
      : [t('compose.written'), ' ', link(`${said.topic}-${said.partition} @ ${said.offset}`, () => stage.select({ kind: 'record', ...said.at }), 'compose-open')]);
}

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

export function producerForm(_, stage) {
  const { t, snapshot } = stage;
  const topics = own(snapshot);
  return [heading(t('producer.new')), form({
    key: 'producer', held: stage.held, test: 'new-producer', words: t('add'), cancel: cancel(stage), off: !topics.length,
    submit: async (data) => {
      const done = await stage.order({
        do: 'add_producer', topic: data.topic, ...(data.producer ? { producer: data.producer } : {}), rate: Number(data.rate), acks: data.acks, keys: data.keys,
        idempotent: Boolean(data.idempotent) && data.acks === 'all',
      });
      if (done.ok) stage.closeDrawer();
    },
    fields: [
      field(t('topic'), { name: 'topic', options: topics.map((it) => [it.name, it.name]) }, topics.length ? null : t('compose.no-topic')),
      field(t('name'), { name: 'producer', maxlength: 249, 'data-testid': 'producer-name' }, t('name.hint')),
      field(t('producer.pace'), { name: 'rate', type: 'number', min: 0.01, max: 1000, step: 'any', initial: { value: '1' } }),
      field('acks', { name: 'acks', value: 'all', options: ['all', '1', '0'].map((a) => [a, t(`acks.${a}`)]) }),
      field(t('keys'), { name: 'keys', value: 'few', options: ['few', 'none', 'many', 'hot'].map((k) => [k, t(`keys.${k}`)]) }),
      h('p', { class: 'check', key: 'idem' }, h('input', { type: 'checkbox', id: 'f-idem', name: 'idempotent', initial: { checked: true } }), h('label', { for: 'f-idem' }, t('producer.idempotent'))),
    ],
  })];
}

export function groupForm(_, stage) {
  const { t, snapshot } = stage;
  const topics = own(snapshot);
  return [heading(t('group.new')), form({
    key: 'group', held: stage.held, test: 'new-group', words: t('add'), cancel: cancel(stage), off: !topics.length,
    submit: async (data) => {
      const done = await stage.order({
        do: 'add_group', group: data.group, topic: data.topic, consumers: Number(data.consumers), assignor: data.assignor, poll_ms: Number(data.poll), start_at: data.start,
      });
      if (done.ok) stage.select({ kind: 'group', id: data.group });
    },
    fields: [
      field(t('name'), { name: 'group', required: true, maxlength: 249, 'data-testid': 'group-name' }),
      field(t('topic'), { name: 'topic', options: topics.map((it) => [it.name, it.name]) }, topics.length ? null : t('compose.no-topic')),
      field(t('group.consumers'), { name: 'consumers', type: 'number', min: 1, max: 20, required: true, initial: { value: '1' } }, t('group.consumers.hint')),
      field(t('assignor'), { name: 'assignor', value: 'range', options: ['range', 'roundrobin', 'sticky'].map((a) => [a, a]) }),
      field(t('group.poll'), { name: 'poll', type: 'number', min: 10, max: 60000, initial: { value: '1000' } }),
      field(t('group.start'), { name: 'start', value: 'earliest', options: ['earliest', 'latest'].map((s) => [s, t(`start.${s}`)]) }, t('group.start.hint')),
    ],
  })];
}
