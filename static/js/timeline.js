/* What happened when, on one line that ends now, and where on it the reader looks.
 *
 * A click or a drag looks back; the handle is a slider for the keyboard: arrows go to the previous and next
 * meaningful event, with Shift by a second, Home to where history begins, End to the present. What lies
 * before the beginning of history is hatched. Branches leave the line where they were made (marks.js draws
 * the marks). While the reader looks back or drags, the line keeps that place in view. */
import { h } from './dom.js';
import { drawMarks, drawWords, together } from './marks.js';
import { clock } from './narration.js';
import { isDullEvent } from './stories.js';

/* 0: the least of the next that holds all there is, five minutes at most. */
export const SPANS_MS = [0, 60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];
const HEADROOM = 0.94;
const SIDE = 6;
const BRANCHES_DRAWN = 3;
const GATE_SEEN = 24; // pixels of lost history worth being told of
const AT_HAND = 12; // pixels from the line's end that mean: live

export function timeline(stage, width, m) {
  const { past, live } = stage;
  const scale = scaleOf(stage, width);
  const { from, x } = scale;
  const now = live.at_ms;
  const y = m.rail;
  const place = past.at ?? now;
  const branches = forks(stage, scale);
  const marks = together(stage.book.events.filter((e) => e.mark && e.at_ms >= from && !isDullEvent(e)), x, m);
  const begins = live.history?.from_ms ?? 0;
  const gate = begins > from && x(begins) > GATE_SEEN ? x(begins) : -1;
  const height = m.height + Math.min(branches.length, BRANCHES_DRAWN) * m.branch;
  return h('svg', {
    class: past.at === null ? 'timeline' : 'timeline back', width, height, role: 'group', 'aria-label': stage.t('timeline'), 'data-testid': 'timeline',
    on: drags(stage),
  },
  h('rect', { key: 'reach', class: 'line-reach', x: 0, y: y - m.reach / 2, width, height: m.reach }),
  h('rect', { key: 'rail', class: 'rail', x: 0, y: y - 3, width, height: 6, rx: 3 }),
  h('rect', { key: 'lived', class: 'lived', x: SIDE, y: y - 3, width: Math.max(0, x(now) - SIDE), height: 6, rx: 3 }),
  place < now ? h('rect', { key: 'after', class: 'after', x: x(place), y: y - 3, width: Math.max(0, x(now) - x(place)), height: 6 }) : null,
  gate >= 0 ? beginning(gate, y, m, stage) : null,
  branches.slice(-BRANCHES_DRAWN).map((branch, i) => fork(branch, i, y, m, stage)),
  past.at === null ? null : h('path', { key: 'here', class: 'handle-line', d: `M${x(place)} ${y - m.rail + 1}V${y + m.rail - 1}` }),
  drawWords(marks, stage, m, width, gate),
  drawMarks(marks, stage, m),
  h('rect', { key: 'now', class: live.pace.paused ? 'now held' : 'now', x: x(now) - 3, y: y - 9, width: 6, height: 18, rx: 3 }),
  handle(stage, x(place), m));
}

function scaleOf(stage, width) {
  const { from, span } = stage.view.drag ?? stretch(stage);
  const x = (at) => SIDE + ((at - from) / span) * (width - 2 * SIDE);
  const at = (px) => from + ((px - SIDE) / (width - 2 * SIDE)) * span;
  return { from, span, x, at };
}

/* What part of time is shown; while somebody drags it stays the same, or the line would run away under the hand. */
function stretch(stage) {
  const now = stage.live.at_ms;
  const place = stage.past.at ?? now;
  const span = stage.view.span || (now < 60_000 * HEADROOM ? 60_000 : 300_000);
  const from = Math.max(0, now - span * HEADROOM);
  if (place >= from) return { from, span };
  const further = Math.max(0, place - span * 0.04);
  return { from: further, span: (now - further) / HEADROOM };
}

function drags(stage) {
  const seek = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const px = event.clientX - box.left;
    const { live, past } = stage;
    const { x, at } = scaleOf(stage, box.width);
    if (px >= x(live.at_ms) - AT_HAND) past.return();
    else past.look({ ms: Math.max(live.history?.from_ms ?? 0, at(px)) });
  };
  return {
    pointerdown: (event) => {
      if (event.button !== 0 || event.target.closest('.mark, a')) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      event.currentTarget.querySelector('.handle')?.focus({ preventScroll: true });
      stage.view.drag = stretch(stage);
      seek(event);
    },
    pointermove: (event) => {
      if (stage.view.drag && event.currentTarget.hasPointerCapture(event.pointerId)) seek(event);
    },
    pointerup: () => stage.change({ drag: null }),
    pointercancel: () => stage.change({ drag: null }),
  };
}

