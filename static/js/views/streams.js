/* Kinesis streams on the log: each shard with its hash range, its records, what it came of and what came of it, who
 * reads where, and whom it had to refuse. The brokers above are what AWS keeps out of sight. */
import '../streams/texts.js';
import { hashKey } from '../kinesis/md5.js';
import { HASHES, numberOf, shardOfHash } from '../kinesis/hashes.js';
import { h, patch } from '../dom.js';
import { looked } from '../frames/looking.js';
import { boundary, part } from '../streams/range.js';
import { topicOf } from '../streams/names.js';
import { board, paintBoards, unit } from './board.js';
import { invitation, streamHead, top } from './streams_head.js';
import { laneCard } from './streams_lane.js';
import { sizeFor, streamLayout } from './streams_layout.js';
import { paintStream } from './streams_paint.js';

const NARROW = 900;
const HEAD = 66; // what stands above a stream's shards
const TOP = 46;

let painted = []; // of the last picture
let place = null; // the box of the view

export function draw(stage, box) {
  const { snapshot } = stage;
  place = box;
  painted = [];
  const streams = snapshot.kinesis?.streams ?? [];
  if (!streams.length) {
    patch(box, [top(stage), invitation(stage)]);
    return;
  }
  const u = unit();
  const width = Math.max(230, box.clientWidth - 34 * u);
  const room = (innerWidth > NARROW ? box.clientHeight : innerHeight) - TOP * u;
  const m = sizeFor(streams, room, u, HEAD * u);
  const boards = [];
  const cards = streams.map((stream) => card(stream, streamLayout(stream, snapshot, width, m, stage.view), boards, stage));
  patch(box, [top(stage), cards]);
  paintBoards(box, boards);
  if (!stage.past.on) stage.line?.look('streams', looked(snapshot, rows(snapshot)));
}

export function leave(box, stage) {
  stage.line?.look('streams', []);
}

function card(stream, layout, boards, stage) {
  painted.push({ stream: stream.name, layout });
  const probe = probed(stream, stage);
  const key = `stream ${stream.name}`;
  const chosen = stage.view.selected?.stream === stream.name ? stage.view.selected.shard : '';
  const paint = (context, colors) => paintStream(context, layout, { now: stage.snapshot.at_ms, chosen, probed: probe?.shard?.id }, colors);
  boards.push({ key, width: layout.width, height: Math.ceil(layout.height), paint });
  const lines = [axis(layout, stage), layout.ribbons.map((one) => ribbon(one, stage)), probe ? pointer(probe, layout) : null];
  const field = layout.dense ? dense(stream, layout, lines, boards, paint, stage) : h('div', {
    key: 'field', class: 'board stream-field', 'data-board': key, vars: { '--w': `${layout.width}px`, '--h': `${Math.ceil(layout.height)}px` },
  },
  h('canvas', { key: 'cells', keep: true, 'aria-hidden': 'true' }),
  h('svg', { key: 'lines', class: 'tape-lines field-lines', 'aria-hidden': 'true', width: layout.width, height: Math.ceil(layout.height) }, lines),
  layout.lanes.map((one) => laneCard(one, layout, stage)));
  return h('article', {
    key: stream.name, class: `card stream ${stream.status.toLowerCase()}`, 'data-stream': stream.name, 'data-status': stream.status, 'data-testid': `stream-${stream.name}`, 'aria-label': stage.t('stream.name', { stream: stream.name }),
  }, streamHead(stream, probe, layout.hidden, stage), h('div', { key: 'scroll', class: 'stream-body' }, field));
}

/* So many shards that each is only a bar: one stop for the keyboard, arrows go from shard to shard. */
function dense(stream, layout, lines, boards, paint, stage) {
  boards.pop();
  const made = board({
    key: `stream ${stream.name}`, label: stage.t('stream.board', { stream: stream.name, shards: layout.lanes.length }), width: layout.width, height: Math.ceil(layout.height), lines: [lines, numbers(layout)], paint,
    items: layout.lanes.map((one) => ({
      x: one.x, y: one.y, w: one.w, h: one.h, open: () => stage.select({ kind: 'shard', stream: stream.name, shard: one.shard.id }, true),
      spoken: () => `${stage.t('shard.name', { shard: one.shard.id, stream: stream.name, open: one.shard.open })} ${stage.t('shard.spoken', { records: one.end - one.start, rate: one.shard.records_s, readers: [], throttled: false, lost: false })}`,
    })),
    test: `board-${stream.name}`,
  }, stage);
  boards.push(made);
  return made.drawn;
}

