/* Which part of time the line shows, and where a moment is on it.
 *
 * Live, the line ends a little after now. Who looks back at what the line shows stays on that line; a place further
 * back gets a stretch of its own around it, which stays where it is as long as the reader stays in it, although the
 * present goes on. While somebody drags nothing moves, or the line would run away under the hand. */
export const AUTO = 0; // the least of the next that holds all there is, five minutes at most
export const ALL = -1; // all that is remembered
export const SPANS_MS = [AUTO, ALL, 10_000, 60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];
export const SIDE = 6;
const HEADROOM = 0.94;
const EDGE = 0.03; // of the stretch: nearer to its ends nobody is left
const BEFORE = 0.4; // of a stretch of the past lies before the place it was made for
const LEAST_MS = 2_000;
const TICKS_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400].map((s) => 1000 * s);
const TICK_ROOM = 110; // pixels from one tick to the next, at least
const ZOOM_MS = 140; // a wheel turns fast: one stretch further in this time

export function scaleOf(stage, width) {
  const { from, span } = stage.view.drag ?? stretch(stage);
  const x = (at) => SIDE + ((at - from) / span) * (width - 2 * SIDE);
  const at = (px) => from + ((px - SIDE) / (width - 2 * SIDE)) * span;
  return { from, span, to: from + span, x, at, width };
}

export function stretch(stage) {
  const { view, live } = stage;
  const now = live.at_ms;
  const place = stage.past.at ?? now;
  const span = spanOf(stage);
  const from = Math.max(0, now - span * HEADROOM);
  if (place >= from) {
    view.stretch = null;
    return { from, span };
  }
  const kept = view.stretch;
  const stays = kept && kept.span === span && place > kept.from + span * EDGE && place < kept.from + span * (1 - EDGE);
  if (!stays) view.stretch = { from: Math.max(0, place - span * BEFORE), span };
  return view.stretch;
}

function spanOf({ view, live }) {
  const now = live.at_ms;
  if (view.span === ALL) return Math.max(LEAST_MS, (now - (live.history?.from_ms ?? 0)) / HEADROOM);
  return view.span || (now < 60_000 * HEADROOM ? 60_000 : 300_000);
}

/* Closer (-1) or further (1). */
export function zoom(stage, by) {
  const now = spanOf(stage);
  const fixed = SPANS_MS.filter((span) => span > 0);
  const next = by < 0 ? fixed.filter((span) => span < now).at(-1) : fixed.find((span) => span > now);
  if (next) stage.change({ span: next });
}

let turned = 0;
export function wheeled(stage, event) {
  if (Math.abs(event.deltaY) <= Math.abs(event.deltaX) || event.ctrlKey) return;
  event.preventDefault();
  if (event.timeStamp - turned < ZOOM_MS) return;
  turned = event.timeStamp;
  zoom(stage, Math.sign(event.deltaY));
}

/* Round times, as many as there is room for: [{at, text}]. */
export function ticks({ from, to, span, width }) {
  const every = TICKS_MS.find((ms) => (ms / span) * width >= TICK_ROOM) ?? TICKS_MS.at(-1);
  const found = [];
  for (let at = Math.ceil(from / every) * every; at <= to; at += every) found.push({ at, text: shortTime(at) });
  return found;
}

export function shortTime(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
