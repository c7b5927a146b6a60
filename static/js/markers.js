/* Who reads where: hollow tags for positions, small solid carets for committed offsets.
 *
 * A tag's form tells the group (pointed, round, square, six-sided), because colour means a record's
 * key. A real client's position is only what it has fetched up to, so its tag has a dashed outline. */
import { h } from './dom.js';
import { xOf } from './layout.js';

const SHAPES = 4;

/* "topic-partition" -> {positions: [...], committed: [...]}, once a snapshot. */
export function readers(snapshot) {
  const found = new Map();
  const at = (topic, partition) => {
    const key = `${topic}-${partition}`;
    if (!found.has(key)) found.set(key, { positions: [], committed: [] });
    return found.get(key);
  };
  snapshot.groups.forEach((group, index) => {
    const shape = index % SHAPES;
    for (const member of group.members) {
      for (const [topic, partitions] of Object.entries(member.position || {})) {
        for (const [partition, offset] of Object.entries(partitions)) {
          at(topic, partition).positions.push({ group: group.id, member: member.id, kind: member.kind, offset, shape });
        }
      }
    }
    for (const [topic, partitions] of Object.entries(group.committed || {})) {
      for (const [partition, offset] of Object.entries(partitions)) {
        at(topic, partition).committed.push({ group: group.id, offset, shape });
      }
    }
  });
  return found;
}

export const shapeOf = (snapshot, groupId) => Math.max(0, snapshot.groups.findIndex((g) => g.id === groupId)) % SHAPES;

/* What fits a tag. Members of a group are told apart by the number they end with. */
export function shortName(id) {
  const [, number] = /(\d{1,3})$/.exec(id) || [];
  return id.length <= 4 ? id : `${id.slice(0, 2)}…${number ?? ''}`;
}

/* The outline of a tag: its tip at (at, y), its body below, w wide and size high, its middle at x. */
export function tagPath(shape, x, y, w, size, at = x) {
  const half = w / 2;
  const tip = size * 0.32;
  if (shape === 1) {
    const r = Math.max(half, size * 0.5);
    return `M${at} ${y}L${x + r * 0.62} ${y + tip * 0.9}A${r} ${size * 0.5} 0 1 1 ${x - r * 0.62} ${y + tip * 0.9}Z`;
  }
  if (shape === 2) {
    return `M${at} ${y}L${x + tip} ${y + tip}H${x + half}v${size * 0.85}h${-w}v${-size * 0.85}H${x - tip}z`;
  }
  if (shape === 3) {
    const side = size * 0.45;
    return `M${at} ${y}L${x + half} ${y + tip}l3 ${side}l${-3 - half * 0.4} ${side}h${-half * 1.2}l${-3 - half * 0.4} ${-side}l3 ${-side}z`;
  }
  return `M${at} ${y}L${x + half} ${y + tip * 1.1}v${size * 0.65}q0 ${size * 0.15} ${-size * 0.15} ${size * 0.15}h${-(w - size * 0.3)}q${-size * 0.15} 0 ${-size * 0.15} ${-size * 0.15}v${-size * 0.65}z`;
}

/* A tag outside the tapes: beside a member's name, in the legend. */
export function tagIcon(shape, label, tcp = false, idle = false) {
  const name = shortName(label);
  const w = Math.max(18, 8 + name.length * 7);
  const kind = `tag${tcp ? ' fetched' : ''}${idle ? ' idle' : ''}`;
  return h('svg', { class: 'tag-icon', viewBox: `0 0 ${w + 8} 28`, width: w + 8, height: 28, 'aria-hidden': 'true' },
    h('path', { class: kind, d: tagPath(shape, (w + 8) / 2, 2, w, 20) }),
    h('text', { class: 'tag-name', 'font-size': 11, x: (w + 8) / 2, y: shape === 1 ? 17.5 : 18.5, 'text-anchor': 'middle' }, name));
}

export function caretIcon(shape) {
  return h('svg', { class: 'tag-icon', viewBox: '0 0 16 14', width: 16, height: 14, 'aria-hidden': 'true' }, caret(shape, 8, 2, 10));
}

