/* The middle of the stage: heads of topics, tapes and matrices, only as many as are in view.
 *
 * The canvas lies under the cards and covers just the part of them that the window shows; it moves
 * with the scroll. Everything comes from one layout, so the tests can ask where a cell is. */
import { Activity } from './activity.js';
import { behindRow } from './behind.js';
import { button } from './controls.js';
import { h, patch } from './dom.js';
import { cellRect, layout } from './layout.js';
import { look, paint } from './cells.js';
import { readers } from './markers.js';
import { matrixCard, paintMatrix } from './matrix.js';
import { metrics } from './metrics.js';
import { foldButton, tapeCard } from './tape.js';

const OVERSCAN = 240;
const FOOT = 48; // below the tapes: the button for one more topic

export class Cluster {
  constructor(box) {
    this.box = box;
    this.canvas = box.querySelector('canvas');
    this.cards = box.querySelector('.cards');
    this.plan = null;
    this.inView = []; // rows of the plan
    this.activity = new Activity();
  }

  /* Where everything stands, in the window. Read before the picture is written, it costs nothing; in the middle of it,
   * the browser has to lay out the page in between. */
  measure() {
    const frame = this.box.parentElement;
    return { width: this.box.clientWidth, room: frame.clientHeight, box: this.box.getBoundingClientRect(), port: frame.getBoundingClientRect() };
  }

  /* seen: of `measure`, if it has been read already. */
  draw(stage, seen = this.measure()) {
    const { width } = seen;
    const plan = this.fit(stage, seen);
    this.plan = plan;
    this.box.style.setProperty('--height', `${plan.height}px`);
    const span = this.span(seen);
    this.canvas.style.setProperty('--top', `${span.top}px`);
    this.canvas.style.setProperty('--w', `${plan.width}px`);
    this.canvas.style.setProperty('--h', `${span.bottom - span.top}px`);
    const here = readers(stage.snapshot);
    const inView = plan.rows.filter((row) => row.y + row.h >= span.top && row.y <= span.bottom);
    const none = snapshotIsBare(stage.snapshot) ? h('p', { class: 'muted no-topic', key: 'none' }, stage.t('cluster.empty')) : null;
    this.box.classList.toggle('bare', Boolean(none));
    this.inView = inView;
    patch(this.cards, none || inView.map((row) => {
      if (row.kind === 'topic') return head(row, stage);
      if (row.kind === 'behind') return behindRow(row, plan, stage);
      return row.kind === 'matrix' ? matrixCard(row, plan, stage) : [tapeCard(row, plan, here.get(row.key), stage), foldButton(row, stage)];
    }));
    paint(this.canvas, plan, span, paintMatrix);
  }

  fit(stage, { width, room: whole }) {
    const room = whole - FOOT;
    this.activity.note(stage.snapshot);
    const sizes = metrics(width);
    const make = (m, folding) => layout(stage.snapshot, width, m, stage.view, this.activity, folding);
    for (const m of sizes) {
      const plan = make(m, false);
      if (plan.height <= room) return plan;
    }
    return make(sizes.at(-1), true);
  }

  /* The part of the tapes that can be seen, and a little more. */
  span({ box, port }) {
    const top = Math.max(0, Math.max(port.top, 0) - box.top - OVERSCAN);
    const bottom = Math.min(this.plan.height, Math.min(port.bottom, innerHeight) - box.top + OVERSCAN);
    return { top: Math.floor(top), bottom: Math.max(Math.floor(top) + 1, Math.ceil(bottom)) };
  }

  row(topic, partition) {
    return this.plan?.rows.find((r) => r.kind === 'tape' && r.topic.name === topic && r.partition.id === partition);
  }

  /* Where a record is drawn, in the window's coordinates, and in which colour; null when it is not in view. */
  cellAt(topic, partition, broker, offset) {
    const row = this.row(topic, partition);
    const lane = row?.lanes.find((l) => l.broker === broker);
    const rect = lane && cellRect(row, lane, offset, this.plan.m);
    if (!rect) return null;
    const box = this.box.getBoundingClientRect();
    const seen = look(row, lane, offset);
    return { x: rect.x + box.left, y: rect.y + box.top, w: rect.w, h: rect.h, color: seen?.color ?? null, open: seen?.open ?? false, mark: seen?.mark ?? null };
  }

  /* The colour that really is on the canvas at a point of the window, as #rrggbb; null beside the canvas. */
  colorAt(x, y) {
    const box = this.canvas.getBoundingClientRect();
    const ratio = this.canvas.width / box.width;
    if (x < box.left || y < box.top || x >= box.right || y >= box.bottom) return null;
    // through a canvas made for reading: reading from the real one would move it out of fast memory
    const lens = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    lens.drawImage(this.canvas, Math.floor((x - box.left) * ratio), Math.floor((y - box.top) * ratio), 1, 1, 0, 0, 1, 1);
    const [r, g, b] = lens.getImageData(0, 0, 1, 1).data;
    return `#${[r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('')}`;
  }
}

const snapshotIsBare = (snapshot) => !snapshot.topics.length;

function head(row, stage) {
  const { topic, open } = row;
  const { t } = stage;
  const name = button(topic.name, () => stage.select({ kind: 'topic', topic: topic.name }), { kind: 'title topic-name', name: t('topic.open', { topic: topic.name }) });
  return h('div', {
    key: row.key, class: 'topic-head', 'data-testid': `topic-${topic.name}`, vars: { '--y': `${row.y}px`, '--h': `${row.h}px` },
  },
  topic.internal
    ? button(open ? '▾' : '▸', () => stage.toggleTopic(topic.name), { kind: 'quiet small', name: t(open ? 'topic.fold' : 'topic.unfold', { topic: topic.name }) })
    : null,
  h('h3', {}, name),
  h('span', { class: 'muted' }, topic.internal && !open
    ? t('topic.internal', { partitions: topic.partitions.length })
    : t('topic.note', { replication: topic.replication, min_insync: topic.min_insync, partitions: topic.partitions.length })),
  topic.internal ? null : button(t('compose.short'), () => stage.compose(topic.name), {
    kind: 'small', name: t('compose.to', { topic: topic.name }), test: `topic-${topic.name}-compose`, held: stage.held,
  }));
}
