/* A segment: one stretch of a partition's log on one broker, with its indexes and when it will be closed. */
import './texts.js';
import { facts, link } from '../controls.js';
import { h } from '../dom.js';
import { fullDate, number, timeOfDay } from '../i18n.js';
import { detail, missing, query } from './detail.js';
import { head } from './head.js';
import { readable, size } from './partition.js';

export function page(chosen, stage) {
  const { t } = stage;
  const { broker, topic, partition, base } = chosen;
  const found = detail(stage, `/inspect/segment${query({ broker, topic, partition, base })}`);
  const title = head(stage, chosen, t('segment.title', { topic, partition, base }));
  if (!found.data) {
    const [words, kind] = missing(found, t);
    return [...title, h('p', { key: 'wait', class: kind, 'data-testid': 'segment-wait' }, words)];
  }
  const { data } = found;
  const go = (to) => stage.select({ ...chosen, base: to });
  const moment = stage.past.on ? `?step=${stage.snapshot.step}` : '';
  const stamp = (ms) => (ms < 0 ? '–' : h('span', { title: fullDate(ms) }, timeOfDay(ms)));
  return [
    ...title,
    h('p', { key: 'told', class: 'hint' }, t(data.active ? 'segment.is-active' : 'segment.is-closed', { base, next: data.next })),
    h('div', { key: 'facts', 'data-testid': 'segment' }, facts([
      [t('segment.name'), h('code', { class: 'tiny' }, `${String(base).padStart(20, '0')}.log`)],
      [t('segment.place'), t('segment.place.told', { number: data.number + 1, segments: data.segments, broker })],
      [t('segment.offsets'), h('span', { class: 'num', 'data-testid': 'segment-offsets' }, `${data.base} – ${data.next - 1}`), 'segment-span'],
      [t('segment.size'), h('span', { class: 'num' }, `${number(data.bytes)} B (${size(data.bytes)})`)],
      data.records === null ? null : [t('segment.records'), t('segment.records.told', { records: data.records, batches: data.batches, gone: data.offsets - data.records })],
      [t('segment.synced'), t('segment.synced.told', { synced: data.synced, bytes: data.bytes })],
      [t('segment.first'), stamp(data.first_ms)], [t('segment.last'), stamp(data.max_ms)],
    ])),
    rolls(data, t),
    h('h4', { key: 'index-title' }, t('segment.index', { entries: data.index_entries })),
    h('p', { key: 'index-told', class: 'muted' }, t('segment.index.told')),
    data.index.length ? h('table', { key: 'index', class: 'configs', 'data-testid': 'segment-index' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('segment.index.offset')), h('th', { scope: 'col' }, t('segment.index.position')))),
      h('tbody', {}, data.index.slice(0, 40).map((e) => h('tr', { key: e.offset }, h('td', { class: 'num' }, number(e.offset)), h('td', { class: 'num' }, number(e.position)))))) : null,
    h('p', { key: 'ways', class: 'actions' },
      data.previous === null ? null : link(`‹ ${data.previous}`, () => go(data.previous), 'segment-previous'),
      data.following === null ? null : link(`${data.following} ›`, () => go(data.following), 'segment-following'),
      h('a', { href: `/s/${stage.sandbox}/files/${moment}#${broker}/${data.path}`, 'data-testid': 'segment-file' }, t('segment.file'))),
    h('p', { key: 'up' }, link(t('record.partition', { topic, partition }), () => stage.select({ kind: 'partition', topic, partition }), 'segment-partition')),
  ];
}

/* How full the active one is; of a closed one, what takes it away. */
function rolls(data, t) {
  const most = data.rolls['segment.bytes'];
  if (data.active) {
    return h('div', { key: 'rolls' },
      h('span', { class: 'bar segment-bar active', 'aria-hidden': 'true' }, h('span', { class: 'bar-fill', vars: { '--from': '0%', '--to': `${Math.min(100, (data.bytes / most) * 100)}%` } })),
      h('p', { class: 'muted num' }, t('segment.rolls', { bytes: size(data.bytes), most: readable('segment.bytes', String(most), t), age: readable('segment.ms', String(data.rolls['segment.ms']), t) })));
  }
  const { 'cleanup.policy': policy, 'retention.ms': ms } = data.retention;
  return h('p', { key: 'rolls', class: 'muted' }, policy.includes('delete')
    ? t('segment.retention', { ms: readable('retention.ms', String(ms), t), age: data.age_ms }) : t('segment.compacted'));
}
