/* Which tapes are in view, of those whose last records are not in every frame (engine/live/framing.py draws the line). */

const MATRIX = 16; // a topic of so many partitions is drawn as a matrix
const IN_FRAMES = 24; // tapes that are in every frame
const LOOKED_MAX = 64; // at once, by one page (playground/hub.py)

/* The brokers' own topics have no tails; those under streams have. */
const seen = (topic) => !topic.internal || Boolean(topic.stream);

/* rows: of the tapes in view (layout.js). Answers [[topic, partition], ...]. */
export function looked(snapshot, rows) {
  const topics = snapshot.topics.filter(seen);
  const small = topics.every((topic) => topic.partitions.length < MATRIX);
  if (small && topics.reduce((sum, topic) => sum + topic.partitions.length, 0) <= IN_FRAMES) return [];
  return rows.filter((row) => row.kind === 'tape' && seen(row.topic)).slice(0, LOOKED_MAX).map((row) => [row.topic.name, row.partition.id]);
}
