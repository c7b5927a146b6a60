/* The way round the stage in four steps, for whoever is here for the first time; and again from the tools.
 *
 * A card beside what it tells of, and a ring around that. Nothing is covered or locked: whoever does what a step
 * speaks of has done right, and the tour waits. Esc, ✕ and the last step end it; this browser remembers. */
import { button, sentence } from '../controls.js';
import { h, patch } from '../dom.js';
import { t, textOf } from '../i18n.js';

const KEPT = 'riacho.tour';
const GAP = 14; // between the ring and the card
const EDGE = 10;

/* where: the first of these that is in view is spoken of. */
export const STEPS = [
  { id: 'log', where: ['#tapes .tape', '#view-panel', '#tapes'] },
  { id: 'write', where: ['#compose', '#new-producer'] },
  { id: 'crash', where: ['.broker:has([data-testid$="-crash"])', '#brokers .broker:nth-of-type(2)', '#brokers'] },
  { id: 'time', where: ['footer'] },
];

let tour = null;

export function startTour(stage, byHand = true) {
  tour?.end();
  tour = new Tour(stage, byHand ? document.activeElement : null);
  tour.go(0);
}

class Tour {
  constructor(stage, before) {
    Object.assign(this, { stage, before, number: 0, target: null });
    this.ring = document.createElement('div');
    this.ring.className = 'tour-ring';
    this.card = document.createElement('section');
    this.card.className = 'tour-card';
    Object.assign(this.card.dataset, { testid: 'tour' });
    this.card.setAttribute('role', 'dialog');
    this.card.setAttribute('aria-labelledby', 'tour-title');
    this.card.setAttribute('aria-describedby', 'tour-words');
    this.card.tabIndex = -1;
    this.card.addEventListener('keydown', (event) => this.key(event));
    document.getElementById('riacho').append(this.ring, this.card);
    this.follow = () => this.place();
    addEventListener('resize', this.follow);
    document.addEventListener('scroll', this.follow, { capture: true, passive: true });
    this.watch = new MutationObserver(() => this.draw());
    this.watch.observe(document.documentElement, { attributes: true, attributeFilter: ['lang', 'data-projector', 'data-drawer'] });
    this.sized = new ResizeObserver(this.follow);
  }

  go(number) {
    this.number = number;
    this.sized.disconnect();
    this.target = STEPS[number].where.map((what) => document.querySelector(what)).find((one) => one?.getClientRects().length) ?? null;
    if (this.target) {
      this.target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      this.sized.observe(this.target);
    }
    this.draw();
    this.card.querySelector('.primary')?.focus({ preventScroll: true });
  }

  key(event) {
    const act = { Escape: () => this.end(), ArrowRight: () => this.number < STEPS.length - 1 && this.go(this.number + 1), ArrowLeft: () => this.number && this.go(this.number - 1) }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  draw() {
    const last = this.number === STEPS.length - 1;
    const { id } = STEPS[this.number];
    this.card.dataset.step = id;
    patch(this.card, [
      h('p', { class: 'tour-count', key: 'count' }, STEPS.map((step, i) => h('i', { key: step.id, class: i <= this.number ? 'done' : null, 'aria-hidden': 'true' })), h('span', { class: 'visually-hidden' }, t('tour.count', { n: this.number + 1, of: STEPS.length }))),
      h('h2', { id: 'tour-title', key: 'title' }, t(`tour.${id}`)),
      h('p', { id: 'tour-words', key: 'words' }, sentence(textOf(`tour.${id}.told`))),
      h('p', { class: 'actions', key: 'actions' },
        button(t('tour.end'), () => this.end(), { kind: 'quiet small', test: 'tour-end' }),
        this.number ? button(t('tour.back'), () => this.go(this.number - 1), { kind: 'small', test: 'tour-back' }) : null,
        button(last ? t('tour.done') : t('tour.next'), () => (last ? this.end() : this.go(this.number + 1)), { kind: 'primary small', test: 'tour-next' })),
    ]);
    this.place();
  }

  /* The ring around what is spoken of; the card under it, or over it, or beside it: wherever there is room. */
  place() {
    const box = this.target?.getBoundingClientRect();
    const { ring, card } = this;
    ring.hidden = !box || !box.width;
    const [w, high] = [card.offsetWidth, card.offsetHeight];
    const at = { x: (innerWidth - w) / 2, y: innerHeight - high - EDGE };
    if (box && box.width) {
      const tall = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
      put(ring, { x: box.left - 5, y: Math.max(0, box.top) - 5, w: box.width + 10, h: tall + 10 });
      at.x = Math.min(Math.max(EDGE, box.left + box.width / 2 - w / 2), innerWidth - w - EDGE);
      if (box.bottom + GAP + high < innerHeight) at.y = box.bottom + GAP;
      else if (box.top - GAP - high > 0) at.y = box.top - GAP - high;
      else if (box.right + GAP + w < innerWidth) Object.assign(at, { x: box.right + GAP, y: Math.max(EDGE, Math.min(box.top, innerHeight - high - EDGE)) });
    }
    put(card, at);
  }

  end() {
    remember();
    this.watch.disconnect();
    this.sized.disconnect();
    removeEventListener('resize', this.follow);
    document.removeEventListener('scroll', this.follow, { capture: true });
    const inside = this.card.contains(document.activeElement);
    this.ring.remove();
    this.card.remove();
    tour = null;
    if (inside) (this.before?.isConnected ? this.before : document.getElementById('tools-open'))?.focus({ preventScroll: true });
  }
}

function put(element, { x, y, w, h: high }) {
  for (const [name, value] of Object.entries({ '--x': x, '--y': y, '--w': w, '--h': high })) if (value !== undefined) element.style.setProperty(name, `${Math.round(value)}px`);
}

function remember() {
  try {
    localStorage.setItem(KEPT, 'seen');
  } catch {
    // a private window may forbid it: then the tour comes again
  }
}
