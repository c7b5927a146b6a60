/* What happened when, on one line that ends now, and where on it the reader looks.
 *
 * A click or a drag looks back; the handle is a slider for the keyboard: arrows go to the previous and next
 * meaningful event, with Shift by a second, Home to where history begins, End to the present, + and - show less or
 * more of it, as the wheel does. On the line stand marks (marks.js) and the volume written (time/volume.js), over all
 * that is remembered (time/chart.js); under it lie the lines of the branches (time/lanes.js). What lies before the
 * beginning of history is hatched. */
import { h } from './dom.js';
import { drawMarks, drawWords, together } from './marks.js';
import { clock } from './narration.js';
import { loadSandboxes } from './switcher.js';
import { Chart } from './time/chart.js';
import { hairline, hideHair, moveHair } from './time/hover.js';
import { drawLanes, lanes } from './time/lanes.js';
import { SIDE, scaleOf, stretch, ticks, wheeled, zoom } from './time/scale.js';
import { drawCeiling, drawVolume } from './time/volume.js';

const GATE_SEEN = 24; // pixels of lost history worth being told of
const NARROW = 80;
const AT_HAND = 12; // pixels from the line's end that mean: live
const ROWS_FRESH_MS = 4000; // where the other branches stand is asked when somebody comes to look, not more often

export function timeline(stage, width, m) {
  if (width < NARROW) return null; // it is not shown (an embedded stage may have none)
  const { past, live } = stage;
  const scale = scaleOf(stage, width);
  const { from, x } = scale;
  stage.chart ??= new Chart(stage);
  const chart = stage.chart.look(scale);
  const now = live.at_ms;
  const y = m.rail;
  const place = past.at ?? now;
  const others = lanes(stage, m);
  const marks = together(chart.marks(from).filter(({ at }) => at <= scale.to), x, m);
  const volume = chart.volume(Math.min(now, scale.to));
  const begins = live.history?.from_ms ?? 0;
  const gate = begins > from && x(begins) > GATE_SEEN ? Math.min(x(begins), width) : -1;
  const height = m.height + others.shown.length * m.branch;
  const end = Math.min(width - SIDE, x(now));
  return h('svg', {
    class: past.at === null ? 'timeline' : 'timeline back', width, height, role: 'group', 'aria-label': stage.t('timeline'), 'data-testid': 'timeline',
    'data-from': Math.round(from), 'data-to': Math.round(scale.to), on: { ...drags(stage), ...looks(stage, volume, width) },
  },
  h('rect', { key: 'reach', class: 'line-reach', x: 0, y: 0, width, height: m.height }),
  drawTicks(scale, m),
  drawVolume(volume, scale, y - 5, m.graph, stage),
  drawCeiling(volume, scale, y - 5, m.graph, m, stage),
  h('rect', { key: 'rail', class: 'rail', x: 0, y: y - 3, width, height: 6, rx: 3 }),
  h('rect', { key: 'lived', class: 'lived', x: SIDE, y: y - 3, width: Math.max(0, end - SIDE), height: 6, rx: 3 }),
  place < now ? h('rect', { key: 'after', class: 'after', x: x(place), y: y - 3, width: Math.max(0, end - x(place)), height: 6 }) : null,
  gate >= 0 ? beginning(gate, y, m, stage) : null,
  drawLanes(others, scale, m, stage),
  past.at === null ? null : h('path', { key: 'here', class: 'handle-line', d: `M${x(place)} ${y - m.graph - 4}V${y + m.size * 1.6}` }),
  drawWords(marks, stage, m, width, gate),
  drawMarks(marks, stage, m),
  x(now) <= width ? h('rect', { key: 'now', class: live.pace.paused ? 'now held' : 'now', x: x(now) - 3, y: y - 9, width: 6, height: 18, rx: 3 }) : onward(stage, width, m),
  hairline(m),
  handle(stage, x(place), m));
}

/* Round times, faint: behind everything. */
function drawTicks(scale, m) {
  if (!m.font) return null;
  return h('g', { key: 'ticks', class: 'ticks', 'aria-hidden': 'true' }, ticks(scale).map(({ at, text }) => {
    const x = scale.x(at).toFixed(1);
    return [
      h('path', { key: `l ${at}`, d: `M${x} ${m.rail - m.graph - 5}V${m.rail - 4}` }),
      Number(x) > scale.width - 90 ? null : h('text', { key: `t ${at}`, class: 'num', x: Number(x) + 4, y: m.rail - m.graph - 5 + m.font * 0.8, 'font-size': m.font }, text),
    ];
  }));
}

