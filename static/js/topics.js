/* Pages of the drawer on a topic and on one of its partitions. */
import { button, facts, link } from './controls.js';
import { h } from './dom.js';
import { number } from './i18n.js';
import { copyLink } from './inspect/head.js';
import { lazy } from './lazy.js';
import { readers, tagIcon } from './markers.js';
import { wordsLink } from './streams/link.js';
import { topicSettings } from './topic_settings.js';
import { askWhy } from './why/questions.js';

const partitionMore = lazy(() => import('./inspect/partition.js'), 'partitionMore');
const growTopic = lazy(() => import('./growing.js'), 'growTopic');
const moveReplicas = lazy(() => import('./growing.js'), 'moveReplicas');
const ghostSection = lazy(() => import('./inspect/ghost.js'), 'ghostSection');

export function partitionPage(chosen, stage) {
  const { t, snapshot, view } = stage;
  const topic = snapshot.topics.find((it) => it.name === chosen.topic);
  const p = topic?.partitions.find((it) => it.id === chosen.partition);
  if (!p) return null;
  const key = `${topic.name}-${p.id}`;
  const where = { topic: topic.name, partition: p.id };
  const here = readers(snapshot).get(key) || { positions: [], committed: [] };
  return [
    h('div', { key: 'head', class: 'page-head' }, h('h3', { class: 'page-title', 'data-testid': 'partition-title' }, key), copyLink(stage, chosen)),
    facts([
      [t('leader'), h('span', {}, p.leader < 0 ? h('b', { class: 'bad' }, t('tape.leaderless')) : link(t('broker.title', { id: p.leader }), () => stage.select({ kind: 'broker', id: p.leader })), ' ',
        askWhy(stage, 'leader', where)), 'partition-leader'],
      [t('epoch.name'), number(p.epoch)],
      ['ISR', h('span', {}, h('span', { 'data-testid': 'partition-isr' }, p.isr.join(', ')), ' ', askWhy(stage, 'isr', where))],
      [t('offset.start'), String(p.start)],
      [t('offset.hw'), String(p.hw), 'partition-hw'],
      [t('offset.end'), String(p.end), 'partition-end'],
    ]),
    h('p', { key: 'told', class: 'hint' }, t(p.hw < p.end ? 'partition.behind' : 'partition.even', { behind: p.end - p.hw, isr: p.isr.length }), ' ',
      p.hw < p.end ? askWhy(stage, 'uncommitted', { ...where, offset: p.hw }) : null),
    wordsLink(stage, topic, p.id),
    h('div', { key: 'ghostly' }, ghostSection(chosen, p, stage)),
    h('h4', { key: 'readers' }, t('readers')),
    here.positions.length
      ? h('ul', { key: 'positions', class: 'plain' }, here.positions.map((at) => h('li', { key: `${at.group} ${at.member}`, class: 'reader' },
        tagIcon(at.shape, at.member, at.kind === 'tcp'),
        h('span', { class: 'num' }, t(at.kind === 'tcp' ? 'reader.tcp' : 'reader.at', { member: at.member, group: at.group, offset: at.offset, lag: Math.max(0, p.hw - at.offset) })),
        p.hw > at.offset ? askWhy(stage, 'lag', { ...where, group: at.group }) : null)))
      : h('p', { key: 'positions', class: 'muted' }, t('reader.nobody')),
    h('form', {
      key: 'goto', class: 'inline',
      on: {
        submit: (event) => {
          event.preventDefault();
          const offset = Number(new FormData(event.currentTarget).get('offset'));
          if (Number.isInteger(offset) && offset >= 0) stage.select({ kind: 'record', topic: topic.name, partition: p.id, offset });
        },
      },
    }, h('label', { for: 'goto' }, t('partition.goto')),
    h('input', { id: 'goto', name: 'offset', type: 'number', min: p.start, max: Math.max(p.start, p.end - 1), required: true }),
    h('button', { type: 'submit', class: 'small' }, t('open'))),
    h('div', { key: 'closer' }, partitionMore(chosen, stage)),
    h('div', { key: 'move' }, moveReplicas(topic.name, p, stage)),
    topic.partitions.length >= 16
      ? button(t(view.pinned.has(key) ? 'partition.unpin' : 'partition.pin'), () => stage.pin(key), { kind: 'small', pressed: view.pinned.has(key) })
      : null,
    h('p', { key: 'up' }, link(t('topic.open', { topic: topic.name }), () => stage.select({ kind: 'topic', topic: topic.name }))),
  ];
}

export function topicPage(chosen, stage) {
  const { t, snapshot, view } = stage;
  const topic = snapshot.topics.find((it) => it.name === chosen.topic);
  if (!topic) return null;
  const written = topic.partitions.reduce((sum, p) => sum + p.end - p.start, 0);
  const leaderless = topic.partitions.filter((p) => p.leader < 0).length;
  const sure = view.sure === `topic ${topic.name}`;
  return [
    h('div', { key: 'head', class: 'page-head' }, h('h3', { class: 'page-title' }, topic.name), copyLink(stage, chosen)),
    facts([
      [t('topic.partitions'), number(topic.partitions.length)],
      [t('topic.replication'), number(topic.replication)],
      ['min.insync.replicas', number(topic.min_insync)],
      [t('topic.records'), number(written)],
      leaderless ? [t('tape.leaderless'), number(leaderless)] : null,
    ]),
    h('p', { key: 'told', class: 'hint' }, t('topic.told', { isr: topic.min_insync }), ' ', askWhy(stage, 'refused', { topic: topic.name, acks: 'all' }, { kind: 'whynot', words: t('ask.writable') })),
    wordsLink(stage, topic),
    h('p', { key: 'list', class: 'links' }, topic.partitions.slice(0, 100).map((p) =>
      h('span', { key: p.id }, link(String(p.id), () => stage.select({ kind: 'partition', topic: topic.name, partition: p.id })), ' '))),
    topic.internal ? null : h('p', { key: 'actions', class: 'actions' },
      button(t('compose.short'), () => stage.compose(topic.name), { kind: 'primary', held: stage.held }),
      button(t(sure ? 'topic.delete.sure' : 'topic.delete'), () => {
        if (!sure) stage.ask(`topic ${topic.name}`);
        else stage.order({ do: 'delete_topic', topic: topic.name });
      }, { kind: 'danger', test: 'delete-topic', held: stage.held })),
    topic.internal ? null : h('div', { key: 'grow' }, growTopic(topic, stage)),
    topic.internal ? null : topicSettings(topic, stage),
  ];
}
