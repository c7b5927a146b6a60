/* Two lines of time, one under the other: they come from one, part where the two were branched off, and each carries the
 * marks of what happened on it. A click or a drag looks back in both. */
import { h } from '../dom.js';
import { clock } from '../narration.js';
import { prefs } from '../prefs.js';
import { cross, form, label, together } from '../marks.js';
import { Chart } from './chart.js';
import { hairline, hideHair, moveHair } from './hover.js';
import { SIDE, ticks } from './scale.js';
import { ceiling, drawVolume } from './volume.js';

/* For a desk; larger for a projector. */
function metrics() {
  const font = prefs.projector && innerWidth > 900 ? parseFloat(getComputedStyle(document.body).fontSize) : 10.5;
  const graph = font * 2;
  return { touch: font * 1.15, size: font / 2, font, graph, top: font * 1.5, lane: font * 4.3, rail: font * 1.5 + graph + 6 };
}

const LEAST_MS = 10_000;
const BEFORE = 0.06; // of the stretch lies before the place where they parted
const HEADROOM = 0.95;
const LETTER = 26;

export function pairline(pair, width) {
  const { stages, told, t } = pair;
  if (width < 80) return null;
  const M = metrics();
  const now = Math.max(...stages.map((stage) => stage.live.at_ms));
  const parted = told?.since_ms ?? Math.max(...stages.map((stage) => stage.live.history?.from_ms ?? 0));
  const span = Math.max(LEAST_MS, (now - parted) / (HEADROOM - BEFORE));
  const from = Math.max(0, pair.view.drag?.from ?? parted - span * BEFORE);
  const over = pair.view.drag?.span ?? span;
  const inner = width - LETTER - 2 * SIDE;
  const scale = { from, span: over, to: from + over, width, x: (at) => LETTER + SIDE + ((at - from) / over) * inner, at: (px) => from + ((px - LETTER - SIDE) / inner) * over };
  const charts = stages.map((stage) => {
    stage.pairChart ??= new Chart(stage);
    return stage.pairChart.look(scale);
  });
  const volumes = charts.map((chart, i) => chart.volume(Math.min(stages[i].live.at_ms, scale.to)).filter(({ from: at }) => at >= parted - 1));
  const place = stages[0].past.at ?? stages[0].live.at_ms;
  const rails = [M.rail, M.rail + M.lane];
  const height = rails[1] + M.font * 1.75;
  const top = ceiling(volumes.flat());
  const seek = (event) => {
    const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
    if (px > scale.x(now) - 8) pair.live();
    else pair.look(Math.max(parted, scale.at(px)));
  };
  return h('svg', {
    class: pair.back ? 'timeline pairline back' : 'timeline pairline', width, height, role: 'group', 'aria-label': t('timeline'), 'data-testid': 'pairline', 'data-from': from, 'data-to': scale.to,
    on: {
      pointerdown: (event) => {
        if (event.button !== 0 || event.target.closest('.mark')) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        pair.view.drag = { from, span: over };
        seek(event);
      },
      pointermove: (event) => {
        const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
        if (pair.view.drag && event.currentTarget.hasPointerCapture(event.pointerId)) seek(event);
        if (event.pointerType === 'touch' || px < LETTER || scale.at(px) > now) hideHair(event.currentTarget);
        else moveHair(event.currentTarget, px, scale.at(px), [], pair, width);
      },
      pointerleave: (event) => hideHair(event.currentTarget),
      pointerup: () => { pair.view.drag = null; },
      pointercancel: () => { pair.view.drag = null; },
    },
  },
  h('rect', { key: 'reach', class: 'line-reach', x: 0, y: 0, width, height }),
  h('g', { key: 'ticks', class: 'ticks', 'aria-hidden': 'true' }, ticks(scale).map(({ at, text }) => [
    h('path', { key: `l${at}`, d: `M${scale.x(at)} 2V${rails[1] - 4}` }), h('text', { key: `t${at}`, class: 'num', x: scale.x(at) + 4, y: M.font * 0.95, 'font-size': M.font }, text),
  ])),
  parted > from ? h('path', { key: 'stem', class: 'stem', d: `M${scale.x(from)} ${(rails[0] + rails[1]) / 2}H${scale.x(parted) - 12}M${scale.x(parted) - 12} ${(rails[0] + rails[1]) / 2}C${scale.x(parted) - 4} ${(rails[0] + rails[1]) / 2} ${scale.x(parted) - 6} ${rails[0]} ${scale.x(parted) + 2} ${rails[0]}M${scale.x(parted) - 12} ${(rails[0] + rails[1]) / 2}C${scale.x(parted) - 4} ${(rails[0] + rails[1]) / 2} ${scale.x(parted) - 6} ${rails[1]} ${scale.x(parted) + 2} ${rails[1]}` }) : null,
  stages.map((stage, i) => one(pair, i, { scale, chart: charts[i], volume: volumes[i], y: rails[i], parted, place, top, M })),
  pair.back ? h('path', { key: 'here', class: 'handle-line', d: `M${scale.x(place)} 4V${rails[1] + 8}` }) : null,
  hairline({ ...M, graph: 0 }),
  slider(pair, scale, place, parted, now, rails));
}

