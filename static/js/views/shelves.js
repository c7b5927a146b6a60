/* What a machine holds, as numbers: a pure function of the snapshot and of the room there is.
 *
 * Few replicas: each is a row, a short piece of the partition's tape, aligned by offset on all machines. Many: each is
 * a chip with its partition's number. Topics of the brokers' own are one line until they are opened. */

import { prefs } from '../prefs.js';

const ROWS_MAX = 14; // replicas a machine; with more of them they are chips
const CELLS_LEAST = 5; // where fewer records would fit into a row, chips tell more
const SCALES = [1.75, 1.5, 1.25, 1, 0.88, 0.76]; // rows grow with the room there is; chips only shrink
const MACHINE_WIDEST = 620;

/* Of each broker its replicas, by topic: Map of id to [{topic, held: [{topic, partition, replica, leader, dead, out}]}]. */
export function holdings(snapshot) {
  const found = new Map(snapshot.brokers.map((b) => [b.id, []]));
  for (const topic of [...snapshot.topics].sort((a, b) => a.internal - b.internal)) {
    for (const partition of topic.partitions) {
      for (const replica of partition.replicas) {
        const shelves = found.get(replica.broker);
        if (!shelves) continue;
        if (shelves.at(-1)?.topic !== topic) shelves.push({ topic, held: [] });
        shelves.at(-1).held.push({
          topic, partition, replica, broker: replica.broker, leader: partition.leader === replica.broker,
          dead: !replica.alive, out: !replica.in_sync,
        });
      }
    }
  }
  return found;
}

/* Where machines stand: [{rack, ids}] in the order of racks' names; rack "" (none was given) last. */
export function racksOf(brokers) {
  const racks = new Map();
  for (const { id, rack = '' } of brokers) racks.set(rack, [...(racks.get(rack) ?? []), id]);
  return [...racks].map(([rack, ids]) => ({ rack, ids })).sort((a, b) => (a.rack === '') - (b.rack === '') || (a.rack < b.rack ? -1 : 1));
}

/* How many machines may stand side by side; the fewer, the wider they are. */
function columnsFor(count, width, u) {
  const most = Math.max(1, Math.floor((width + 10 * u) / (104 * u)));
  if (count <= 4) return [Math.min(count, Math.max(1, Math.floor((width + 10 * u) / (192 * u))))];
  const found = [];
  for (let columns = Math.min(2, most); columns <= Math.min(count, most); columns++) found.push(columns);
  return found;
}

/* One machine's shelf at a scale: {rows, items, heads, folded, height}. folded: topics that are only named. */
export function shelfLayout(shelves, width, scale, u, view) {
  const shown = shelves.filter(({ topic }) => !topic.internal || view.open.has(topic.name));
  const digits = String(Math.max(0, ...shown.flatMap(({ held }) => held.map(({ partition }) => partition.end)))).length;
  const grown = 1 + (scale - 1) * 0.2;
  const m = {
    u, scale: grown, head: 19 * u * grown, row: 24 * u * scale, label: 33 * u * grown, end: (10 + 8 * digits) * u * grown, cell: 15 * u,
    chip: 24 * u * Math.min(1, scale), chipTall: 21 * u * Math.min(1, scale), gap: 2.5 * u,
  };
  const count = Math.floor((width - m.label - m.end) / m.cell);
  m.cell = Math.min(m.cell * 1.25, (width - m.label - m.end) / Math.max(1, count));
  const held = shown.reduce((sum, one) => sum + one.held.length, 0);
  const rows = held <= ROWS_MAX && count >= CELLS_LEAST;
  const found = { rows, items: [], heads: [], folded: shelves.filter((one) => !shown.includes(one)), m, width, count };
  let y = 0;
  for (const shelf of shown) {
    found.heads.push({ ...shelf, y });
    y = rows ? addRows(found, shelf, y + m.head) : addChips(found, shelf, y + m.head);
    y += 4 * u;
  }
  return { ...found, height: Math.max(4, y) };
}

function addRows(found, { held }, y) {
  const { m, width, count } = found;
  for (const one of held) {
    const { partition, leader } = one;
    const first = Math.max(0, Math.max(partition.end, ...partition.replicas.map((r) => r.end)) + 1 - count);
    const tall = leader ? m.row * 0.7 : m.row * 0.36;
    found.items.push({
      ...one, x: 0, y, w: width, h: m.row - 1, first, count, cell: m.cell, x0: m.label, gap: Math.max(1.5, m.cell * 0.11), tall, middle: y + m.row / 2,
    });
    y += m.row;
  }
  return y;
}

function addChips(found, { held }, y) {
  const { m, width } = found;
  const across = Math.max(1, Math.floor((width + m.gap) / (m.chip + m.gap)));
  const wide = Math.min(m.chip * 1.3, (width - (across - 1) * m.gap) / across);
  held.forEach((one, i) => {
    found.items.push({
      ...one, x: (i % across) * (wide + m.gap), y: y + Math.floor(i / across) * (m.chipTall + m.gap), w: wide, h: m.chipTall,
    });
  });
  return y + Math.ceil(held.length / across) * (m.chipTall + m.gap);
}

/* All machines at the largest scale at which they fit the height, or else as low as they can be:
 * {columns, framed, inner (width of a shelf), gap, shelves: Map of id to its layout}. */
export function machineRoom(snapshot, { width, height, u, view, headHeight, racks }) {
  const framed = racks.length > 1 || racks[0]?.rack !== '';
  const gap = (framed && snapshot.brokers.length > 6 ? 7 : 10) * u;
  const held = holdings(snapshot);
  let lowest = null;
  for (const scale of prefs.projector ? SCALES.filter((one) => one >= 1) : SCALES) {
    for (const columns of columnsFor(framed ? racks.length : snapshot.brokers.length, width, u)) {
      const outer = (width - gap * (columns - 1)) / columns - (framed ? 19 * u : 0);
      const inner = Math.floor(Math.min(outer, MACHINE_WIDEST * u) - 26 * u);
      const shelves = new Map([...held].map(([id, list]) => [id, shelfLayout(list, inner, scale, u, view)]));
      const found = { columns, framed, inner, gap, shelves };
      found.height = roomHeight(found, racks, headHeight, u);
      if (found.height <= height) return found;
      if (!lowest || found.height < lowest.height) lowest = found;
    }
  }
  return lowest;
}

function roomHeight({ columns, framed, shelves, gap }, racks, headHeight, u) {
  const tall = (id) => shelves.get(id).height + shelves.get(id).folded.length * 26 * u + headHeight;
  const blocks = framed ? racks.map(({ ids }) => ids.reduce((sum, id) => sum + tall(id) + gap, 34 * u)) : racks.flatMap(({ ids }) => ids.map(tall));
  let sum = -gap;
  for (let i = 0; i < blocks.length; i += columns) sum += Math.max(...blocks.slice(i, i + columns)) + gap;
  return sum;
}
