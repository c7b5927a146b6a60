/* The cluster as a conversation: a lane for everybody, time downwards, an arrow for each request and each answer. */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { enter } from '../entering.js';
import { prefs } from '../prefs.js';
import { arrow, wide, words } from './arrow.js';
import { AT_FIRST, FAMILIES, familyOf, laneName, lanesOf, moment } from './names.js';
import { plan } from './plan.js';

const GUTTER = 64; // at the left: times
const MARGIN = 46; // at the right
const DRAWN_MAX = 60; // arrows in view at once: more would be too many elements, and none could be read
const OVERSCAN = 60;
const AT_END = 48;

const view = { shown: new Set(AT_FIRST), follows: true, cursor: 0, drawn: [], top: 0 };

/* Called for each picture while this view is shown. */
export function draw(stage, box) {
  const { feed, t } = stage;
  if (!feed) { // a recording has no engine to ask
    patch(box, h('p', { key: 'none', class: 'muted no-requests' }, t('requests.failed')));
    return;
  }
  feed.want('view', true);
  if (!box.riachoFollows) follow(box, stage);
  const all = feed.known;
  const rows = all.filter((row) => row.gap || view.shown.has(familyOf(row)));
  const lanes = lanesOf(stage.snapshot, rows.filter((row) => !row.gap));
  const big = prefs.projector ? 1.75 : 1;
  const width = Math.max(box.clientWidth - 4, GUTTER * big + lanes.length * 34);
  const at = stage.snapshot.at_ms;
  const { height, end, arrows, cuts, x } = plan(rows, lanes, { width, left: (GUTTER + 30) * big, right: MARGIN * big, big, now: at, wide: (row) => wide(row, t) });
  const port = { top: box.scrollTop - OVERSCAN, bottom: box.scrollTop + box.clientHeight + OVERSCAN };
  const near = arrows.filter(({ y0, y1 }) => y1 >= port.top && y0 <= port.bottom);
  const inView = view.follows ? near.slice(-DRAWN_MAX) : near.slice(0, DRAWN_MAX);
  view.drawn = arrows.filter((one) => !one.row.gap);
  if (!view.drawn.some(({ row }) => idOf(row) === view.cursor)) view.cursor = view.drawn.length ? idOf(view.drawn.at(-1).row) : 0;
  patch(box, [
    tools(all, stage),
    h('div', { key: 'lanes', class: 'lanes', 'aria-hidden': 'true', vars: { '--w': `${width}px` } }, lanes.map((lane) => head(lane, x.get(lane), stage))),
    rows.length ? null : h('p', { key: 'none', class: 'muted no-requests', role: 'status' }, t(feed.failed ? 'requests.failed' : 'requests.none')),
    h('svg', {
      key: 'diagram', class: 'diagram', role: 'group', 'aria-label': t('requests.diagram', { count: view.drawn.length }), width, height: Math.max(height, 60), 'data-testid': 'sequence',
      on: { keydown: (event) => travel(event, stage, box) },
    },
    lanes.map((lane) => h('line', { key: `lane ${lane}`, class: lane.startsWith('B') || lane.startsWith('C') ? 'lane machine-lane' : 'lane', x1: x.get(lane), x2: x.get(lane), y1: 0, y2: end })),
    cuts.filter(({ y }) => y >= port.top && y <= port.bottom).map((cut) => [
      h('line', { key: `cut ${cut.y}`, class: 'cut', x1: 8, x2: width - 8, y1: cut.y, y2: cut.y }),
      h('text', { key: `gone ${cut.y}`, class: 'cut-words', x: 8, y: cut.y - 4 * big }, t('requests.later', { ms: cut.ms })),
    ]),
    times(inView, big),
    inView.filter(({ row }) => !row.gap).map((one) => arrow(one, {
      big, at, stage, id: idOf(one.row), current: idOf(one.row) === view.cursor, chosen: chosen(one.row, stage), open: () => open(one.row, stage),
    })),
    h('g', { key: 'words', class: 'all-words', 'aria-hidden': 'true' }, inView.map((one) => (one.row.gap
      ? h('text', { key: `gap ${one.row.n}`, class: 'gap-words', x: width / 2, y: one.y0, 'text-anchor': 'middle' }, t('requests.gap'))
      : words(one, { width, big, stage, id: idOf(one.row), chosen: chosen(one.row, stage) })))),
    rows.length ? nowLine(end, width, big, stage) : null),
  ]);
  if (view.follows) box.scrollTop = box.scrollHeight;
  view.top = box.scrollTop;
}

