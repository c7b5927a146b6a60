/* One shard above the canvas: its name and numbers, who reads where, and one stop for the keyboard.
 *
 * It speaks as a slider along its records, as a partition's tape does: arrows move, Home and End go to the ends, Enter
 * opens the record, Shift+Enter the shard. */
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { numberOf } from '../kinesis/hashes.js';
import { SHARD } from '../kinesis/limits.js';
import { keyAt, offsetAt, xOf } from '../layout.js';
import { markers } from '../markers.js';
import { brief, short } from '../streams/names.js';
import { throttledLately } from './streams_paint.js';

const NAME_MAX = 10; // letters in a tag
const called = (name) => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name);
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

export function laneCard(one, layout, stage) {
  const { stream, m } = layout;
  const { shard } = one;
  const offset = cursorOf(one, stage);
  const { drawn } = markers({ ...one, x0: one.x0, x1: one.x1 }, marksOf(one), { ...m, right: m.end }, called);
  return h('div', {
    key: shard.id, class: `lane${shard.open ? '' : ' closed'}`, 'data-stream': stream.name, 'data-shard': String(numberOf(shard.id)), 'data-testid': `shard-${stream.name}-${shard.id}`, tabindex: '0', role: 'slider',
    vars: { '--x': `${one.x}px`, '--y': `${one.y}px`, '--w': `${one.w}px`, '--h': `${one.h}px` },
    'aria-label': stage.t('shard.name', { shard: shard.id, stream: stream.name, open: shard.open }), 'aria-orientation': 'horizontal',
    'aria-valuemin': one.start, 'aria-valuemax': Math.max(one.start, one.end - 1), 'aria-valuenow': offset, 'aria-valuetext': spoken(one, offset, stage),
    on: {
      keydown: (event) => travel(event, one, stream, stage), click: (event) => clicked(event, one, stream, stage),
      pointermove: (event) => stage.hover(one.key, recordAt(event, one)), pointerleave: () => stage.hover(one.key, null),
    },
  }, h('svg', { class: 'tape-lines', 'aria-hidden': 'true', width: one.w, height: one.h },
    title(one, layout, stage), ends(one, m, stage), marks(one, m), pushed(one, layout), rings(one, offset, m, stage), drawn));
}

/* Applications by the form of their own, everybody's iterators by another with a dashed outline: of those one knows
 * only where the last answer ended. */
function marksOf(one) {
  const leases = one.readers.filter((it) => it.kind === 'lease');
  return {
    positions: one.readers.filter((it) => !it.done && it.at >= 0).map((it) => ({ group: it.kind, member: brief(it.name), kind: it.kind === 'lease' ? 'sim' : 'tcp', offset: it.at, shape: it.kind === 'lease' ? (it.push ? 1 : 0) : 2 })),
    committed: leases.filter((it) => it.checkpoint >= 0).map((it) => ({ group: it.name, offset: it.checkpoint, shape: it.push ? 1 : 0 })),
  };
}

function title(one, layout, stage) {
  const { snapshot } = stage;
  const { m } = layout;
  const { shard } = one;
  const throttled = throttledLately(shard, snapshot.at_ms);
  const size = m.font;
  const [words, kind] = said(one, layout, stage);
  const right = shard.open ? gaugeWidth(one, m, throttled, stage) : 0;
  const after = (name) => one.x0 + name.length * size * 0.62 + 10 * m.u;
  const fits = (name) => after(name) + words.length * m.small * 0.56 < one.w - right - 4 * m.u;
  const name = after(shard.id) < one.w - right && (kind === 'soft' || fits(shard.id)) ? shard.id : short(shard.id);
  return [
    h('text', { key: 'name', class: shard.open ? 'shard-name' : 'shard-name soft', x: one.x0, y: one.titleY, 'font-size': size }, name),
    fits(name) ? h('text', { key: 'state', class: kind, x: after(name), y: one.titleY, 'font-size': m.small }, words) : null,
    shard.open ? gauge(one, m, throttled, stage) : null,
  ];
}

/* What there is to say beside its name, the most pressing first. */
function said(one, { stream }, stage) {
  const { t } = stage;
  if (one.lost) return [one.leader < 0 ? t('shard.lost') : t('shard.dead', { leader: one.leader }), 'bad'];
  const waits = waiting(one, stream, stage);
  if (waits) return [waits, 'warn'];
  return one.shard.open ? [t('shard.led', { leader: one.leader }), 'soft'] : [t('shard.closed'), 'soft'];
}

