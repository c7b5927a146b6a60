/* Where everybody stands on the page, as points of the window. Measured once a picture, and only what is needed.
 *
 * A node is named as the engine names it (B2, C1, producer:loja, consumer:A-1, composer, admin) or as a real client
 * calls itself. Of a broker one may ask for a place on a tape: about = {topic, partition, offset}. null: not in view. */

export class Places {
  constructor(cluster, stage) {
    this.cluster = cluster;
    this.stage = stage;
    this.known = new Map();
    this.port = null; // what of the page is not covered by its head, its foot and the scrolled part's edges
  }

  /* The picture has changed. */
  forget() {
    this.known.clear();
    this.port = null;
  }

  /* A point, unless something covers the page there. */
  seen(point) {
    this.port ??= port(this.cluster.box.parentElement);
    const { top, bottom, tapes } = this.port;
    const covered = point.y < top || point.y > bottom || (point.cell && (point.y < tapes.top || point.y > tapes.bottom));
    return covered || point.x < -20 || point.x > innerWidth + 20 ? null : point;
  }

  /* towards: 'left' or 'right', the side of a card at which things come and go. other: who stands at the other end:
   * machines speak above their cards, with clients below them. */
  of(node, about = null, towards = 'right', other = '') {
    const machines = /^[BC]\d+$/.test(node) && /^[BC]\d+$/.test(other);
    const name = `${node} ${about ? `${about.topic}-${about.partition}@${about.offset ?? ''}` : ''} ${towards} ${machines}`;
    if (!this.known.has(name)) this.known.set(name, this.find(node, about, towards, machines ? 'top' : 'bottom'));
    return this.known.get(name);
  }

  find(node, about, towards, side) {
    if (/^B\d+$/.test(node)) return (about && this.onTape(Number(node.slice(1)), about)) || this.edge(`#brokers [data-broker="${node.slice(1)}"], #view [data-broker="${node.slice(1)}"]`, side);
    if (/^C\d+$/.test(node)) return this.edge('[data-testid="controller"]', side);
    const [kind, id] = node.includes(':') ? [node.slice(0, node.indexOf(':')), node.slice(node.indexOf(':') + 1)] : ['', node];
    const name = CSS.escape(id);
    if (kind === 'shard') return this.onShard(about);
    if (node === 'kinesis') return this.edge('[data-testid="kinesis-gateway"]', side);
    if (kind === 'stream_producer') return this.edge(`[data-caller="${name}"]`, 'right');
    if (kind === 'stream_consumer') return this.edge(`[data-caller="${name}"]`, 'left');
    if (kind === 'caller') return this.edge(`.producers [data-caller="${name}"]`, 'right') ?? this.edge(`[data-caller="${name}"]`, towards === 'left' ? 'left' : 'right') ?? this.edge('[data-testid="to-console"]', 'bottom');
    if (kind === 'producer') return this.edge(`[data-producer="${name}"]`, 'right');
    if (kind === 'consumer') return this.edge(`[data-member="${name}"] svg`, 'left');
    if (node === 'composer') return (about && this.edge(`[data-testid="topic-${CSS.escape(about.topic)}-compose"]`, 'left')) || this.edge('#compose', 'right');
    if (node === 'admin') return this.edge('#new-topic', 'right');
    const reader = `[data-member="${name}"] svg`;
    const client = `[data-testid="client-${name}"]`;
    return towards === 'left' ? this.edge(reader, 'left') ?? this.edge(client, 'right') : this.edge(client, 'right') ?? this.edge(reader, 'left');
  }

  /* The middle of a record's cell on a broker's lane; without an offset, or when that is out of sight, of its newest. */
  onTape(broker, { topic, partition, offset }) {
    const row = this.cluster.row(topic, partition);
    const lane = row?.lanes.find((one) => one.broker === broker);
    if (!lane) return this.onMatrix(broker, topic, partition);
    const newest = Math.max(row.first, Math.min(lane.replica.end, row.first + row.count) - 1);
    const wanted = offset === undefined || offset < row.first || offset >= row.first + row.count ? newest : offset;
    const cell = this.cluster.cellAt(topic, partition, broker, wanted);
    return cell && this.seen({ x: cell.x + cell.w / 2, y: cell.y + cell.h / 2, w: cell.w, h: cell.h, cell: true });
  }

  /* Of a topic that is drawn as a matrix: the partition's column, on the broker's line. */
  onMatrix(broker, topic, partition) {
    const row = this.cluster.plan?.rows.find((one) => one.kind === 'matrix' && one.topic.name === topic);
    if (!row) return null;
    const box = this.cluster.box.getBoundingClientRect();
    const line = row.brokers.indexOf(broker);
    const { matrixCell } = this.cluster.plan.m;
    const x = box.left + row.x0 + (partition + 0.5) * row.column;
    return line < 0 ? null : this.seen({ x, y: box.top + row.y + row.top + (line + 0.5) * matrixCell, w: row.column, h: matrixCell, cell: true });
  }

  /* A record in a shard, where streams are looked at. */
  onShard({ topic, partition, offset }) {
    const cell = this.stage.whereIs(topic, partition, offset);
    const view = cell && document.getElementById('view').getBoundingClientRect();
    return cell && cell.y > view.top && cell.y < view.bottom ? this.seen({ ...cell, cell: false }) && cell : null;
  }

  edge(selector, side) {
    for (const node of document.querySelectorAll(selector)) {
      const box = node.getBoundingClientRect();
      if (!box.width) continue;
      const x = side === 'left' ? box.left : side === 'right' ? box.right - 4 : box.left + box.width / 2;
      const y = side === 'top' ? box.top - 1 : side === 'bottom' ? box.bottom - 3 : box.top + box.height / 2;
      return this.seen({ x, y, w: 0, h: 0, cell: false, low: side === 'top' });
    }
    return null;
  }
}

function port(scroll) {
  const foot = document.querySelector('footer')?.getBoundingClientRect();
  const head = document.querySelector('header')?.getBoundingClientRect();
  const tapes = scroll.getBoundingClientRect();
  return { top: Math.max(0, head && head.top <= 0 ? head.bottom : 0), bottom: foot && foot.bottom >= innerHeight - 2 ? foot.top : innerHeight, tapes: { top: tapes.top - 2, bottom: tapes.bottom + 2 } };
}
