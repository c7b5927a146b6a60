/* A sequence diagram as numbers: where each lane stands, and where on the way down each arrow begins and ends.
 *
 * Time goes down, but not to scale: an exchange takes milliseconds, and then nothing happens for a second. What
 * happens at one moment stands on one line; between two lines there is as much room as their words need, and
 * where more than a little time goes by the gap is cut and says how long it is. A pure function of the rows. */

const LINE = 30; // between two moments
const LEAST = 25; // between two arrows that begin at the same moment and whose words would stand on each other
const AFTER = 19; // between what arrives at a moment and what is sent then: room for its words
const LONG_MS = 8; // a gap that is cut
const CUT = 26;

/* rows: by arrival. wide: how wide an arrow's words are, beside its lane. Returns {height, arrows: [{row, x0, x1, y0, y1, open}], cuts: [{y, ms}], x: Map}. */
export function plan(rows, lanes, { width, left, right, big = 1, now = null, wide = () => 0 }) {
  const x = new Map(lanes.map((lane, i) => [lane, lanes.length === 1 ? width / 2 : left + (i * (width - left - right)) / (lanes.length - 1)]));
  const points = [];
  rows.forEach((row, i) => {
    points.push({ at: row.sent_ms, i, end: false });
    if (!row.gap) points.push({ at: row.at_ms ?? now ?? row.sent_ms, i, end: true });
  });
  points.sort((a, b) => a.at - b.at || b.end - a.end || a.i - b.i);
  const ys = rows.map(() => [0, 0]);
  const cuts = [];
  let y = LINE * big * 0.7;
  let before = null;
  let taken = []; // where the words of the arrows stand that begin on this line
  let ended = false; // something has arrived at this moment
  for (const point of points) {
    if (before !== null && point.at > before) {
      const passed = point.at - before;
      if (passed > LONG_MS) {
        cuts.push({ y: y + (CUT * big) * 0.75, ms: passed });
        y += (LINE + CUT) * big;
      } else y += LINE * big;
      taken = [];
      ended = false;
    }
    before = point.at;
    const row = rows[point.i];
    if (row.gap) {
      y += LINE * big;
      ys[point.i] = [y, y];
      y += LINE * big * 0.6;
    } else if (!point.end) {
      const start = x.get(row.from);
      const reach = (wide(row) + 14) * big;
      const [from, to] = x.get(row.to) >= start ? [start, start + reach] : [start - reach, start];
      if (ended) y += AFTER * big;
      else if (taken.some(([a, b]) => from < b && to > a)) {
        y += LEAST * big;
        taken = [];
      }
      taken.push([from, to]);
      ended = false;
      ys[point.i][0] = y;
    } else {
      ended = true;
      ys[point.i][1] = Math.max(y, ys[point.i][0] + LEAST * big * 0.5);
    }
  }
  const arrows = rows.map((row, i) => ({ row, x0: x.get(row.from), x1: x.get(row.to), y0: ys[i][0], y1: ys[i][1], open: !row.gap && row.at_ms === null }))
    .filter((arrow) => arrow.row.gap || (arrow.x0 !== undefined && arrow.x1 !== undefined));
  return { height: y + LINE * big * 1.4, end: y + LINE * big * 0.7, arrows, cuts, x };
}
