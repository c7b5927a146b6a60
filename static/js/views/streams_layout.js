/* Where everything of one stream stands, as numbers: a pure function of the snapshot and of the room there is.
 *
 * The hash range runs downwards and descent to the right (streams/lineage.js), so a shard that was split stands left of
 * its children, and just as high as both of them. In each shard lies its tape: the same records, offsets and high
 * watermark as in the tapes' own view, for the stream lies on that log. */
import { lineage, shownColumns } from '../streams/lineage.js';
import { partitionOf, readersOf } from '../streams/names.js';
import { type } from './board.js';

export const DENSE = 24; // rows; with more of them a shard is a bar
const COLUMN_LEAST = 128; // pixels that a column of closed shards needs
const NEWEST = 0.56; // of the width, at least, for the newest column

const SIZES = [
  { title: 28, tape: 38, tags: 34, cell: 32, font: 14.5, small: 12.5, tag: 21 },
  { title: 24, tape: 30, tags: 30, cell: 25, font: 13.5, small: 12, tag: 19 },
  { title: 21, tape: 23, tags: 25, cell: 20, font: 12.5, small: 11.5, tag: 17 },
  { title: 18, tape: 17, tags: 20, cell: 16, font: 12, small: 11, tag: 15 },
];

/* Sizes in the page's own unit. */
export function measures(u, size) {
  const { title, tape, tags, cell, font, small, tag } = size;
  return {
    u, title: Math.max(title * u, type(font) * 1.5), tape: tape * u, tags: Math.max(tags * u, tag * u + 8 * u), cell: cell * u, gap: 2 * u,
    font: type(font), small: type(small), tag: Math.max(tag * u, type(11) * 1.35), tagFont: type(11), carets: 0, right: 10 * u,
    axis: type(small) * 4, between: 30 * u, pad: 5 * u, end: type(font) * 3.1,
  };
}

/* For all streams the largest size at which they fit together; the smallest, and a scroll, if they never do. */
export function sizeFor(streams, room, u, head) {
  for (const size of SIZES) {
    const m = measures(u, size);
    const height = streams.reduce((sum, stream) => sum + head + heightOf(lineage(stream), m) + 24 * u, 0);
    if (height <= room) return m;
  }
  return measures(u, SIZES.at(-1));
}

const rowHeight = (m) => m.title + m.tape + m.tags + 2 * m.pad;
const denseRow = (rows, u) => (rows > 100 ? 9 : 17) * u;
const heightOf = ({ bounds }, m) => {
  const rows = Math.max(1, bounds.length - 1);
  return rows * (rows > DENSE ? denseRow(rows, m.u) : rowHeight(m)) + m.small * 1.6;
};

/* {lanes, ribbons, axis, width, height, m, dense, hidden, yOf(part of the hash range)}. */
export function streamLayout(stream, snapshot, width, m, view) {
  const line = lineage(stream);
  const rows = Math.max(1, line.bounds.length - 1);
  const dense = rows > DENSE;
  const row = dense ? denseRow(rows, m.u) : rowHeight(m);
  const top = m.small * 0.8;
  const inner = width - m.axis;
  const most = Math.max(1, 1 + Math.floor((inner * (1 - NEWEST)) / (COLUMN_LEAST * m.u)));
  const { first, hidden } = shownColumns(line, most);
  const columns = columnsOf(line.columns - first, inner, m, hidden > 0);
  const lanes = line.shards.filter((one) => one.ends > first && one.top >= 0).map((one) => {
    const from = columns[Math.max(0, one.begins - first)];
    const to = columns[Math.min(columns.length, one.ends - first) - 1];
    const place = { x: m.axis + from.x, y: top + one.top * row + m.u, w: to.x + to.w - from.x, h: (one.bottom - one.top) * row - 2 * m.u };
    return { ...one, ...lane(one.shard, stream, snapshot, place, m, view, dense), older: one.begins < first };
  });
  return {
    stream, lanes, m, dense, hidden, rows, row, top, width, height: top * 2 + rows * row,
    ribbons: dense ? [] : ribbons(lanes, m),
    axis: line.bounds.map((value, i) => ({ value, y: top + i * row })).filter((_, i) => i % Math.max(1, Math.ceil((type(11) * 1.3) / row)) === 0 || i === rows),
    yOf: (value) => yOf(value, line.bounds, top, row),
  };
}

/* The newest column is the broadest: there records come. */
function columnsOf(count, inner, m, cut) {
  const stub = cut ? 34 * m.u : 0;
  const gaps = (count - 1) * m.between;
  const room = inner - gaps - stub;
  const last = count === 1 ? room : Math.max(room * NEWEST, room - (count - 1) * 230 * m.u);
  const other = count === 1 ? 0 : (room - last) / (count - 1);
  return Array.from({ length: count }, (_, i) => ({ x: stub + i * (other + m.between), w: i === count - 1 ? last : other }));
}

function lane(shard, stream, snapshot, place, m, view, dense) {
  const partition = partitionOf(snapshot, stream, shard);
  const readers = readersOf(snapshot.kinesis, stream, shard);
  const key = `${stream.topic}-${shard.partition}`;
  const end = partition?.end ?? shard.end;
  const tall = dense ? place.h : m.title + m.tape + m.tags;
  const y0 = dense ? 0 : Math.max(m.pad, (place.h - tall) / 2); // of a shard of many rows the tape stands in the middle
  const x0 = 11 * m.u;
  const x1 = place.w - m.end;
  const count = Math.max(1, Math.floor((x1 - x0) / m.cell));
  const newest = Math.max(0, end + (shard.open ? 1 : 0) - count);
  const asked = view.from[key];
  const first = asked === undefined ? newest : Math.max(0, Math.min(asked, newest));
  const tapeY = dense ? 0 : y0 + m.title;
  return {
    ...place, key, partition, readers, end, start: partition?.start ?? shard.start, hw: partition?.hw ?? shard.hw,
    leader: partition ? partition.leader : -1, lost: unled(partition), x0, x1, count, first, past: first < newest, cell: m.cell, titleY: y0 + m.title * 0.68, tapeY, tapeH: dense ? place.h : m.tape, floor: tapeY + m.tape,
  };
}

/* Nobody serves the partition behind it: it has no leader, or one that has just died. */
function unled(partition) {
  if (!partition) return false;
  return partition.leader < 0 || partition.replicas.some((one) => one.broker === partition.leader && !one.alive);
}

/* From each parent to its child, where their ranges overlap. */
function ribbons(lanes, m) {
  const byId = new Map(lanes.map((one) => [one.shard.id, one]));
  return lanes.flatMap((child) => child.shard.parents.map((id) => byId.get(id)).filter(Boolean).map((parent) => {
    const top = Math.max(parent.top, child.top);
    const bottom = Math.min(parent.bottom, child.bottom);
    const part = (lane, row) => lane.y + ((row - lane.top) / (lane.bottom - lane.top)) * lane.h;
    return {
      key: `${parent.shard.id} ${child.shard.id}`, parent: parent.shard, child: child.shard, x0: parent.x + parent.w, x1: child.x,
      y0: part(parent, top), y1: part(parent, bottom), z0: part(child, top), z1: part(child, bottom), split: parent.shard.children.length > 1, m,
    };
  }));
}

function yOf(value, bounds, top, row) {
  const at = Math.max(0, bounds.findLastIndex((bound) => bound <= value));
  const next = bounds[at + 1] ?? bounds[at] + 1;
  return top + (at + Math.min(1, (value - bounds[at]) / (next - bounds[at]))) * row;
}
