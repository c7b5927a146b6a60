/* One partition's card above the canvas: names of lanes, high watermark, scale, tags, and the cursor.
 *
 * The card is one stop for the keyboard and speaks as a slider along the offsets: arrows move, Home
 * and End go to the ends, Enter opens the record. The pointer clicks the record itself. */
import { button } from './controls.js';
import { h } from './dom.js';
import { ghostMark } from './inspect/ghost_mark.js';
import { keyAt, offsetAt, xOf } from './layout.js';
import { markers } from './markers.js';

/* stage: {t, view, select(what), look(key, change)}; here: this partition's readers (markers.js). */
export function tapeCard(row, plan, here, stage) {
  const { partition } = row;
  const { m } = plan;
  const offset = cursorOf(row, stage);
  const { drawn, taken } = row.folded ? { drawn: [], taken: [] } : markers(row, here, m);
  return h('div', {
    key: row.key, class: `tape${partition.leader < 0 ? ' leaderless' : ''}${row.folded ? ' folded' : ''}`, 'data-testid': `tape-${row.key}`,
    vars: { '--y': `${row.y}px`, '--h': `${row.h}px` }, tabindex: '0', role: 'slider',
    'aria-label': stage.t('tape.name', { topic: row.topic.name, partition: partition.id }),
    'aria-orientation': 'horizontal', 'aria-valuemin': partition.start, 'aria-valuemax': Math.max(partition.start, row.end - 1),
    'aria-valuenow': offset, 'aria-valuetext': spoken(row, offset, stage),
    on: {
      keydown: (event) => travel(event, row, stage),
      click: (event) => clicked(event, row, stage),
      pointermove: (event) => stage.hover(row.key, recordAt(event, row)),
      pointerleave: () => stage.hover(row.key, null),
    },
  }, h('svg', { class: 'tape-lines', 'aria-hidden': 'true', width: plan.width, height: row.h },
    row.folded ? folded(row, plan, here, stage) : title(row, plan, stage), row.folded && m.titleRow ? null : row.lanes.map((lane) => laneName(row, lane, m, stage)),
    row.folded ? null : [ends(row, plan, stage), scale(row, m, taken)], marks(row, m), cursor(row, offset, m, stage), drawn, ghostMark(row, m, stage)));
}

/* A tape of one line: healthy, and nothing happens there. */
function folded(row, { m, width }, here, stage) {
  const lag = Math.max(0, ...(here?.positions ?? []).map((at) => row.partition.hw - at.offset));
  const y = row.h / 2 + m.small * 0.36;
  return [
    h('text', { key: 'name', class: 'soft', x: 12, y, 'font-size': m.small }, stage.t('tape.partition', { partition: row.partition.id })),
    h('text', { key: 'end', class: 'soft figures', x: width - 12, y, 'font-size': m.small, 'text-anchor': 'end' }, row.end),
    lag ? h('text', { key: 'lag', class: 'warn', x: width - 12 - m.small * (String(row.end).length * 0.62 + 1), y, 'font-size': m.small, 'text-anchor': 'end' }, stage.t('member.lag', { lag })) : null,
  ];
}

/* What is kept open by hand can be let go by hand. */
export function foldButton(row, stage) {
  if (!row.pinned) return null;
  return h('div', { key: `unpin ${row.key}`, class: 'unpin', vars: { '--y': `${row.y + row.h}px` } }, button('▴', () => stage.pin(row.key), {
    kind: 'quiet small', name: stage.t('tape.unpin', { topic: row.topic.name, partition: row.partition.id }), title: stage.t('partition.unpin'), test: `unpin-${row.key}`,
  }));
}

function title(row, plan, stage) {
  const { m } = plan;
  const name = stage.t('tape.partition', { partition: row.partition.id });
  const lost = row.partition.leader < 0;
  const y = m.titleRow ? m.titleRow - 4 : m.ruler + m.top + m.lead / 2 + m.label * 0.36;
  const asked = { class: 'soft', 'font-size': m.small, y: m.titleRow ? y : y + m.small * 1.7, x: m.titleRow ? 110 : 12 };
  return [
    h('text', { key: 'name', class: 'strong', x: 12, y, 'font-size': m.label }, name),
    lost ? h('text', { ...asked, key: 'lost', class: 'bad' }, stage.t('tape.leaderless')) : null,
  ];
}

function laneName(row, lane, m, stage) {
  const state = lane.leader ? 'leader' : lane.dead ? 'bad' : lane.out ? 'warn' : 'soft';
  const size = lane.tall ? m.label : m.small;
  const words = lane.leader ? `★ B${lane.broker}` : `B${lane.broker}`;
  const more = lane.leader ? '' : lane.dead ? ' ✕' : lane.out ? ` ${stage.t('tape.out')}` : '';
  // A replica that ends before what is in view leaves its lane empty: then its end is written there.
  const away = lane.replica.end <= row.first && lane.replica.end > 0
    ? h('text', { key: `away ${lane.broker}`, class: 'soft figures', x: row.x0, y: lane.y + lane.h / 2 + m.small * 0.36, 'font-size': m.small }, `‹ ${lane.replica.end}`)
    : null;
  return [away, h('text', {
    key: `lane ${lane.broker}`, class: state, x: row.x0 - 10, y: lane.y + lane.h / 2 + size * 0.36, 'font-size': size, 'text-anchor': 'end',
  }, words + more)];
}