export function leave(box) {
  box.riachoStage?.feed.want('view', false);
}

/* Two answers in one write to a real client have no number of their own. */
const idOf = (row) => row.n || `of ${row.of}`;

function follow(box, stage) {
  box.riachoFollows = true;
  box.riachoStage = stage;
  box.addEventListener('scroll', () => {
    if (stage.view.view !== 'requests') return;
    if (box.scrollHeight - box.scrollTop - box.clientHeight < AT_END) view.follows = true;
    else if (box.scrollTop < view.top - 4) view.follows = false; // up, so by the reader: what is new only adds below
    view.top = box.scrollTop;
  });
}

function tools(all, stage) {
  const { t } = stage;
  const counts = new Map(FAMILIES.map((name) => [name, 0]));
  for (const row of all) if (!row.gap) counts.set(familyOf(row), counts.get(familyOf(row)) + 1);
  return h('div', { key: 'tools', class: 'requests-tools' },
    h('div', { class: 'row', role: 'group', 'aria-label': t('requests.show') }, FAMILIES.map((name) => button([
      h('span', {}, t(`requests.family.${name}`)), ' ', h('span', { class: 'num muted' }, String(counts.get(name))),
    ], () => toggle(name, stage), { kind: 'small family', pressed: view.shown.has(name), test: `family-${name}`, title: t(`requests.family.${name}.why`) }))),
    view.follows ? null : button(t('requests.newest'), () => {
      view.follows = true;
      stage.redraw();
    }, { kind: 'small', test: 'requests-newest' }));
}

function toggle(name, stage) {
  if (!view.shown.delete(name)) view.shown.add(name);
  stage.redraw();
}

function head(lane, x, stage) {
  const machine = /^[BC]\d+$/.test(lane);
  const broker = stage.snapshot.brokers.find((one) => `B${one.id}` === lane);
  const dead = broker && broker.state !== 'running';
  return h('span', { key: lane, class: `lane-head${machine ? ' machine-head-name' : ''}${dead ? ' dead' : ''}`, vars: { '--x': `${x}px` } },
    lane.startsWith('C') && machine ? '★ ' : '', laneName(lane), dead ? ' ✕' : '');
}

/* When each exchange began, at the left. */
function times(arrows, big) {
  const shown = [];
  let last = -Infinity;
  for (const { row, y0 } of arrows) {
    if (row.gap || y0 - last < 34 * big) continue;
    last = y0;
    shown.push(h('text', { key: `at ${idOf(row)}`, class: 'time-words', x: 8, y: y0 + 4 * big }, moment(row.sent_ms)));
  }
  return shown;
}

function nowLine(y, width, big, stage) {
  const { t, past, live } = stage;
  const words = past.on ? t('requests.then') : live.pace.paused ? t('requests.paused') : t('requests.live');
  return [
    h('line', { key: 'now', class: past.on ? 'now-line past' : 'now-line', x1: 8, x2: width - 8, y1: y, y2: y }),
    h('text', { key: 'now words', class: 'now-words', x: 8, y: y + 14 * big }, words),
  ];
}

function chosen(row, { view: { selected } }) {
  return selected?.kind === 'request' && (selected.n === row.n || (row.of && selected.n === row.of));
}

/* A request's page has its answer on it; an answer whose question nobody saw has a page of its own. */
function open(row, stage, entered = false) {
  view.cursor = idOf(row);
  const asked = row.of && stage.feed.find(row.of);
  stage.select({ kind: 'request', n: row.of || row.n, step: asked?.step || row.step || stage.snapshot.step }, entered);
}

function travel(event, stage, box) {
  const i = view.drawn.findIndex(({ row }) => idOf(row) === view.cursor);
  const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: view.drawn.length - 1 }[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    event.stopPropagation();
    if (view.drawn[i]) open(view.drawn[i].row, stage, true);
  } else if (to !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    const next = view.drawn[Math.max(0, Math.min(view.drawn.length - 1, to))];
    if (!next) return;
    view.cursor = idOf(next.row);
    if (next.y0 < box.scrollTop + 70 || next.y1 > box.scrollTop + box.clientHeight - 90) {
      view.follows = false;
      box.scrollTop = next.y0 - box.clientHeight / 2;
    }
    stage.redraw();
    enter(() => box.querySelector('[data-current]'), { preventScroll: true });
  }
}