/* Those are told of that must read a parent of it first. */
function waiting(one, stream, stage) {
  const apps = stage.snapshot.kinesis.consumers.filter((app) => app.stream === stream.name && !app.leases[one.shard.id] && one.shard.parents.some((id) => unread(app, id)));
  if (!apps.length) return '';
  return stage.t('shard.waits', { apps: apps.map((app) => app.id), parents: one.shard.parents.filter((id) => apps.some((app) => unread(app, id))).map(short) });
}

const unread = (app, id) => app.leases[id] && !app.leases[id].done;

const GAUGE = 58; // pixels
const BROAD = 290; // from this width on a lane has room for words beside it

function rateWords({ shard, w }, m, throttled, { t }) {
  if (throttled && w < BROAD * m.u) return `✕ ${number(shard.throttled_in || shard.throttled_out)}`;
  if (throttled) return shard.throttled_in ? t('shard.throttled', { refused: shard.throttled_in }) : t('shard.throttled.reads', { refused: shard.throttled_out });
  return shard.records_s > 0 ? t('shard.rate', { rate: shard.records_s }) : '';
}

const gaugeWidth = (one, m, throttled, stage) => (GAUGE + 17) * m.u + rateWords(one, m, throttled, stage).length * m.small * 0.62;

/* How much of what a shard takes in a second came in the last one. */
function gauge(one, m, throttled, stage) {
  const { shard } = one;
  const share = Math.min(1, Math.max(shard.records_s / SHARD.in_records, shard.bytes_s / SHARD.in_bytes));
  const [wide, high] = [GAUGE * m.u, 6 * m.u];
  const x = one.w - 10 * m.u - wide;
  const y = one.titleY - high - 1 * m.u;
  const words = rateWords(one, m, throttled, stage);
  const full = throttled && shard.throttled_in > 0;
  return [
    h('rect', { key: 'gauge', class: full ? 'gauge full' : 'gauge', x, y, width: wide, height: high, rx: high / 2 }),
    h('rect', { key: 'filled', class: full ? 'gauge-fill full' : 'gauge-fill', x, y, width: Math.max(share > 0 ? 2 : 0, wide * share), height: high, rx: high / 2 }),
    words ? h('text', { key: 'rate', class: throttled ? 'warn figures' : 'soft figures', x: x - 7 * m.u, y: one.titleY, 'font-size': m.small, 'text-anchor': 'end' }, words) : null,
  ];
}

/* At the right: the offset after the last record, and that a closed shard takes no more. */
function ends(one, m, stage) {
  const y = one.tapeY + m.tape / 2 + m.font * 0.36;
  return [
    h('text', { key: 'end', class: 'end', x: one.w - 10 * m.u, y, 'font-size': m.font * 1.05, 'text-anchor': 'end' }, one.end),
    one.shard.open ? null : h('path', { key: 'cap', class: 'cap', d: `M${one.w - 2.5} ${5 * m.u}V${one.h - 5 * m.u}` }),
    one.past ? h('text', { key: 'past', class: 'warn', x: one.w - 10 * m.u, y: one.floor + m.small * 1.2, 'font-size': m.small, 'text-anchor': 'end' }, stage.t('tape.past')) : null,
    one.end <= one.start ? nothing(one, y, m, stage) : null,
    one.start < one.end && one.first > one.start ? h('text', { key: 'before', class: 'soft figures', x: one.x0, y: one.floor + m.small * 1.15, 'font-size': m.small * 0.95 }, `‹ ${one.first}`) : null,
  ];
}

/* Why there is nothing to be seen; where there is no room for it, the 0 says so. */
function nothing(one, y, m, { t }) {
  const words = t(one.end > 0 ? 'shard.expired' : 'shard.empty');
  const x = one.x0 + m.cell * (one.shard.open ? 1 : 0) + 6 * m.u;
  return x + words.length * m.small * 0.55 < one.x1 ? h('text', { key: 'empty', class: 'soft', x, y, 'font-size': m.small }, words) : null;
}

/* The high watermark, and where TRIM_HORIZON lies. */
function marks(one, m) {
  const inView = (offset) => offset >= one.first && offset <= one.first + one.count;
  const x = (offset) => xOf(one, offset) - m.gap / 2;
  return [
    one.hw < one.end && inView(one.hw) ? h('path', { key: 'hw', class: 'watermark', d: `M${x(one.hw)} ${one.tapeY - 4 * m.u}V${one.floor + 3 * m.u}` }) : null,
    one.start > 0 && inView(one.start) ? h('path', { key: 'start', class: 'log-start', d: `M${x(one.start) + 5 * m.u} ${one.tapeY - 3 * m.u}h${-5 * m.u}V${one.floor + 3 * m.u}h${5 * m.u}` }) : null,
  ];
}