export function caret(shape, x, y, size) {
  const half = size / 2;
  if (shape === 1) return h('circle', { class: 'caret', cx: x, cy: y + half, r: half * 0.86 });
  if (shape === 2) return h('path', { class: 'caret', d: `M${x - half * 0.8} ${y + 1}h${size * 0.8}v${size * 0.8}h${-size * 0.8}z` });
  if (shape === 3) return h('path', { class: 'caret', d: `M${x} ${y}l${half} ${half}l${-half} ${half}l${-half} ${-half}z` });
  return h('path', { class: 'caret', d: `M${x} ${y}l${half} ${size * 0.85}h${-size}z` });
}

/* The marks of one tape, in its own coordinates (y from the card's top): {drawn, taken}, taken being the stretches
 * [from, to] that tags cover, where a scale below the lanes is left out. called: a name as it fits a tag. */
export function markers(row, here, m, called = shortName) {
  if (!here) return { drawn: [], taken: [] };
  const last = row.first + row.count - 1;
  const middle = (offset) => xOf(row, offset) + (row.cell - m.gap) / 2;
  const tip = row.floor + m.carets - m.tag * 0.2;
  const drawn = here.committed
    .filter(({ offset }) => offset >= row.first && offset <= last)
    .map((c) => h('g', { key: `caret ${c.group}` }, caret(c.shape, middle(c.offset), m.carets ? row.floor : tip - m.tag * 0.1, m.tag * 0.5)));
  const tags = [...here.positions].sort((a, b) => a.offset - b.offset || a.shape - b.shape || (a.member < b.member ? -1 : 1)).map((tag) => {
    const early = tag.offset < row.first;
    const late = tag.offset > last;
    const name = `${early ? '‹' : ''}${called(tag.member)}${late ? '›' : ''}`;
    const w = Math.max(m.tag, m.tag * 0.45 + name.length * m.tagFont * 0.62);
    return { tag, name, w, away: early || late, wanted: early ? row.x0 + m.tag / 2 : late ? row.x1 - m.tag / 2 : middle(tag.offset) };
  });
  const placed = beside(tags, 8, row.x1 + m.right - 8);
  for (const { tag, name, w, away, wanted, x } of placed) {
    const textY = tip + m.tag * (tag.shape === 1 ? 0.84 : 0.94);
    drawn.push(h('g', { key: `tag ${tag.group} ${tag.member}`, class: away ? 'away' : null },
      h('path', { class: tag.kind === 'tcp' ? 'tag fetched' : 'tag', d: tagPath(tag.shape, x, tip, w, m.tag, wanted) }),
      h('text', { class: 'tag-name', x, y: textY, 'font-size': m.tagFont, 'text-anchor': 'middle' }, name)));
  }
  return { drawn, taken: placed.map(({ x, w }) => [x - w / 2 - 2, x + w / 2 + 2]) };
}

const APART = 3;

/* Tags side by side, each as near to its tip as the others let it: those that would touch make one row about
 * the middle of their tips. tags: {wanted, w}, by wanted; adds x. */
function beside(tags, least, most) {
  const rows = [];
  for (const tag of tags) {
    let row = { tags: [tag], width: tag.w, sum: tag.wanted - tag.w / 2 };
    for (;;) {
      row.from = Math.max(least, Math.min(most - row.width, row.sum / row.tags.length));
      const before = rows[rows.length - 1];
      if (!before || before.from + before.width + APART <= row.from) break;
      rows.pop();
      const shift = before.width + APART;
      row = { tags: [...before.tags, ...row.tags], width: shift + row.width, sum: before.sum + row.sum - shift * row.tags.length };
    }
    rows.push(row);
  }
  return rows.flatMap((row) => {
    let x = row.from;
    return row.tags.map((tag) => {
      const placed = { ...tag, x: x + tag.w / 2 };
      x += tag.w + APART;
      return placed;
    });
  });
}
