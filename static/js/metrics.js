/* Sizes of a tape in CSS pixels: for a desk, for a telephone, and for a projector seen from the last row.
 *
 * From the card's top: the ruler (0: offsets stand between the tags at the bottom), the leader's lane, the
 * followers', and the axis: carets (0: they stand on the last lane's edge), then tags. fold: a tape of one line; strip: the
 * line of those furthest behind. */
import { prefs } from './prefs.js';

const DESK = {
  cell: 22, gap: 2.5, lead: 24, leadFont: 11.5, pitch: 12, thin: 8, top: 8, titleRow: 0, ruler: 0, carets: 0, axis: 25, between: 7,
  x0: 140, right: 62, topic: 34, label: 12.5, small: 10.5, end: 17, tag: 18, tagFont: 11, radius: 9, matrixCell: 13, fold: 26, strip: 26,
};
/* Six partitions of three replicas on a small desk. */
const TIGHT = { ...DESK, lead: 22, pitch: 10, thin: 7, top: 7, axis: 23, between: 5, tag: 17, tagFont: 10.5 };
/* The same with a long sentence below. */
const SNUG = { ...TIGHT, lead: 20, pitch: 9.5, thin: 6.5, top: 6, axis: 21, between: 4, topic: 32 };
/* With room to spare (few partitions, a large screen) the tapes grow: in height, because width is for records. */
const ROOMY = [2, 1.85, 1.7, 1.55, 1.4, 1.25, 1.1].map((by) => {
  const [some, little] = [1 + (by - 1) * 0.55, 1 + (by - 1) * 0.25];
  return {
    ...DESK, cell: Math.round(DESK.cell * little), lead: DESK.lead * by, leadFont: DESK.leadFont * some, pitch: DESK.pitch * by, thin: DESK.thin * by,
    top: DESK.top * some, ruler: 13 * little, carets: 9 * some, axis: (9 + 25) * some, x0: DESK.x0 * little, right: DESK.right * little, label: DESK.label * little,
    small: DESK.small * little, end: DESK.end * some, tag: DESK.tag * some, tagFont: DESK.tagFont * some, radius: DESK.radius * little,
  };
});
const PHONE = { ...DESK, titleRow: 24, x0: 52, right: 12 };
const PROJECTOR = {
  cell: 42, gap: 4, lead: 46, leadFont: 25, pitch: 28, thin: 16, top: 10, titleRow: 0, ruler: 0, carets: 0, axis: 46, between: 9,
  x0: 232, right: 104, topic: 50, label: 24, small: 24, end: 32, tag: 36, tagFont: 24, radius: 14, matrixCell: 30, fold: 46, strip: 46,
};

/* Candidates for a width, the largest first: the first whose tapes fit the height is taken, else the last. */
export function metrics(width) {
  if (prefs.projector && innerWidth > 900) {
    const by = parseFloat(getComputedStyle(document.body).fontSize) / PROJECTOR.label;
    return [Object.fromEntries(Object.entries(PROJECTOR).map(([name, size]) => [name, size * by]))];
  }
  return width < 560 ? [PHONE] : [...ROOMY, DESK, TIGHT, SNUG];
}
