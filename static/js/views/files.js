/* The brokers' folders at a glance: of each partition its segments as blocks, as wide as they hold bytes. The last one is
 * active: it is still written to. What is not durable yet is hatched. A block leads to its file, byte by byte. */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { hatch } from '../cells.js';
import { size } from '../files/folder.js';
import { explain } from '../i18n.js';
import { board, paintBoards, type, unit } from './board.js';
import { Disks, blocks, sorted } from './disks.js';

const disks = new Disks();
const ROWS_AT_ONCE = 40; // folders of a broker; the rest is on the files page

export function leave() {
  disks.leave();
}

export function draw(stage, box) {
  disks.follow(stage);
  const { t } = stage;
  const { answer, problem } = disks;
  if (!answer) {
    patch(box, h('p', { key: 'wait', class: problem ? 'coming bad' : 'muted coming', role: 'status' }, problem ? explain(problem.code) || problem.reason || t('files.wait') : t('files.wait')));
    return;
  }
  const u = unit();
  const columns = Math.max(1, Math.min(answer.brokers.length, Math.floor(box.clientWidth / (200 * u)), 4));
  const width = Math.floor((box.clientWidth - 8 - (columns - 1) * 10 * u) / columns - 26 * u);
  const most = Math.max(1, ...answer.brokers.flatMap(({ folders }) => sorted(folders, stage.snapshot, stage.view).shown.map((folder) => folder.segments.reduce((sum, s) => sum + s.bytes, 0))));
  const boards = [];
  const cards = answer.brokers.map((broker) => {
    const layout = folderLayout(broker, width, most, u, stage);
    boards.push(layout.board);
    return card(broker, layout, stage);
  });
  patch(box, [
    h('div', { key: 'top', class: 'machines-top' },
      h('p', { class: 'muted' }, t('folders.told'), ' ', problem ? h('span', { class: 'warn' }, explain(problem.code) || problem.reason) : null),
      h('p', { class: 'signs muted' },
        h('span', { class: 'sign-pair' }, h('i', { class: 'segment-sign', 'aria-hidden': 'true' }), t('segment.closed')),
        h('span', { class: 'sign-pair' }, h('i', { class: 'segment-sign active', 'aria-hidden': 'true' }), t('segment.active')),
        h('span', { class: 'sign-pair' }, h('i', { class: 'segment-sign unsynced', 'aria-hidden': 'true' }), t('segment.unsynced')))),
    h('div', { key: 'disks', class: 'machines', 'data-testid': 'folders', 'data-step': answer.step, vars: { '--columns': String(columns), '--gap': `${10 * u}px` } }, cards),
  ]);
  paintBoards(box, boards);
}

function card(broker, layout, stage) {
  const { t } = stage;
  const { broker: id, used, quota } = broker;
  const state = stage.snapshot.brokers.find((b) => b.id === id)?.state ?? broker.state;
  const down = state === 'crashed' || state === 'stopped';
  const share = Math.min(1, used / Math.max(1, quota));
  return h('article', { key: id, class: `broker machine disk-card ${state}`, 'data-testid': `disk-${id}`, 'data-broker': id, 'data-used': used, 'aria-label': t('broker.name', { id }) },
    h('div', { class: 'card-head' },
      button(t('broker.title', { id }), () => stage.select({ kind: 'broker', id }), { kind: 'title', name: t('broker.open', { id }) }),
      down ? h('span', { class: 'bad cross' }, t(`broker.state.${state}`)) : null,
      h('a', { class: 'folder-link', href: pageOf(stage, id), 'data-testid': `folder-${id}`, 'aria-label': t('folders.open', { id }) }, t('folders.open.short'))),
    h('p', { class: 'muted num disk-told' }, t('files.disk', { used: size(used), quota: size(quota) })),
    h('span', { class: 'disk-bar', 'aria-hidden': 'true' }, h('i', { class: share > 0.9 ? 'full' : null, vars: { '--share': String(Math.max(0.004, share)) } })),
    layout.board.drawn,
    layout.more ? h('p', { class: 'muted' }, t('folders.more', { count: layout.more })) : null,
    internals(broker, stage));
}

/* The brokers' own topics are one line until somebody opens them. */
function internals(broker, stage) {
  const { t, view } = stage;
  const names = [...new Set(broker.folders.map((folder) => folder.topic).filter((topic) => topic.startsWith('__')))];
  return names.map((topic) => {
    const open = view.open.has(topic);
    const own = broker.folders.filter((folder) => folder.topic === topic);
    return button([h('span', { 'aria-hidden': 'true' }, open ? '▾ ' : '▸ '), h('span', { class: 'fold-name mono' }, topic),
      h('span', { class: 'num' }, t('folders.count', { count: own.length, size: size(own.reduce((sum, folder) => sum + folder.bytes, 0)) }))],
    () => stage.toggleTopic(topic), { kind: 'quiet small fold', title: t(open ? 'topic.fold' : 'topic.unfold', { topic }) });
  });
}

function pageOf({ sandbox, past, snapshot }, broker, path = '') {
  const then = past.on ? `?step=${snapshot.step}&ms=${snapshot.at_ms}` : '';
  return `/s/${encodeURIComponent(sandbox)}/files/${then}#${broker}/${path}`;
}