function one(pair, i, { scale, chart, volume, y, parted, place, top, M }) {
  const stage = pair.stages[i];
  const { at_ms: now, pace } = stage.live;
  const begin = Math.max(parted, scale.from);
  const marks = together(chart.marks(begin).filter(({ at }) => at >= parted && at <= scale.to), scale.x, M);
  const end = Math.min(scale.x(now), scale.x(scale.to));
  return h('g', { key: `side ${i}`, class: `pair-side side-${'ab'[i]}`, 'data-testid': `line-${'ab'[i]}` },
    h('text', { key: 'letter', class: 'pair-letter', x: 8, y: y + M.font * 0.46, 'font-size': M.font * 1.3 }, 'AB'[i]),
    drawVolume(volume, scale, y - 5, (M.graph * Math.min(top, ceiling(volume))) / top, stage),
    h('rect', { key: 'rail', class: 'rail', x: scale.x(scale.from), y: y - 2.5, width: Math.max(0, scale.x(scale.to) - scale.x(scale.from)), height: 5, rx: 2.5 }),
    h('rect', { key: 'lived', class: 'lived', x: scale.x(begin), y: y - 2.5, width: Math.max(0, end - scale.x(begin)), height: 5 }),
    pair.back && place < now ? h('rect', { key: 'after', class: 'after', x: scale.x(place), y: y - 2.5, width: Math.max(0, end - scale.x(place)), height: 5 }) : null,
    marks.map((mark) => point(pair, stage, mark, y, M)),
    words(marks, stage, y, scale, M),
    h('rect', { key: 'now', class: pace.paused ? 'now held' : 'now', x: end - 2.5, y: y - 8, width: 5, height: 16, rx: 2.5 }));
}

function point(pair, stage, mark, y, M) {
  const name = label(mark.head, stage) + (mark.count > 1 ? ` (+${mark.count - 1})` : '');
  const open = (event) => {
    if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    pair.look(mark.head.at_ms + 0.001);
  };
  return h('g', { key: `mark ${mark.n}`, class: `mark ${mark.head.mark}`, tabindex: '0', role: 'button', 'aria-label': name, 'data-count': mark.count, on: { click: open, keydown: open } },
    h('title', {}, `${clock(mark.head.at_ms)} ${name}`),
    h('rect', { class: 'reach', x: mark.x - 12, y: y - 12, width: 24, height: 24 }),
    h('path', { class: 'form', d: form(mark.head.mark, mark.x, y, M.size) }),
    mark.head.mark === 'fault' ? h('path', { class: 'cross', d: cross(mark.x, y, M.size * 0.42) }) : null);
}

function words(marks, stage, y, scale, M) {
  const drawn = [];
  let left = Infinity;
  for (const mark of [...marks].reverse()) {
    const text = label(mark.head, stage);
    const half = (text.length * M.font * 0.54) / 2 + 5;
    const middle = Math.min(scale.width - half, Math.max(LETTER + half, mark.x));
    if (middle + half > left) continue;
    left = middle - half;
    drawn.push(h('text', { key: `word ${mark.n}`, class: 'word', x: middle, y: y + M.font * 1.45, 'font-size': M.font, 'text-anchor': 'middle', 'aria-hidden': 'true' }, text));
  }
  return drawn;
}

function slider(pair, scale, place, parted, now, rails) {
  const moves = { ArrowLeft: () => pair.look(place - 1000), ArrowRight: () => pair.look(place + 1000), Home: () => pair.look(parted), End: () => pair.live() };
  return h('g', {
    key: 'handle', class: pair.back ? 'handle back' : 'handle', tabindex: '0', role: 'slider', 'aria-label': pair.t('timeline.handle'), 'data-testid': 'both-handle',
    'aria-valuemin': Math.round(parted), 'aria-valuemax': Math.round(now), 'aria-valuenow': Math.round(place), 'aria-valuetext': clock(place),
    on: {
      keydown: (event) => {
        const move = moves[event.key];
        if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        move();
      },
    },
  }, h('rect', { class: 'handle-reach', x: scale.x(place) - 14, y: rails[0] - 14, width: 28, height: rails[1] - rails[0] + 28, rx: 6 }),
  pair.back ? h('path', { class: 'knob', d: `M${scale.x(place) - 7} 1h14v6l-7 7l-7 -7z` }) : null);
}