/* Where the reader looks: a knob on the line, and a slider for those who do not drag. */
function handle(stage, x, m) {
  const { t, past, live } = stage;
  const back = past.at !== null;
  const y = m.rail;
  const moves = {
    ArrowLeft: (shift) => (shift ? past.look({ move: 'back_second' }) : stage.earlier()),
    ArrowRight: (shift) => (shift ? past.look({ move: 'forward_second' }) : back ? stage.later() : null),
    Home: () => past.look({ ms: live.history?.from_ms ?? 0 }),
    End: () => stage.backToLive(),
    PageUp: () => past.look({ ms: Math.max(live.history?.from_ms ?? 0, (past.at ?? live.at_ms) - 10_000) }),
    PageDown: () => back && past.look({ ms: past.at + 10_000 }),
  };
  const at = past.at ?? live.at_ms;
  return h('g', {
    key: 'handle', class: back ? 'handle back' : 'handle', tabindex: '0', role: 'slider', 'aria-label': t('timeline.handle'), 'data-testid': 'handle',
    'aria-valuemin': Math.round(live.history?.from_ms ?? 0), 'aria-valuemax': Math.round(live.at_ms), 'aria-valuenow': Math.round(at),
    'aria-valuetext': back ? t('timeline.handle.past', { at, behind: live.at_ms - at }) : t('timeline.handle.live', { at }),
    on: {
      keydown: (event) => {
        const move = moves[event.key];
        if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        move(event.shiftKey);
      },
    },
  },
  h('rect', { class: 'handle-reach', x: x - m.reach / 2, y: y - m.reach / 2, width: m.reach, height: m.reach, rx: 6 }),
  back ? h('path', { class: 'knob', d: `M${x - m.size * 1.25} ${y - m.size * 1.5}h${m.size * 2.5}v${m.size * 1.7}l${-m.size * 1.25} ${m.size * 1.3}l${-m.size * 1.25} ${-m.size * 1.3}z` }) : null,
  h('title', {}, back ? clock(at) : t('timeline.handle')));
}

/* Where history begins: before it nothing can be looked at any more. */
function beginning(x, y, m, stage) {
  const words = stage.t('timeline.begins');
  const strokes = [];
  for (let at = 4; at < x - 2; at += 6) strokes.push(`M${at} ${y + 3}l4 -6`);
  return h('g', { key: 'begins', class: 'begins', 'data-testid': 'history-begins' },
    h('title', {}, words),
    h('rect', { class: 'gone', x: 0, y: y - 3, width: x, height: 6 }),
    h('path', { class: 'gone-lines', d: strokes.join('') || 'M0 0' }),
    h('path', { class: 'gate', d: `M${x + 4} ${y - m.size * 1.6}h-4v${m.size * 3.2}h4` }));
}

/* Sandboxes that were branched off here, oldest first, at the moment they left. */
function forks(stage, { from, x }) {
  return (stage.branches ?? []).filter((row) => row.parent === stage.sandbox && row.parent_ms >= from && row.parent_ms <= stage.live.at_ms)
    .map((row) => ({ row, x: x(row.parent_ms) }));
}

function fork({ row, x }, i, y, m, stage) {
  const below = m.height + m.branch * (i + 0.45);
  const name = stage.t('timeline.branch', { name: row.name, at: row.parent_ms });
  return h('a', { key: `fork ${row.id}`, class: 'fork', href: `/s/${row.id}/`, 'aria-label': name, 'data-testid': `fork-${row.id}` },
    h('title', {}, name),
    h('path', { class: 'fork-line', d: `M${x} ${y + 3}C${x} ${below} ${x} ${below} ${x + 12} ${below}h22` }),
    h('circle', { class: 'fork-end', cx: x + 37, cy: below, r: 3 }),
    h('text', { class: 'fork-name', x: x + 45, y: below + (m.font || 11) * 0.36, 'font-size': m.font || 11 }, row.name));
}

/* For a desk; larger for a projector; on a telephone without words. */
export function timelineMetrics(projector) {
  if (innerWidth <= 900) return { height: 30, rail: 15, above: 0, below: 0, font: 0, size: 6, reach: 28, touch: 15, branch: 16 };
  const f = projector ? parseFloat(getComputedStyle(document.body).fontSize) : 10.5;
  return { height: f * 4.1, rail: f * 2.05, above: f * 0.95, below: f * 3.95, font: f, size: f * 0.5, reach: Math.max(24, f * 1.85), touch: f * 1.2, branch: f * 1.5 };
}