function folderLayout(broker, width, most, u, stage) {
  const { t, view } = stage;
  const all = sorted(broker.folders, stage.snapshot, view).shown;
  const folders = all.slice(0, ROWS_AT_ONCE);
  const row = Math.max(46 * u, type(12) + type(10.5) + 22 * u);
  const block = 15 * u;
  const items = [];
  const lines = [];
  const gap = 2 * u;
  folders.forEach((folder, i) => {
    const y = i * row + 6 * u;
    const name = y + type(12);
    const chosen = isChosen(view.selected, folder);
    lines.push(
      h('text', { key: `star ${folder.name}`, class: 'leader', x: 0, y: name, 'font-size': type(12) }, folder.leader ? '★' : ''),
      h('text', { key: `name ${folder.name}`, class: folder.topic ? 'strong figures' : 'soft figures', x: 15 * u, y: name, 'font-size': type(12) }, cut(folder.name, width - 90 * u, type(12))),
      h('text', { key: `size ${folder.name}`, class: 'soft figures', x: width, y: name, 'font-size': type(10.5), 'text-anchor': 'end' }, size(folder.bytes)),
    );
    if (chosen) lines.push(h('rect', { key: `chosen ${folder.name}`, class: 'chosen', x: -5 * u, y: y - 4 * u, width: width + 10 * u, height: row - 2 * u, rx: 6 * u }));
    let free = -1;
    for (const one of blocks(folder, width - gap, (width * 0.94) / most, 7 * u, gap)) {
      const at = { ...one, folder, y: name + 5 * u, h: block };
      items.push({
        ...at, open: () => open(stage, broker.broker, folder, one.segment),
        spoken: () => t('segment.spoken', { folder: folder.name, base: one.segment.base, size: size(one.segment.bytes), active: one.active, unsynced: one.segment.bytes - one.segment.synced, passing: one.segment.passing }),
      });
      const words = String(one.segment.base);
      if (one.x < free) continue; // no room for its number beside the one before
      lines.push(h('text', { key: `base ${folder.name} ${one.segment.file}`, class: one.active ? 'soft figures' : 'soft figures', x: one.x + 1, y: at.y + block + type(10) + 1, 'font-size': type(10) }, words));
      free = one.x + words.length * type(10) * 0.64 + 6 * u;
    }
    if (folder.end !== null && folder.topic) {
      const words = t('segment.end', { end: folder.end });
      if (free < width - words.length * type(10) * 0.6) lines.push(h('text', { key: `end ${folder.name}`, class: 'soft figures', x: width, y: name + 5 * u + block + type(10) + 1, 'font-size': type(10), 'text-anchor': 'end' }, words));
    }
  });
  const height = Math.max(8, folders.length * row + 4 * u);
  return {
    more: all.length - folders.length,
    board: board({
      key: `disk ${broker.broker}`, label: t('folders.board', { id: broker.broker, count: all.length }), width, height, items, lines, test: `segments-${broker.broker}`,
      paint: (context, colors) => items.forEach((item) => paint(context, item, colors, u)),
    }, stage),
  };
}

const CHOSEN = new Set(['partition', 'record', 'segment']);
const isChosen = (selected, folder) => CHOSEN.has(selected?.kind) && selected.topic === folder.topic && selected.partition === folder.partition;

/* A segment of a partition has a page in the drawer; of what is no partition's any more there is only the file. */
function open(stage, broker, folder, segment) {
  if (folder.topic && !segment.passing) stage.select({ kind: 'segment', broker, topic: folder.topic, partition: folder.partition, base: segment.base }, true);
  else stage.leaveFor(pageOf(stage, broker, `${folder.name}/${segment.file}`));
}

const cut = (name, width, tall) => {
  const most = Math.max(6, Math.floor(width / (tall * 0.62)));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
};

/* Closed: full. Active: open at its right end. Hatched: not durable yet. On its way out: only an outline. */
function paint(context, { x, y, w, h: tall, segment, active }, colors, u) {
  const round = Math.min(4 * u, w / 3);
  context.beginPath();
  context.roundRect(x + 0.7, y + 0.7, Math.max(0.6, w - 1.4), tall - 1.4, active ? [round, 0, 0, round] : round);
  context.fillStyle = segment.passing ? colors.card : active ? colors.rail : colors.river;
  context.fill();
  context.setLineDash(segment.passing ? [3, 3] : []);
  context.strokeStyle = segment.passing ? colors.soft : colors.river;
  context.lineWidth = 1.4;
  context.stroke();
  context.setLineDash([]);
  if (active && w > 6) {
    context.clearRect(x + w - 1.6, y + 2, 3, tall - 4);
    context.fillStyle = colors.rail;
    context.fillRect(x + w - 2, y + 2, 2, tall - 4);
  }
  const loose = segment.bytes > segment.synced && segment.bytes ? (1 - segment.synced / segment.bytes) * w : 0;
  if (loose > 0) hatch(context, { x: x + w - loose, y: y + 2, w: loose, h: tall - 4 }, colors.amber, { lead: 20 });
}
