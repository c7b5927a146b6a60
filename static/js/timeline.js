/* What happened when, on one line that ends now: a mark for each fault, election, rebalance, topic and arrival.
 *
 * Form tells the kind (✕ fault, ★ election, ▲ rebalance, ■ topic, ● people, ! error, | time), never colour alone.
 * Marks that would touch become one with a count; words are written where they fit, the newest first. */
import { h } from './dom.js';
import { isDullEvent } from './stories.js';

/* 0: the least of the next that holds all there is, five minutes at most. */
export const SPANS_MS = [0, 60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];
const HEADROOM = 0.94;

export function timeline(stage, width, m) {
  const now = stage.snapshot.at_ms;
  const span = stage.view.span || (now < 60_000 * HEADROOM ? 60_000 : 300_000);
  const from = Math.max(0, now - span * HEADROOM);
  const x = (at) => 6 + ((at - from) / span) * (width - 12);
  const marks = cluster(stage.book.events.filter((e) => e.mark && e.at_ms >= from && !isDullEvent(e)), x, m);
  const y = m.rail;
  return h('svg', {
    class: 'timeline', width, height: m.height, role: 'group', 'aria-label': stage.t('timeline'), 'data-testid': 'timeline',
  },
  h('rect', { class: 'rail', x: 0, y: y - 3, width, height: 6, rx: 3 }),
  h('rect', { class: 'past', x: 0, y: y - 3, width: Math.max(0, x(now)), height: 6, rx: 3 }),
  words(marks, stage, m, width),
  marks.map((mark) => point(mark, stage, m)),
  h('rect', { key: 'now', class: stage.snapshot.pace.paused ? 'now held' : 'now', x: x(now) - 3, y: y - 9, width: 6, height: 18, rx: 3 }));
}

function cluster(events, x, m) {
  const marks = [];
  for (const event of events) {
    const at = x(event.at_ms);
    const before = marks[marks.length - 1];
    if (before && at - before.x < m.touch) {
      before.events.push(event);
      if (weight(event) > weight(before.head)) before.head = event;
    } else marks.push({ x: at, events: [event], head: event });
  }
  return marks;
}

const WEIGHTS = { fault: 6, error: 5, rebalance: 4, election: 3, topic: 2, people: 1, time: 0 };
const weight = (event) => WEIGHTS[event.mark] ?? 0;

function point(mark, stage, m) {
  const { head } = mark;
  const moment = stage.book.find(head.n);
  const name = label(head, stage) + (mark.events.length > 1 ? ` (+${mark.events.length - 1})` : '');
  const open = (event) => {
    if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    if (moment) stage.showMoment(moment);
  };
  const current = stage.view.moment !== null && moment && moment.n === stage.view.moment;
  return h('g', {
    key: `mark ${mark.events[0].n}`, class: `mark ${head.mark}${current ? ' current' : ''}`, tabindex: '0', role: 'button', 'aria-label': name,
    'data-n': head.n, on: { click: open, keydown: open },
  },
  h('title', {}, name),
  h('rect', { class: 'reach', x: mark.x - m.reach / 2, y: m.rail - m.reach / 2, width: m.reach, height: m.reach }),
  h('path', { class: 'form', d: form(head.mark, mark.x, m.rail, m.size) }),
  head.mark === 'fault' ? h('path', { class: 'cross', d: cross(mark.x, m.rail, m.size * 0.42) }) : null);
}

function form(kind, x, y, r) {
  if (kind === 'election') {
    const at = (i) => {
      const radius = i % 2 ? r * 0.5 : r * 1.15;
      const angle = (Math.PI * i) / 5 - Math.PI / 2;
      return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`;
    };
    return `M${[...Array(10).keys()].map(at).join('L')}Z`;
  }
  if (kind === 'rebalance') return `M${x} ${y - r * 1.1}l${r * 1.1} ${r * 2}h${-r * 2.2}z`;
  if (kind === 'topic') return `M${x - r * 0.9} ${y - r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}z`;
  if (kind === 'time') return `M${x - r * 0.3} ${y - r * 1.2}h${r * 0.6}v${r * 2.4}h${-r * 0.6}z`;
  if (kind === 'error') return `M${x} ${y - r * 1.2}l${r * 1.2} ${r * 1.2}l${-r * 1.2} ${r * 1.2}l${-r * 1.2} ${-r * 1.2}z`;
  return `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`;
}

const cross = (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x + r} ${y - r}l${-2 * r} ${2 * r}`;

export function label(event, stage) {
  const key = `mark.${event.code}`;
  const words = stage.t(key, event.params);
  return words === key ? stage.t(`mark.kind.${event.mark}`) : words;
}

/* Words above and below the line, alternately, the newest first; what would overlap stays unwritten. */
function words(marks, stage, m, width) {
  if (!m.font) return [];
  const taken = [[], []];
  const drawn = [];
  [...marks].reverse().forEach((mark, i) => {
    const text = label(mark.head, stage);
    const half = (text.length * m.font * 0.54) / 2 + 5;
    const middle = Math.min(width - half, Math.max(half, mark.x));
    const line = [i % 2, 1 - (i % 2)].find((l) => taken[l].every(([a, b]) => middle + half < a || middle - half > b));
    if (line === undefined) return;
    taken[line].push([middle - half, middle + half]);
    drawn.push(h('text', {
      key: `word ${mark.events[0].n}`, class: 'word', x: middle, y: line ? m.below : m.above, 'font-size': m.font, 'text-anchor': 'middle', 'aria-hidden': 'true',
    }, text));
  });
  return drawn;
}

/* For a desk; larger for a projector; on a telephone without words. */
export function timelineMetrics(projector) {
  if (innerWidth <= 900) return { height: 26, rail: 13, above: 0, below: 0, font: 0, size: 6, reach: 26, touch: 15 };
  const f = projector ? parseFloat(getComputedStyle(document.body).fontSize) : 10.5;
  return { height: f * 4.1, rail: f * 2.05, above: f * 0.95, below: f * 3.95, font: f, size: f * 0.5, reach: Math.max(24, f * 1.85), touch: f * 1.2 };
}
