/* A topic of many partitions at a glance: brokers by partitions, the leader filled, a follower a ring, and above
 * each column a bar for how far its slowest group is behind. A click opens (pins) that partition's tape. */
import { h } from './dom.js';
import { lags } from './layout.js';

export function paintMatrix(context, row, plan, colors) {
  const { topic, brokers, x0, column, top } = row;
  const size = Math.max(2, Math.min(column - 1.5, plan.m.matrixCell * 1.4));
  const tall = plan.m.matrixCell - 4;
  context.beginPath();
  context.roundRect(0.5, row.y + 0.5, plan.width - 1, row.h - 1, plan.m.radius);
  context.fillStyle = colors.card;
  context.fill();
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.stroke();
  const line = new Map(brokers.map((id, i) => [id, row.y + top + i * plan.m.matrixCell]));
  const rings = [[], []];
  context.fillStyle = colors.river;
  for (const partition of topic.partitions) {
    const x = x0 + partition.id * column;
    for (const replica of partition.replicas) {
      const y = line.get(replica.broker);
      if (replica.broker === partition.leader && replica.alive) context.fillRect(x, y, size, tall);
      else rings[replica.alive && replica.in_sync ? 0 : 1].push([x, y]);
    }
  }
  context.lineWidth = size > 6 ? 1.2 : 0.9;
  const colorsOf = [colors.river, colors.red];
  rings.forEach((list, i) => {
    context.strokeStyle = colorsOf[i];
    context.setLineDash(i ? [2, 1.5] : []);
    for (const [x, y] of list) context.strokeRect(x + 0.5, y + 0.5, size - 1, tall - 1);
  });
  context.setLineDash([]);
  paintLag(context, row, plan, colors, size);
}

function paintLag(context, row, plan, colors, size) {
  const behind = lags(row.topic, plan.snapshot);
  const most = Math.max(1, ...behind.values());
  context.fillStyle = colors.amber;
  for (const [partition, lag] of behind) {
    const height = lag > 0 ? Math.max(1.5, (lag / most) * (row.top - 8)) : 0;
    context.fillRect(row.x0 + partition * row.column, row.y + row.top - 4 - height, size, height);
  }
  context.fillStyle = colors.red;
  for (const partition of row.topic.partitions) {
    if (partition.leader < 0) context.fillRect(row.x0 + partition.id * row.column, row.y + 3, size, row.h - 6);
  }
}

export function matrixCard(row, plan, stage) {
  const { topic, brokers } = row;
  // Asked for at the press: keys may come faster than frames.
  const column = () => Math.min(stage.view.column[topic.name] ?? 0, topic.partitions.length - 1);
  const chosen = column();
  const partition = topic.partitions[chosen];
  const lag = lags(topic, stage.snapshot).get(partition.id) || 0;
  const { small, matrixCell } = plan.m;
  const pick = (to) => stage.look(topic.name, Math.max(0, Math.min(topic.partitions.length - 1, to)));
  const columnAt = (event) => Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - row.x0) / row.column);
  const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
  return h('div', {
    key: row.key, class: 'tape matrix', 'data-testid': `matrix-${topic.name}`, vars: { '--y': `${row.y}px`, '--h': `${row.h}px` },
    tabindex: '0', role: 'slider', 'aria-label': stage.t('matrix.name', { topic: topic.name }), 'aria-valuemin': 0,
    'aria-valuemax': topic.partitions.length - 1, 'aria-valuenow': partition.id,
    'aria-valuetext': stage.t('matrix.spoken', { partition: partition.id, leader: partition.leader, isr: partition.isr, lag }),
    on: {
      click: (event) => {
        const at = columnAt(event);
        if (at < 0 || at >= topic.partitions.length) return;
        pick(at);
        stage.pin(`${topic.name}-${at}`);
      },
      keydown: (event) => {
        if (event.key === 'Enter') stage.pin(`${topic.name}-${topic.partitions[column()].id}`);
        else if (event.key in moves) {
          event.preventDefault();
          event.stopPropagation();
          pick(column() + moves[event.key]);
        }
      },
    },
  }, h('svg', { class: 'tape-lines', 'aria-hidden': 'true', width: plan.width, height: row.h },
    numbers(row, small),
    brokers.map((id, i) => h('text', {
      key: id, class: 'soft', x: row.x0 - 8, y: row.top + i * matrixCell + matrixCell * 0.72, 'font-size': small, 'text-anchor': 'end',
    }, `B${id}`)),
    h('text', { key: 'lag', class: 'warn', x: row.x0 - 8, y: row.top - 6, 'font-size': small, 'text-anchor': 'end' }, stage.t('lag')),
    h('rect', {
      key: 'column', class: 'cursor', x: row.x0 + chosen * row.column - 1.5, y: 2, width: row.column + 1, height: row.h - 4, rx: 3,
    })));
}

/* Every tenth partition's number below its column; every fifth where there is room. */
function numbers(row, small) {
  const every = row.column * 5 > small * 2.4 ? 5 : 10;
  return row.topic.partitions.filter((p) => p.id % every === 0).map((p) => h('text', {
    key: `number ${p.id}`, class: 'soft figures', x: row.x0 + (p.id + 0.5) * row.column, y: row.h - small * 0.55, 'font-size': small, 'text-anchor': 'middle',
  }, p.id));
}
