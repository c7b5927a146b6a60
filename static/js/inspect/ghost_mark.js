/* The ghost consumer on its tape: it stands over the record it would read next, and a soft line runs from there to the high
 * watermark: what it would be handed. It is dragged by the pointer; buttons and keys are in the drawer (ghost.js). */
import { h } from '../dom.js';
import { offsetAt, xOf } from '../layout.js';

export function ghostMark(row, m, stage) {
  const { ghost } = stage;
  if (!ghost?.on(row.topic.name, row.partition.id) || !row.lanes[0]) return [];
  const offset = ghost.offset;
  if (offset === null || offset === undefined) return [];
  const [lane] = row.lanes;
  const last = row.first + row.count - 1;
  const shown = Math.max(row.first, Math.min(offset, last));
  const away = shown !== offset;
  const width = row.cell - m.gap;
  const x = xOf(row, shown) + width / 2;
  const hw = Math.min(row.partition.hw, row.first + row.count);
  const from = Math.max(offset, row.first);
  const size = Math.max(18, Math.min(46, m.lead * 0.86));
  const y = lane.y + (m.lead - size) / 2;
  const reads = hw > from
    ? h('path', { key: 'ghost reads', class: 'ghost-reads', d: `M${xOf(row, from)} ${lane.y - 4}H${xOf(row, hw) - m.gap}` })
    : null;
  return [
    reads,
    h('g', {
      key: 'ghost', class: `ghost${away ? ' away' : ''}${ghost.dragged ? ' held' : ''}`, 'data-testid': 'ghost-mark', 'data-offset': offset,
      on: {
        pointerdown: (event) => grab(event, row, stage), pointermove: (event) => drag(event, row, stage), pointerup: (event) => release(event, stage),
        pointercancel: (event) => release(event, stage), click: (event) => event.stopPropagation(),
      },
    },
    h('title', {}, stage.t('ghost.mark', { offset })),
    h('rect', { class: 'ghost-reach', x: x - Math.max(14, size / 2 + 4), y: lane.y - 8, width: Math.max(28, size + 8), height: m.lead + 16 }),
    h('path', { class: 'ghost-body', d: body(x, y, size) }),
    h('circle', { class: 'ghost-eye', cx: x - size * 0.15, cy: y + size * 0.4, r: size * 0.075 }),
    h('circle', { class: 'ghost-eye', cx: x + size * 0.15, cy: y + size * 0.4, r: size * 0.075 })),
  ];
}

/* A sheet with a round head and a hem of three waves. */
export function body(x, y, size) {
  const half = size * 0.4;
  const wave = (half * 2) / 6;
  const foot = y + size;
  return `M${x - half} ${foot}V${y + half}a${half} ${half} 0 0 1 ${half * 2} 0V${foot}l${-wave} ${-wave}l${-wave} ${wave}l${-wave} ${-wave}l${-wave} ${wave}l${-wave} ${-wave}z`;
}

function grab(event, row, stage) {
  if (event.button > 0) return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.setPointerCapture?.(event.pointerId);
  stage.ghost.dragged = true;
  stage.redraw();
}

function drag(event, row, stage) {
  if (!stage.ghost.dragged) return;
  event.stopPropagation();
  const box = event.currentTarget.ownerSVGElement.getBoundingClientRect();
  const x = event.clientX - box.left;
  const end = row.first + row.count - 1;
  const at = x < row.x0 ? row.first - 1 : offsetAt(row, x) ?? end;
  const offset = Math.max(row.partition.start, Math.min(row.partition.end, at));
  if (stage.ghost.where?.start === 'offset' && stage.ghost.where.offset === offset) return;
  stage.ghost.put({ topic: row.topic.name, partition: row.partition.id, start: 'offset', offset });
}

function release(event, stage) {
  if (!stage.ghost.dragged) return;
  event.stopPropagation();
  stage.ghost.dragged = false;
  const { topic, partition } = stage.ghost.where;
  if (stage.view.selected?.kind !== 'partition' || stage.view.selected.partition !== partition || stage.view.selected.topic !== topic) {
    stage.select({ kind: 'partition', topic, partition });
  }
  stage.redraw();
}