/* Registered consumers to which it pushes now, but those that are applications of ours: they have tags. */
function pushed(one, { stream, m }) {
  const names = stream.consumers.filter((it) => it.subscribed.includes(one.shard.id) && !one.readers.some((reader) => reader.name === it.name)).map((it) => called(it.name));
  if (!names.length) return null;
  const y = one.floor + m.tags * 0.66;
  const [words, size] = [names.join(' '), m.small];
  const x = one.w - 10 * m.u - words.length * size * 0.56 - size;
  return [
    h('path', { key: 'push', class: 'push', d: `M${x - size} ${y - size * 0.5}h${size * 1.4}m${-size * 0.4} ${-size * 0.3}l${size * 0.4} ${size * 0.3}l${-size * 0.4} ${size * 0.3}` }),
    h('text', { key: 'pushed', class: 'leader', x: one.w - 10 * m.u, y: y - size * 0.12, 'font-size': size, 'text-anchor': 'end' }, words),
  ];
}

function rings(one, offset, m, stage) {
  const chosen = stage.view.selected;
  const ring = (at, kind) => (at >= one.first && at < one.first + one.count && at < one.end && at >= one.start ? h('rect', {
    key: kind, class: kind, x: xOf(one, at) - 2, y: one.tapeY - 2, width: m.cell - m.gap + 4, height: m.tape + 4, rx: m.tape / 5,
  }) : null);
  return [
    chosen?.kind === 'record' && `${chosen.topic}-${chosen.partition}` === one.key ? ring(chosen.offset, 'chosen') : null,
    stage.view.hover?.key === one.key ? ring(stage.view.hover.offset, 'hovered') : null, ring(offset, 'cursor'),
  ];
}

const cursorOf = (one, stage) => Math.max(one.start, Math.min(stage.view.cursor[one.key] ?? one.end - 1, one.end - 1));

function spoken(one, offset, stage) {
  const { t, snapshot } = stage;
  const { shard } = one;
  const readers = one.readers.filter((it) => it.at >= 0).map((it) => `${brief(it.name)} @ ${it.at}`);
  const facts = t('shard.spoken', { records: one.end - one.start, rate: number(shard.records_s), readers, throttled: throttledLately(shard, snapshot.at_ms), lost: one.lost });
  if (one.end <= one.start) return facts;
  const key = one.partition ? keyAt(one.partition, offset) : '?';
  return `${t('tape.spoken', { offset, key: key === '-' ? 'none' : /\d/.test(key) ? 'known' : 'unknown', colour: Number(key) + 1, committed: offset < one.hw })} ${facts}`;
}

function recordAt(event, one) {
  const box = event.currentTarget.getBoundingClientRect();
  const offset = offsetAt(one, event.clientX - box.left);
  const y = event.clientY - box.top;
  const beside = offset === null || y < one.tapeY - 4 || y > one.floor + 4;
  return beside || offset >= one.end || offset < one.start ? null : offset;
}

const openShard = (one, stream, stage, entered) => stage.select({ kind: 'shard', stream: stream.name, shard: one.shard.id }, entered);
const openRecord = (one, offset, stream, stage, entered) => stage.select({ kind: 'record', topic: stream.topic, partition: one.shard.partition, offset }, entered);

function clicked(event, one, stream, stage) {
  const offset = recordAt(event, one);
  if (offset === null) openShard(one, stream, stage);
  else openRecord(one, offset, stream, stage);
}

function travel(event, one, stream, stage) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter') {
    event.preventDefault();
    if (event.shiftKey || one.end <= one.start) openShard(one, stream, stage, true);
    else openRecord(one, cursorOf(one, stage), stream, stage, true);
  } else if (event.key in STEPS) {
    event.preventDefault();
    event.stopPropagation();
    const to = Math.max(one.start, Math.min(one.end - 1, cursorOf(one, stage) + STEPS[event.key]));
    const live = to === one.end - 1;
    const from = to < one.first ? to : to >= one.first + one.count ? to - one.count + 1 : one.first;
    stage.travel(one.key, to, !live && (one.past || to < one.first) ? from : undefined, live);
  }
}