/* At the right: the log end offset, large; the high watermark below it while it is behind. */
function ends(row, plan, stage) {
  const { m, width } = plan;
  const { hw } = row.partition;
  const y = m.titleRow ? m.titleRow - 4 : m.ruler + m.top + m.lead / 2 + m.end * 0.36;
  return [
    h('text', { key: 'end', class: 'end', x: width - 12, y, 'font-size': m.end, 'text-anchor': 'end' }, row.end),
    hw < row.end && !m.titleRow
      ? h('text', { key: 'hw', class: 'soft figures', x: width - 12, y: y + m.small * 1.7, 'font-size': m.small, 'text-anchor': 'end' }, `hw ${hw}`)
      : null,
    row.past
      ? h('text', { key: 'past', class: 'warn', x: width - 12, y: row.h - m.small * 0.7, 'font-size': m.small, 'text-anchor': 'end' }, stage.t('tape.past'))
      : null,
  ];
}

/* Every fifth offset: on the ruler above the lanes or, where there is none, below them between the tags. */
function scale(row, m, taken) {
  const every = row.cell * 5 > String(row.end).length * m.small * 0.9 ? 5 : 10;
  const drawn = [];
  const last = Math.min(row.end, row.first + row.count - 1);
  for (let offset = Math.ceil(row.first / every) * every; offset <= last; offset += every) {
    const x = xOf(row, offset) + (row.cell - m.gap) / 2;
    const half = (String(offset).length * m.small * 0.62) / 2;
    if (!m.ruler && taken.some(([from, to]) => x + half > from && x - half < to)) continue;
    drawn.push(h('text', {
      key: `at ${offset}`, class: 'soft figures', x, y: m.ruler ? m.ruler + m.top * 0.4 - 3 : row.floor + m.small * 1.25, 'font-size': m.small,
      'text-anchor': 'middle',
    }, offset));
  }
  return drawn;
}

/* The high watermark, dashed through all lanes, and the log's start once it is in view. */
function marks(row, m) {
  const { hw, start } = row.partition;
  const top = row.lanes[0] ? row.lanes[0].y - m.top * 0.6 : 0;
  const inView = (offset) => offset >= row.first && offset <= row.first + row.count;
  const x = (offset) => xOf(row, offset) - m.gap / 2;
  return [
    inView(hw) ? h('path', { key: 'hw line', class: 'watermark', d: `M${x(hw)} ${top}V${row.floor}` }) : null,
    inView(hw) ? h('path', { key: 'hw flag', class: 'flag', d: `M${x(hw)} ${top + 4}l-4 -5h8z` }) : null,
    start > 0 && inView(start) ? h('path', { key: 'start', class: 'log-start', d: `M${x(start) + 5} ${top + 1}h-5V${row.floor}h5` }) : null,
  ];
}

function cursor(row, offset, m, stage) {
  const chosen = stage.view.selected;
  const here = chosen?.kind === 'record' && chosen.topic === row.topic.name && chosen.partition === row.partition.id;
  const rings = [];
  const ring = (at, kind) => {
    if (at < row.first || at >= row.first + row.count || !row.lanes[0]) return;
    rings.push(h('rect', {
      key: kind, class: kind, x: xOf(row, at) - 2, y: row.lanes[0].y - 2, width: row.cell - m.gap + 4, height: m.lead + 4, rx: m.lead / 5,
    }));
  };
  if (here) ring(chosen.offset, 'chosen');
  if (stage.view.hover?.key === row.key) ring(stage.view.hover.offset, 'hovered');
  ring(offset, 'cursor');
  return rings;
}

function cursorOf(row, stage) {
  const kept = stage.view.cursor[row.key] ?? row.end - 1;
  return Math.max(row.partition.start, Math.min(kept, row.end - 1));
}

function spoken(row, offset, stage) {
  const { partition } = row;
  if (row.end <= partition.start) return stage.t('tape.empty');
  const key = keyAt(partition, offset);
  return stage.t('tape.spoken', {
    offset, key: key === '-' ? 'none' : /\d/.test(key) ? 'known' : 'unknown', colour: Number(key) + 1, committed: offset < partition.hw,
  });
}

function travel(event, row, stage) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (row.folded && event.key === 'Enter') {
    event.preventDefault();
    stage.pin(row.key);
    return;
  }
  if (event.key === 'Enter') {
    event.preventDefault();
    if (event.shiftKey || row.end <= row.partition.start) openPartition(row, stage);
    else stage.select({ kind: 'record', topic: row.topic.name, partition: row.partition.id, offset: cursorOf(row, stage) }, true);
  } else if (event.key in steps) {
    event.preventDefault();
    event.stopPropagation();
    const { partition } = row;
    const to = Math.max(partition.start, Math.min(row.end - 1, cursorOf(row, stage) + steps[event.key]));
    const from = to < row.first ? to : to >= row.first + row.count ? to - row.count + 1 : row.first;
    const live = to === row.end - 1;
    stage.travel(row.key, to, !live && (row.past || to < row.first) ? from : undefined, live);
  }
}

/* The offset of the record under the pointer, or null beside the records. */
function recordAt(event, row) {
  const box = event.currentTarget.getBoundingClientRect();
  const offset = offsetAt(row, event.clientX - box.left);
  const y = event.clientY - box.top;
  const beside = row.folded || offset === null || !row.lanes[0] || y < row.lanes[0].y - 6 || y > row.floor + 4;
  return beside || offset >= row.end || offset < row.partition.start ? null : offset;
}

function clicked(event, row, stage) {
  if (row.folded) return void stage.pin(row.key); // a line opens; what is in it is clicked then
  const offset = recordAt(event, row);
  if (offset === null) openPartition(row, stage);
  else openRecord(row, offset, stage);
}

const openPartition = (row, stage) => stage.select({ kind: 'partition', topic: row.topic.name, partition: row.partition.id });

const openRecord = (row, offset, stage) => stage.select({ kind: 'record', topic: row.topic.name, partition: row.partition.id, offset });