/* On bars that are high enough: which shard, and where it ends. */
function numbers({ lanes, m, row }) {
  if (row < m.small * 1.25) return null;
  return lanes.map((one) => {
    const y = one.y + one.h / 2 + m.small * 0.34;
    return [
      h('text', { key: `n ${one.shard.id}`, class: 'soft figures', x: one.x + 6 * m.u, y, 'font-size': m.small }, numberOf(one.shard.id)),
      one.end ? h('text', { key: `e ${one.shard.id}`, class: 'leader figures', x: one.x + one.w - 6 * m.u, y, 'font-size': m.small, 'text-anchor': 'end' }, one.end) : null,
    ];
  });
}

/* The hash range at the left, from 0 down to 2^128. */
function axis({ axis: marks, m, top: from, height }, { t }) {
  const x = m.axis - 7 * m.u;
  return [
    h('path', { key: 'axis', class: 'hash-axis', d: `M${x} ${from}V${height - from}` }),
    marks.map(({ value, y }) => [
      h('path', { key: `tick ${value}`, class: 'hash-axis', d: `M${x - 4 * m.u} ${y}h${4 * m.u}` }),
      h('text', { key: `at ${value}`, class: 'soft figures', x: x - 6 * m.u, y: y + m.small * 0.36, 'font-size': m.small * 0.95, 'text-anchor': 'end' }, boundary(value)),
    ]),
    h('title', { key: 'told' }, t('stream.axis')),
  ];
}

/* Descent: what was a parent's range flows into its child. */
function ribbon({ key, x0, x1, y0, y1, z0, z1, split, m }) {
  const middle = (x0 + x1) / 2;
  const y = (y0 + y1 + z0 + z1) / 4;
  return h('g', { key: `ribbon ${key}`, class: split ? 'ribbon-line split' : 'ribbon-line merge', 'data-ribbon': key },
    h('path', { class: 'descent', d: `M${x0} ${y0}C${middle} ${y0} ${middle} ${z0} ${x1} ${z0}V${z1}C${middle} ${z1} ${middle} ${y1} ${x0} ${y1}Z` }),
    h('path', { class: 'descent-arrow', d: `M${middle - 4 * m.u} ${y - 5 * m.u}l${6 * m.u} ${5 * m.u}l${-6 * m.u} ${5 * m.u}` }));
}

/* Where the key that somebody types would fall. */
function probed(stream, stage) {
  const text = stage.view.probe?.[stream.name];
  if (text === undefined || text === '') return null;
  const hash = hashKey(text);
  return { text, hash, value: part(hash), share: Number((hash * 1000n) / HASHES) / 10, shard: shardOfHash(stream.shards, hash) };
}

function pointer({ value }, { m, yOf, width }) {
  const y = yOf(value);
  const x = m.axis - 7 * m.u;
  return h('g', { key: 'pointer', class: 'hash-pointer' },
    h('path', { class: 'pointer-line', d: `M${x} ${y}H${width}` }),
    h('path', { class: 'pointer-tip', d: `M${x + 2 * m.u} ${y}l${-9 * m.u} ${-5 * m.u}v${10 * m.u}z` }));
}

function rows(snapshot) {
  return painted.flatMap(({ stream, layout }) => {
    const topic = topicOf(snapshot, snapshot.kinesis.streams.find((one) => one.name === stream));
    return layout.lanes.filter((one) => one.partition).map((one) => ({ kind: 'tape', topic, partition: one.partition }));
  });
}

/* Where a record of a shard is drawn, in the window; of one that is out of sight, where the newest is. For what flies. */
export function whereIs(topic, partition, offset) {
  for (const { layout } of painted) {
    const one = layout.lanes.find((it) => layout.stream.topic === topic && it.shard.partition === partition);
    const field = one && place?.querySelector(`[data-board="${CSS.escape(`stream ${layout.stream.name}`)}"]`)?.getBoundingClientRect();
    if (!field) continue;
    const newest = Math.max(one.first, Math.min(one.end, one.first + one.count) - 1);
    const at = offset === undefined || offset < one.first || offset >= one.first + one.count ? newest : offset;
    const side = layout.m.cell - layout.m.gap;
    return { x: field.left + one.x + one.x0 + (at - one.first) * layout.m.cell + side / 2, y: field.top + one.y + one.tapeY + one.tapeH / 2, w: side, h: one.tapeH, cell: true };
  }
  return null;
}

/* For tests: the shards, and where in the window. */
export function probe(box) {
  return painted.flatMap(({ stream, layout }) => {
    const field = box.querySelector(`[data-board="${CSS.escape(`stream ${stream}`)}"]`)?.getBoundingClientRect();
    return field ? layout.lanes.map((one) => ({
      stream, shard: one.shard.id, open: one.shard.open, x: field.left + one.x, y: field.top + one.y, w: one.w, h: one.h, begins: one.begins, ends: one.ends, first: one.first, count: one.count,
      end: one.end, cell: layout.m.cell, gap: layout.m.gap, x0: field.left + one.x + one.x0, tape: field.top + one.y + one.tapeY, tall: one.tapeH,
    })) : [];
  });
}
