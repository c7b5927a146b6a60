/* What goes in and out of a stream, second by second; of each shard too, where its metrics are switched on. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { graph, sparkline } from './graph.js';
import { numberOf, open } from './hashes.js';
import { SHARD } from './limits.js';
import { rich } from './parts.js';
import { bytes, duration, perSecond, rounded } from './units.js';

const SPANS = [60, 300];
const SHARDS_SHOWN = 24;
// gauge of series.js, AWS's name of the metric, how it is written, and what a shard may at most
const GRAPHS = [
  ['in_records', 'IncomingRecords', (value, say) => say('per-second', { records: rounded(value) }), SHARD.in_records],
  ['in_bytes', 'IncomingBytes', perSecond, SHARD.in_bytes],
  ['write_throttles', 'WriteProvisionedThroughputExceeded', (value, say) => say('per-second', { records: rounded(value) }), 0],
  ['out_records', 'OutgoingRecords', (value, say) => say('per-second', { records: rounded(value) }), 0],
  ['out_bytes', 'OutgoingBytes', perSecond, SHARD.out_bytes],
  ['read_throttles', 'ReadProvisionedThroughputExceeded', (value, say) => say('reads-per-second', { reads: rounded(value) }), 0],
  ['age_ms', 'IteratorAgeMilliseconds', duration, 0],
];

export function monitoring(desk, stream) {
  const { say } = desk;
  const view = desk.draft('monitoring', () => ({ seconds: 60 }));
  return [
    h('div', { key: 'head', class: 'k-tab-head' },
      h('p', { class: 'hint' }, rich(desk, stream.metrics.length ? 'monitoring.shards' : 'monitoring.told')),
      h('div', { class: 'segments k-span', role: 'group', 'aria-label': say('monitoring.span') }, SPANS.map((seconds) => h('button', {
        key: seconds, type: 'button', 'aria-pressed': String(view.seconds === seconds),
        on: {
          click: () => {
            view.seconds = seconds;
            desk.redraw();
          },
        },
      }, say('monitoring.minutes', { minutes: seconds / 60 }))))),
    h('div', { key: 'totals', class: 'k-totals' }, totals(desk, stream)),
    h('div', { key: 'graphs', class: 'k-graphs' }, GRAPHS.map((kind) => one(desk, stream, view, kind))),
    stream.metrics.length ? null : h('p', { key: 'more', class: 'k-more' }, rich(desk, 'monitoring.more'), ' ',
      button(say('monitoring.enable'), () => desk.go({ page: 'stream', stream: stream.name, tab: 'configuration' }), { kind: 'small', test: 'to-metrics' })),
  ];
}

function totals(desk, stream) {
  const { say } = desk;
  const sum = (field) => stream.shards.reduce((all, shard) => all + (shard[field] ?? 0), 0);
  const one = (key, value) => h('div', { key, class: 'k-figure' }, h('dt', {}, say(`total.${key}`)), h('dd', {}, h('b', { class: 'num', 'data-testid': `total-${key}` }, value)));
  return h('dl', {}, one('records', number(sum('records'))), one('bytes', bytes(sum('bytes'))), one('throttled', number(sum('throttled_in'))), one('shards', number(open(stream).length)));
}

function one(desk, stream, view, [gauge, metric, written, limit]) {
  const { say, series } = desk;
  const { seconds } = view;
  const now = Math.floor(series.at_ms / 1000);
  const points = series.of(stream.name, gauge, { seconds });
  const value = points.at(-1)?.value ?? 0;
  const most = Math.max(0, ...points.map((point) => point.value));
  const bound = limit * open(stream).length;
  const said = (amount) => written(amount, say);
  const wrong = gauge.endsWith('throttles') && value > 0;
  return h('figure', { key: gauge, class: `k-metric${wrong ? ' wrong' : ''}`, 'data-testid': `graph-${gauge}`, 'data-now': String(Math.round(value * 100) / 100) },
    h('figcaption', {}, h('b', {}, say(`metric.${metric}`)), h('span', { class: 'k-now num' }, said(value)), h('code', { class: 'muted' }, metric)),
    h('div', { class: 'k-plot' }, graph(points, { now, seconds, limit: bound, label: say('graph.label', { metric: say(`metric.${metric}`), now: said(value), most: said(most), seconds: seconds }) }),
      bound && most > bound / 20 ? h('span', { class: 'k-axis bound', 'aria-hidden': 'true' }, say('graph.limit', { limit: said(bound) })) : null),
    h('p', { class: 'k-times', 'aria-hidden': 'true' }, h('span', {}, say('graph.ago', { seconds })), h('span', {}, say('graph.most', { most: said(most) })), h('span', {}, say('graph.now'))),
    stream.metrics.includes(metric) ? shards(desk, stream, gauge, said, limit, seconds) : null);
}

/* The same of each shard, all to one scale: the hot one is the tall one. */
function shards(desk, stream, gauge, said, limit, seconds) {
  const lists = stream.shards.map((shard) => ({ shard, points: desk.series.of(stream.name, gauge, { shard: shard.id, seconds }) })).filter(({ shard, points }) => shard.open || points.some((point) => point.value > 0)).slice(0, SHARDS_SHOWN);
  const top = Math.max(1e-9, ...lists.flatMap(({ points }) => points.map((point) => point.value)));
  return h('ul', { class: 'plain k-by-shard' }, lists.map(({ shard, points }) => {
    const value = points.at(-1)?.value ?? 0;
    const hot = limit > 0 && value > limit * 0.8;
    return h('li', { key: shard.id, class: hot ? 'hot' : null, 'data-testid': `${gauge}-${shard.id}` },
      h('span', { class: 'mono', title: shard.id }, desk.say('shard.short', { shard: numberOf(shard.id) })), sparkline(points, { top, width: 96, height: 22 }),
      h('span', { class: 'num' }, said(value)), hot ? h('span', { class: 'k-hot' }, desk.say('shard.hot')) : null);
  }));
}
