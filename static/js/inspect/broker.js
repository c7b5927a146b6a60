/* More of a broker: its life and registration, heartbeats, metadata, disk, faults on its links, and where Riacho differs from Kafka. */
import './texts.js';
import { facts, link } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { detail, missing, query } from './detail.js';
import { size } from './partition.js';

export function brokerMore({ id }, stage) {
  const { t } = stage;
  const found = detail(stage, `/inspect/broker${query({ broker: id })}`);
  if (!found.data) {
    const [words, kind] = missing(found, t);
    return h('p', { key: 'more', class: kind }, words);
  }
  const { data } = found;
  const used = (data.disk.used + data.disk.others) / data.disk.quota;
  return h('div', { key: 'more', 'data-testid': 'broker-more' },
    h('h4', {}, t('inspect.broker.life')),
    facts([
      [t('inspect.broker.lives'), t('inspect.broker.lives.told', { life: data.life, epoch: data.epoch }), 'broker-life'],
      [t('inspect.broker.heard'), data.heard_ms_ago === null ? t('inspect.broker.fenced') : t('inspect.broker.heard.told', { ago: data.heard_ms_ago, session: data.session_ms, every: data.heartbeat_ms }), 'broker-heard'],
      [t('inspect.broker.metadata'), t('inspect.broker.metadata.told', { offset: data.metadata_offset, end: data.metadata_end }), 'broker-metadata'],
      [t('inspect.broker.appended'), number(data.appended)],
      data.coordinates.length ? [t('inspect.broker.coordinates'), h('span', {}, data.coordinates.map((g, i) => [i ? ', ' : '', link(g, () => stage.select({ kind: 'group', id: g }))]))] : null,
      data.paused_ms ? [t('inspect.broker.paused'), h('b', { class: 'warn' }, t('inspect.ms', { ms: data.paused_ms }))] : null,
      data.clock_ms ? [t('inspect.broker.clock'), h('b', { class: 'warn num' }, `${data.clock_ms > 0 ? '+' : ''}${number(data.clock_ms)} ms`)] : null,
      data.fsync_ms ? [t('inspect.broker.fsync'), h('b', { class: 'warn' }, t('inspect.ms', { ms: data.fsync_ms }))] : null,
    ]),
    data.heard_ms_ago === null ? null : h('span', { class: `bar session${data.heard_ms_ago > data.session_ms * 0.66 ? ' late' : ''}`, 'aria-hidden': 'true' },
      h('span', { class: 'bar-fill', vars: { '--from': '0%', '--to': `${Math.min(100, (data.heard_ms_ago / data.session_ms) * 100)}%` } })),
    h('h4', {}, t('inspect.broker.disk')),
    h('span', { class: `bar disk${used >= 0.98 ? ' late' : ''}`, 'aria-hidden': 'true' }, h('span', { class: 'bar-fill', vars: { '--from': '0%', '--to': `${Math.min(100, used * 100)}%` } })),
    h('p', { class: 'muted num' }, t('inspect.broker.disk.told', { used: size(data.disk.used), quota: size(data.disk.quota), files: data.disk.files }),
      data.disk.others ? ` ${t('inspect.broker.disk.others', { others: size(data.disk.others) })}` : '', data.disk.failing ? ` ${t('inspect.broker.disk.failing')}` : '', ' ',
      h('a', { href: `/s/${stage.sandbox}/files/${stage.past.on ? `?step=${stage.snapshot.step}` : ''}#${id}` }, t('inspect.broker.files'))),
    data.links.length ? [h('h4', {}, t('inspect.broker.links')), h('ul', { class: 'plain', 'data-testid': 'broker-links' }, data.links.map((one) => h('li', { key: `${one.source} ${one.target}` },
      h('b', {}, `${one.source} → ${one.target}`), ' ', h('span', { class: 'warn' }, one.cut ? t('inspect.link.cut') : t('inspect.link.slow', { ms: one.extra_ms })))))] : null,
    h('details', {}, h('summary', {}, t('inspect.different', { settings: data.different.length })),
      h('div', { class: 'scroll-x' }, h('table', { class: 'configs' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('inspect.setting')), h('th', { scope: 'col' }, 'Riacho'), h('th', { scope: 'col' }, 'Kafka'))),
        h('tbody', {}, data.different.map((d) => h('tr', { key: d.name }, h('th', { scope: 'row' }, h('code', {}, d.name)), h('td', { class: 'num' }, d.value), h('td', { class: 'num muted' }, d.kafka))))))));
}
