/* Readers of one log, each at its own place, each with the table that it could make by then: none of them wrong, some older. */
import { beside } from './beside.js';
import { shown } from './kit.js';
import { Records } from './records.js';

export function figure(box, { lang, stage }) {
  const records = new Records(stage);
  const who = ({ groups }, { name }, { id: partition, start }) => groups.map((group) => ({
    id: group.id, title: group.id, kind: group.members.some(({ running }) => running) ? '' : 'down', upto: placeOf(group, name, partition) ?? start,
  }));
  return shown(box, lang, (say) => beside(stage, records, say, { who, name: 'readers' }));
}

/* Where the group stands: its member's position, else what it has committed. */
function placeOf({ members, committed }, topic, partition) {
  const held = members.map(({ position }) => position?.[topic]?.[partition]).filter((offset) => offset !== undefined);
  return held.length ? Math.max(...held) : committed?.[topic]?.[partition];
}
