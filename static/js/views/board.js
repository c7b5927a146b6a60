/* A board: a drawing inside a view, with cells on a canvas, words in SVG above it, and one stop for the keyboard.
 *
 * It speaks as a slider along its items (arrows, Home, End, Enter opens), as a tape does along its records; the
 * pointer hits the items themselves. Canvases are painted after the page has its new form: `paintBoards`. */
import { h } from '../dom.js';
import { palette } from '../palette.js';
import { prefs } from '../prefs.js';

const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

/* Sizes are told in the page's own unit, which a projector makes larger: 1 on a desk. */
export const unit = () => parseFloat(getComputedStyle(document.body).fontSize) / 14;

/* The size of letters: on a projector none is smaller than the page's own. */
export const type = (size) => (prefs.projector ? Math.max(14, size) : size) * unit();

/* key: its name; label: for screen readers; items: [{x, y, w, h, spoken: () => text, open: () => …, hover?: () => …}];
 * lines: SVG children; paint(context, colors): the cells. Keep the result: paintBoards wants it. */
export function board({ key, label, width, height, items, lines, paint, test = null }, stage) {
  const last = items.length - 1;
  const at = () => Math.max(0, Math.min(last, stage.view.column[key] ?? 0));
  const chosen = items[at()];
  const hit = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return items.findIndex((it) => x >= it.x && x < it.x + it.w && y >= it.y && y < it.y + it.h);
  };
  const drawn = h('div', {
    key, class: 'board', 'data-board': key, 'data-testid': test, vars: { '--w': `${width}px`, '--h': `${height}px` },
    ...(items.length ? {
      tabindex: '0', role: 'slider', 'aria-label': label, 'aria-orientation': 'horizontal', 'aria-valuemin': 0, 'aria-valuemax': last,
      'aria-valuenow': at(), 'aria-valuetext': chosen.spoken(),
    } : { role: 'img', 'aria-label': label }),
    on: {
      click: (event) => {
        const found = hit(event);
        if (found < 0) return;
        stage.look(key, found);
        items[found].open();
      },
      pointermove: (event) => items[hit(event)]?.hover?.() ?? stage.hover('', null),
      pointerleave: () => stage.hover('', null),
      keydown: (event) => {
        if (!items.length || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'Enter') items[at()].open();
        else if (event.key in MOVES) stage.look(key, Math.max(0, Math.min(last, at() + MOVES[event.key])));
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    },
  },
  h('canvas', { key: 'cells', keep: true, 'aria-hidden': 'true' }),
  h('svg', { key: 'lines', class: 'tape-lines', 'aria-hidden': 'true', width, height }, lines,
    chosen ? h('rect', { key: 'cursor', class: 'cursor', x: chosen.x - 1, y: chosen.y - 1, width: chosen.w + 2, height: chosen.h + 2, rx: 4 }) : null));
  return { key, drawn, width, height, paint };
}

/* Paint the boards that are in view. */
export function paintBoards(box, boards) {
  const ratio = devicePixelRatio || 1;
  const colors = palette();
  const port = box.getBoundingClientRect();
  for (const one of boards) {
    const node = box.querySelector(`[data-board="${CSS.escape(one.key)}"]`);
    const canvas = node?.firstElementChild;
    if (!canvas) continue;
    const place = node.getBoundingClientRect();
    if (place.bottom < Math.max(0, port.top) || place.top > Math.min(innerHeight, port.bottom)) continue;
    const [width, height] = [Math.ceil(one.width * ratio), Math.ceil(one.height * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, one.width, one.height);
    one.paint(context, colors);
  }
}
