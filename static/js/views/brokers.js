/* The brokers as machines: what each holds, in frames for the racks they stand in.
 *
 * A replica is a short piece of its partition's tape, aligned by offset on all machines: whoever lags is shorter here,
 * too. With many replicas each is a chip. What is selected elsewhere is ringed on every machine that holds it. */
import { addBroker, card } from '../brokers.js';
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { looked } from '../frames/looking.js';
import { board, paintBoards, type, unit } from './board.js';
import { paintShelf } from './shelf_paint.js';
import { machineRoom, racksOf } from './shelves.js';

const DENSE = 6; // machines; with more of them a machine's head is one line
const [HEAD, LINE] = [112, 54]; // what stands above a shelf: a head as a card has it, or one of one line
const SLIM = 150; // a shelf so narrow has no room for the larger
const NARROW = 900; // up to this width the page scrolls as a whole

let painted = []; // of the last picture

export function draw(stage, box) {
  const { snapshot, t } = stage;
  const u = unit();
  const racks = racksOf(snapshot.brokers);
  const tall = innerWidth > NARROW ? box.clientHeight : innerHeight;
  const size = { width: box.clientWidth - 8, height: tall - 56 * u, u, view: stage.view, racks };
  let dense = snapshot.brokers.length > DENSE;
  let room = machineRoom(snapshot, { ...size, headHeight: (dense ? LINE : HEAD) * u });
  if (!dense && room.inner < SLIM * u) {
    dense = true;
    room = machineRoom(snapshot, { ...size, headHeight: LINE * u });
  }
  const boards = [];
  painted = [];
  const machine = (id) => {
    const broker = snapshot.brokers.find((b) => b.id === id);
    const layout = room.shelves.get(id);
    const shelf = shelfBoard(broker, layout, room, stage);
    boards.push(shelf);
    painted.push({ id, layout });
    return card(broker, snapshot, stage, dense, [dense ? null : served(broker, t), shelf.drawn, folds(broker, layout, stage)]);
  };
  const standing = racks.map(({ rack, ids }) => {
    const machines = ids.map(machine);
    if (!room.framed) return machines;
    return h('section', { key: `rack ${rack}`, class: rack ? 'rack' : 'rack none', 'aria-label': rack ? t('rack.name', { rack }) : t('rack.none'), 'data-testid': `rack-${rack}` },
      h('h3', { class: 'rack-name' }, rack ? t('rack.name', { rack }) : t('rack.none')), machines);
  });
  patch(box, [
    h('div', { key: 'top', class: 'machines-top' }, quorum(snapshot, stage), signs(t), addBroker(snapshot, stage, t('broker.add.short'))),
    h('div', { key: 'machines', class: room.framed ? 'machines framed' : 'machines', 'data-testid': 'machines', vars: { '--columns': String(room.columns), '--gap': `${room.gap}px` } }, standing),
  ]);
  paintBoards(box, boards);
  if (!stage.past.on) stage.line?.look('machines', looked(snapshot, shownRows(room)));
}

export function leave(box, stage) {
  stage.line?.look('machines', []);
}

/* The partitions whose records are painted, each once. */
function shownRows(room) {
  const rows = new Map();
  for (const { rows: painted, items } of room.shelves.values()) {
    if (painted) for (const { topic, partition } of items) rows.set(`${topic.name}-${partition.id}`, { kind: 'tape', topic, partition });
  }
  return [...rows.values()];
}

/* The controller is a machine of its own and holds no records. */
function quorum({ controller: { id, records } }, stage) {
  const { t } = stage;
  return h('p', { class: 'quorum-line', 'data-testid': 'controller' },
    button(t('controller'), () => stage.select({ kind: 'controller' }), { kind: 'title' }), ' ',
    h('b', { class: 'leader' }, `★ C${id}`), ' ', h('span', { class: 'muted num', title: t('controller.decisions.why') }, t('controller.decisions', { records })));
}

const signs = (t) => h('p', { class: 'signs muted' },
  ['leader', 'in-sync', 'out', 'dead'].map((kind) => h('span', { class: 'sign-pair', key: kind }, h('i', { class: `chip-sign ${kind}`, 'aria-hidden': 'true' }), t(kind === 'out' ? 'replica.short-out' : `replica.${kind}`))));

