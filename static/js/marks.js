/* The marks on the timeline: a fault, an election, a rebalance, a topic, people, an error, a lesson, something done
 * to time.
 *
 * Form tells the kind (✕ fault, ★ election, ▲ rebalance, ■ topic, ● people, ! error, ⚑ lesson, | time), never colour
 * alone.
 * Marks that would touch become one with a count; words are written where they fit, the newest first. A mark leads
 * back to its moment: the stage as it was, and in the drawer all that belonged to it. */
import { h } from './dom.js';

export const drawMarks = (marks, stage, m) => marks.map((mark) => point(mark, stage, m));

/* items: [{head, count, at, n}], in the order of time. */
export function together(items, x, m) {
  const marks = [];
  for (const { head, count, at: ms, n } of items) {
    const at = x(ms);
    const before = marks[marks.length - 1];
    if (before && at - before.x < m.touch) {
      before.count += count;
      if (weight(head) > weight(before.head)) before.head = head;
    } else marks.push({ x: at, n, count, head });
  }
  return marks;
}

// Where the clock on the wall went on without us, or time itself was cut.
const JUMPS = new Set(['restarted', 'rebased', 'branched']);
const WEIGHTS = { lesson: 7, fault: 6, error: 5, rebalance: 4, election: 3, topic: 2, people: 1, time: 0 };
const weight = (event) => WEIGHTS[event.mark] ?? 0;

function point(mark, stage, m) {
  const { head } = mark;
  const moment = stage.book.find(head.n);
  const name = label(head, stage) + (mark.count > 1 ? ` (+${mark.count - 1})` : '');
  const open = (event) => {
    if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    stage.lookAt(head, moment);
  };
  const current = stage.view.moment !== null && moment && moment.n === stage.view.moment;
  return h('g', {
    key: `mark ${mark.n}`, class: `mark ${head.mark}${current ? ' current' : ''}`, tabindex: '0', role: 'button', 'aria-label': name,
    'data-n': head.n, 'data-count': mark.count, on: { click: open, keydown: open },
  },
  h('title', {}, name),
  h('rect', { class: 'reach', x: mark.x - m.reach / 2, y: m.rail - m.reach / 2, width: m.reach, height: m.reach }),
  h('path', { class: JUMPS.has(head.code) ? 'form jump' : 'form', d: form(JUMPS.has(head.code) ? 'jump' : head.mark, mark.x, m.rail, m.size) }),
  head.mark === 'fault' ? h('path', { class: 'cross', d: cross(mark.x, m.rail, m.size * 0.42) }) : null);
}

export function form(kind, x, y, r) {
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
  if (kind === 'lesson') return `M${x - r * 0.8} ${y - r * 1.2}h${r * 1.9}l${-r * 0.7} ${r * 0.7}l${r * 0.7} ${r * 0.7}h${-r * 1.3}v${r}h${-r * 0.6}z`;
  if (kind === 'jump') return `M${x + r * 0.5} ${y - r * 1.9}l${-r} ${r * 1.5}h${r}l${-r} ${r * 2.2}`;
  if (kind === 'time') return `M${x - r * 0.3} ${y - r * 1.2}h${r * 0.6}v${r * 2.4}h${-r * 0.6}z`;
  if (kind === 'error') return `M${x} ${y - r * 1.2}l${r * 1.2} ${r * 1.2}l${-r * 1.2} ${r * 1.2}l${-r * 1.2} ${-r * 1.2}z`;
  return `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`;
}

export const cross = (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x + r} ${y - r}l${-2 * r} ${2 * r}`;

export function label(event, stage) {
  const key = `mark.${event.code}`;
  const words = stage.t(key, event.params);
  return words === key ? stage.t(`mark.kind.${event.mark}`) : words;
}

/* Words under the line, the newest first; what would overlap stays unwritten. */
export function drawWords(marks, stage, m, width, gate = -1) {
  if (!m.font) return [];
  const taken = [];
  const drawn = [];
  if (gate >= 0) {
    const text = stage.t('timeline.begins');
    const wide = text.length * m.font * 0.54 + 6;
    const start = Math.max(0, Math.min(gate, width - wide)); // near the end it is written to the left, not cut off
    taken.push([start - 4, start + wide]);
    drawn.push(h('text', { key: 'word begins', class: 'word gate-word', x: start, y: m.below, 'font-size': m.font, 'aria-hidden': 'true' }, text));
  }
  for (const mark of [...marks].reverse()) {
    const text = label(mark.head, stage);
    const half = (text.length * m.font * 0.54) / 2 + 5;
    const middle = Math.min(width - half, Math.max(half, mark.x));
    if (!taken.every(([a, b]) => middle + half < a || middle - half > b)) continue;
    taken.push([middle - half, middle + half]);
    drawn.push(h('text', {
      key: `word ${mark.n}`, class: 'word', x: middle, y: m.below, 'font-size': m.font, 'text-anchor': 'middle', 'aria-hidden': 'true',
    }, text));
  }
  return drawn;
}
