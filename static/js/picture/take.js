/* One picture of the stage as it is shown just now: {svg, width, height, name, told}. */
import { h, patch } from '../dom.js';
import { sentence } from '../controls.js';
import { clock } from '../narration.js';
import { sentenceOf } from '../stories.js';
import { tell } from '../i18n.js';
import { listen } from './canvas.js';
import { fontsFor } from './fonts.js';
import { escaped, fixed } from './markup.js';
import { Walk } from './walk.js';

const EDGE = 20; // paper around what is taken

/* part: 'stage' or 'cluster'. caption: the sentence and the clock, above. */
export async function takePicture(stage, { part, caption }) {
  const root = document.documentElement;
  root.dataset.picturing = part; // what is there to be pressed is left out (css/frame.css)
  const parts = storyOf(stage);
  const words = parts.map((piece) => piece.text).join('').trim();
  const head = caption ? captionOf(stage, parts) : null;
  try {
    await document.fonts?.ready;
    await stage.redrawn();
    const painted = await listen(() => stage.redrawn());
    const element = part === 'cluster' ? document.getElementById('view-panel') ?? document.querySelector('.cluster') : document.querySelector('main');
    const box = tight(element, part);
    const walk = new Walk(box, painted);
    const inside = walk.of(element);
    const top = head ? head.getBoundingClientRect() : null;
    const drawnHead = head ? new Walk({ left: top.left, top: top.top, right: top.right, bottom: top.bottom }, new Map()).of(head) : '';
    const high = top ? Math.ceil(top.height) + EDGE * 0.6 : 0;
    const width = Math.ceil(box.right - box.left) + 2 * EDGE;
    const height = Math.ceil(box.bottom - box.top) + 2 * EDGE + high;
    const paper = getComputedStyle(document.body).backgroundColor;
    const fonts = await fontsFor(inside + drawnHead);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><title>${escaped(words)}</title>${fonts}<rect width="${width}" height="${height}" fill="${paper}"/><g transform="translate(${EDGE} ${EDGE})">${drawnHead}</g><g transform="translate(${EDGE} ${fixed(EDGE + high)})">${inside}</g></svg>`;
    const name = `riacho-${stage.sandbox}-${clock(stage.snapshot.at_ms).split('.')[0].replaceAll(':', '-')}`;
    return { svg, width, height, name, told: words };
  } finally {
    head?.remove();
    delete root.dataset.picturing;
    stage.redraw();
  }
}

/* The box of what there is: a short stage leaves no empty paper below. */
function tight(element, part) {
  const own = element.getBoundingClientRect();
  const ends = part === 'stage' ? [...element.querySelectorAll('.side .list, .side .real, #tapes, #view > *')] : [...element.querySelectorAll('#tapes, #view > *')];
  const bottom = Math.max(own.top + 60, ...ends.filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().bottom));
  return { left: own.left, right: own.right, top: own.top, bottom: Math.min(own.bottom, bottom + 4, innerHeight) };
}

function storyOf(stage) {
  const stepped = stage.past.on ? stage.past.stepped : stage.stepped;
  const moment = (stage.past.on ? stage.past.book : stage.book).latest(stage.snapshot);
  return stepped ? stepped.flatMap((event) => [...tell(event), { text: ' ' }]) : moment ? sentenceOf(moment) : [];
}

/* Clock and sentence, as a line over the picture: laid out by the browser, taken, and gone again. */
function captionOf(stage, parts) {
  const place = document.createElement('div');
  place.className = 'picture-caption';
  const main = document.querySelector('main').getBoundingClientRect();
  place.style.setProperty('--w', `${Math.min(main.width, 1100)}px`);
  document.getElementById('riacho').append(place);
  patch(place, [h('span', { class: 'picture-clock mono' }, clock(stage.snapshot.at_ms)), h('span', { class: 'picture-words' }, sentence(parts))]);
  return place;
}