function shelfBoard(broker, layout, room, stage) {
  const { t } = stage;
  const { m } = layout;
  const chosen = chosenKey(stage.view.selected);
  const hovered = stage.view.hover?.offset === -1 ? stage.view.hover.key : '';
  const items = layout.items.map((item) => {
    const key = `${item.topic.name}-${item.partition.id}`;
    return {
      ...item, key, hover: () => stage.hover(key, -1), open: () => stage.select({ kind: 'partition', topic: item.topic.name, partition: item.partition.id }, true),
      spoken: () => t('shelf.spoken', { what: key, role: roleOf(item), end: item.replica.end, behind: Math.max(0, item.partition.end - item.replica.end) }),
    };
  });
  const lines = [
    layout.heads.map((one) => heading(one, layout, t)),
    layout.rows ? items.map((item) => rowWords(item, layout, t)) : null,
    items.filter(({ key }) => key === chosen || key === hovered).map(({ key, x, y, w, h: tall }) => h('rect', {
      key: `ring ${key}`, class: key === chosen ? 'chosen' : 'hovered', x: x + 0.5, y: y + 0.5, width: w - 1, height: tall - 1, rx: 5 * m.u,
    })),
  ];
  return board({
    key: `machine ${broker.id}`, label: t('shelf.name', { id: broker.id, count: items.length }), width: room.inner, height: Math.ceil(layout.height), items, lines,
    paint: (context, colors) => paintShelf(context, layout, colors), test: `shelf-${broker.id}`,
  }, stage);
}

const roleOf = ({ leader, dead, out }) => (dead ? 'dead' : leader ? 'leader' : out ? 'out' : 'in-sync');

function chosenKey(selected) {
  return selected?.kind === 'partition' || selected?.kind === 'record' ? `${selected.topic}-${selected.partition}` : '';
}

function heading({ topic, held, y }, { m, width }, t) {
  const leads = held.filter((one) => one.leader).length;
  const [size, small] = [type(12.5 * m.scale), type(11 * m.scale)];
  const count = width < 130 * m.u ? `★${leads}` : t('shelf.count', { leads, replicas: held.length });
  return [
    h('text', { key: `topic ${topic.name}`, class: topic.internal ? 'soft' : 'strong', x: 0, y: y + m.head * 0.68, 'font-size': size }, short(topic.name, width - count.length * small * 0.64, size)),
    h('text', { key: `count ${topic.name}`, class: 'soft figures', x: width, y: y + m.head * 0.68, 'font-size': small, 'text-anchor': 'end' }, count),
  ];
}

/* A name cut to a width, about: the whole of it is in the partition's own page. */
function short(name, width, size) {
  const most = Math.max(4, Math.floor(width / (size * 0.56)));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

function rowWords(item, { m, width }, t) {
  const { key, leader, dead, out, partition, replica, middle } = item;
  const size = type((leader ? 13 : 11.5) * m.scale);
  const y = middle + size * 0.36;
  const behind = partition.end - replica.end;
  return [
    h('text', { key: `name ${key}`, class: leader ? 'leader' : dead ? 'bad' : out ? 'warn' : 'soft', x: m.label - 8 * m.u, y, 'font-size': size, 'text-anchor': 'end' },
      `${leader ? '★ ' : dead ? '✕ ' : ''}${partition.id}`),
    // a replica that ends before what is in view leaves its row empty: then its end is written there
    replica.end <= item.first && replica.end > 0 ? h('text', { key: `away ${key}`, class: 'soft figures', x: m.label, y, 'font-size': size }, `‹ ${replica.end}`) : null,
    h('text', { key: `end ${key}`, class: leader ? 'end' : behind > 0 ? 'warn figures' : 'soft figures', x: width, y, 'font-size': size, 'text-anchor': 'end' },
      behind > 0 && !leader ? t('shelf.behind', { behind }) : replica.end),
  ];
}

/* Where clients reach it, and which real ones do. */
function served({ host, port, clients }, t) {
  return h('p', { class: 'served muted' }, host ? h('code', {}, `${host}:${port}`) : null, clients?.length ? h('span', {}, t('machine.clients', { clients })) : null);
}

/* The brokers' own topics are one line until somebody opens them; on all machines at once. */
function folds(broker, { folded, heads }, stage) {
  const { t } = stage;
  const one = ({ topic, held }, open) => button([
    h('span', { 'aria-hidden': 'true' }, open ? '▾ ' : '▸ '), h('span', { class: 'fold-name' }, topic.name),
    h('span', { class: 'num' }, t('shelf.count', { leads: held.filter((it) => it.leader).length, replicas: held.length })),
  ], () => stage.toggleTopic(topic.name), {
    kind: 'quiet small fold', title: t(open ? 'topic.fold' : 'topic.unfold', { topic: topic.name }), test: `fold-${broker.id}-${topic.name}`,
  });
  return [folded.map((it) => one(it, false)), heads.filter(({ topic }) => topic.internal).map((it) => one(it, true))];
}

/* For tests: what is painted, and where in the window. */
export function probe(box) {
  return painted.flatMap(({ id, layout }) => {
    const place = box.querySelector(`[data-board="machine ${id}"]`)?.getBoundingClientRect();
    if (!place) return [];
    return layout.items.map(({ topic, partition, leader, dead, out, x, y, w, h: tall, ...row }) => ({
      topic: topic.name, partition: partition.id, broker: id, leader, dead, out, rows: layout.rows, first: row.first, count: row.count,
      x: place.left + x, y: place.top + y, w, h: tall, cell: row.cell, gap: row.gap, x0: place.left + (row.x0 ?? 0), middle: place.top + (row.middle ?? 0), tall: row.tall,
    }));
  });
}