/* The present lies further right than what is shown. */
function onward(stage, width, m) {
  const live = () => stage.backToLive();
  return h('g', {
    key: 'onward', class: 'onward', role: 'button', tabindex: '0', 'aria-label': stage.t('live.return'), 'data-testid': 'onward',
    on: { click: live, keydown: (event) => (event.key === 'Enter' || event.key === ' ') && live() },
  },
  h('rect', { x: width - 26, y: m.rail - 12, width: 26, height: 24, rx: 6 }),
  h('path', { d: `M${width - 19} ${m.rail - 6}l6 6l-6 6M${width - 12} ${m.rail - 6}l6 6l-6 6` }));
}

function drags(stage) {
  const seek = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const px = event.clientX - box.left;
    const { live, past } = stage;
    const { x, at, width } = scaleOf(stage, box.width);
    if (px >= Math.min(x(live.at_ms), width) - AT_HAND && x(live.at_ms) <= width + AT_HAND) past.return();
    else past.look({ ms: Math.max(live.history?.from_ms ?? 0, at(px)) });
  };
  return {
    pointerdown: (event) => {
      if (event.button !== 0 || event.target.closest('.mark, a, [role=button]')) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      event.currentTarget.querySelector('.handle')?.focus({ preventScroll: true });
      stage.view.drag = stretch(stage);
      seek(event);
    },
    pointerup: () => stage.view.drag && stage.change({ drag: null }),
    pointercancel: () => stage.change({ drag: null }),
    pointermove: (event) => {
      if (stage.view.drag && event.currentTarget.hasPointerCapture(event.pointerId)) seek(event);
    },
  };
}

/* Looking more closely: the wheel, the hairline under the pointer, and where the other branches stand by now. */
function looks(stage, volume, width) {
  const drag = drags(stage);
  return {
    wheel: (event) => wheeled(stage, event),
    pointermove: (event) => {
      drag.pointermove(event);
      const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
      const scale = scaleOf(stage, width);
      const at = scale.at(px);
      if (event.pointerType === 'touch' || px < SIDE || at > stage.live.at_ms) hideHair(event.currentTarget);
      else moveHair(event.currentTarget, px, at, volume, stage, width);
    },
    pointerleave: (event) => hideHair(event.currentTarget),
    pointerenter: () => {
      if (!stage.rows || stage.rows.length < 2 || performance.now() - (stage.rowsAt ?? 0) < ROWS_FRESH_MS) return;
      stage.rowsAt = performance.now();
      loadSandboxes(stage);
    },
  };
}

/* Where the reader looks: a knob on the line, and a slider for those who do not drag. */
function handle(stage, x, m) {
  const { t, past, live } = stage;
  const back = past.at !== null;
  const y = m.rail;
  const begins = live.history?.from_ms ?? 0;
  const moves = {
    ArrowLeft: (shift) => (shift ? past.look({ move: 'back_second' }) : stage.earlier()),
    ArrowRight: (shift) => (shift ? past.look({ move: 'forward_second' }) : back ? stage.later() : null),
    Home: () => past.look({ ms: begins }),
    End: () => stage.backToLive(),
    PageUp: () => past.look({ ms: Math.max(begins, (past.at ?? live.at_ms) - 10_000) }),
    PageDown: () => back && past.look({ ms: past.at + 10_000 }),
    '+': () => zoom(stage, -1),
    '-': () => zoom(stage, 1),
  };
  const at = past.at ?? live.at_ms;
  return h('g', {
    key: 'handle', class: back ? 'handle back' : 'handle', tabindex: '0', role: 'slider', 'aria-label': t('timeline.handle'), 'data-testid': 'handle',
    'aria-valuemin': Math.round(begins), 'aria-valuemax': Math.round(live.at_ms), 'aria-valuenow': Math.round(at),
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

/* For a desk; larger for a projector; on a telephone without words. graph: how high the volume stands on the line. */
export function timelineMetrics(projector) {
  if (innerWidth <= 900) return { height: 46, rail: 30, graph: 22, above: 0, below: 0, font: 0, size: 6, reach: 28, touch: 15, branch: 24 };
  const f = projector ? parseFloat(getComputedStyle(document.body).fontSize) : 10.5;
  const graph = projector ? f * 1.4 : innerHeight < 800 ? 22 : 30;
  const rail = graph + f * 0.9;
  return { height: rail + f * 2.1, rail, graph, below: rail + f * 1.75, font: f, size: f * 0.5, reach: Math.max(24, f * 1.85), touch: f * 1.2, branch: Math.max(24, f * 1.7) };
}
