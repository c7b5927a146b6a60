/* A way too busy for single records: a stripe that flows. How much flows stands on the card of who writes or
 * reads (counter.js). */
import { palette } from '../palette.js';
import { streamStripes } from './streams.js';

const STRIPES_MAX = 24;
const DASH = [14, 10];
const PER_MS = 0.09; // how far the dashes go in a millisecond, at any rate: fast enough to be seen as flowing

/* The stripes of this moment: [{from, to, about}], from what is busy (rates.js). */
export function stripesOf(snapshot, rates, now) {
  const found = [];
  for (const way of rates.stripes(now)) {
    const [kind, who, where] = split(way.name);
    if (kind === 'from') {
      const producer = snapshot.producers.find((one) => one.id === who);
      const topic = producer && snapshot.topics.find((one) => one.name === producer.topic);
      if (!topic) {
        found.push(...streamStripes(kind, who, where, rates, snapshot));
        continue;
      }
      for (const partition of topic.partitions) {
        if (partition.leader < 0 || rates.rate(`log ${topic.name}-${partition.id}`) < 1) continue;
        const node = producer.kind === 'sim' ? `producer:${who}` : who;
        found.push({ from: node, to: `B${partition.leader}`, about: { to: { topic: topic.name, partition: partition.id } } });
      }
    } else if (kind === 'to') {
      if (where.includes('/')) {
        found.push(...streamStripes(kind, who, where, rates, snapshot));
        continue;
      }
      const at = where.lastIndexOf('-');
      const about = { topic: where.slice(0, at), partition: Number(where.slice(at + 1)) };
      const held = snapshot.topics.find((one) => one.name === about.topic)?.partitions.find((one) => one.id === about.partition);
      const member = snapshot.groups.flatMap((group) => group.members).find((one) => one.id === who);
      if (!held || held.leader < 0 || !member) continue;
      const node = member.kind === 'sim' ? `consumer:${who}` : who;
      found.push({ from: `B${held.leader}`, to: node, about: { from: about }, read: true });
    }
  }
  return found.slice(0, STRIPES_MAX);
}

function split(name) {
  const [kind, ...rest] = name.split(' ');
  return kind === 'to' ? [kind, rest.slice(0, -1).join(' '), rest.at(-1)] : [kind, rest.join(' '), ''];
}

/* from, to: points. still: they do not flow. */
export function drawStripe(context, from, to, { read }, now, still, by = 1) {
  const colors = palette();
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.lineCap = 'butt';
  context.strokeStyle = colors.river;
  context.globalAlpha = 0.14;
  context.lineWidth = (read ? 5 : 7) * by;
  context.stroke();
  context.globalAlpha = 0.75;
  context.lineWidth = (read ? 2 : 3) * by;
  context.setLineDash(DASH);
  context.lineDashOffset = still ? 0 : -((now * PER_MS) % (DASH[0] + DASH[1]));
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}
