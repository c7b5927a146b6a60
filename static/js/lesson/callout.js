/* A sentence at the object it is about: what came of a prediction, or what a learner seems to believe.
 *
 * One at a time, beside the object, with a point towards it; the object is outlined, and pulses once when the sentence
 * comes. It stays until it is closed (Esc too), the lesson begins anew, or another one comes; "show it on the stage"
 * in the panel brings it back. It is placed anew with each picture, as the object may have moved. */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { marked } from './markup.js';
import { elementOf } from './places.js';

const GAP = 14;
const EDGE = 8;
const NARROW = 900; // here the page scrolls, under a sheet and a foot
const AWAY = 30; // from the end of a wide object
const POINT = 16; // the point stays so far from a corner

export class Callout {
  constructor(stage) {
    Object.assign(this, { stage, shown: null, lit: null, gone: () => {} });
    this.box = document.createElement('section');
    this.box.className = 'callout';
    this.box.dataset.testid = 'callout';
    this.box.hidden = true;
    this.box.addEventListener('keydown', (event) => event.key === 'Escape' && this.close(event));
    document.getElementById('riacho').append(this.box);
    const follow = () => this.place();
    addEventListener('resize', follow);
    document.addEventListener('scroll', follow, { capture: true, passive: true });
  }

  /* what: {key, about, title, text, kind: 'right' | 'wrong' | 'note'}; pulse: it has just come. */
  show(what, pulse = true) {
    this.shown = what;
    this.unlight();
    this.draw();
    const element = elementOf(what.about);
    this.uncover(element);
    element?.scrollIntoView({ block: innerWidth <= NARROW ? 'center' : 'nearest', inline: 'nearest' });
    if (pulse && element) {
      element.removeAttribute('data-pulse');
      void element.offsetWidth; // begins the animation anew
      element.setAttribute('data-pulse', '');
      element.addEventListener('animationend', () => element.removeAttribute('data-pulse'), { once: true });
    }
    this.place();
  }

  /* A drawer that lies over what is spoken of gives way. */
  uncover(element) {
    const drawer = document.getElementById('drawer').getBoundingClientRect();
    const box = element?.getBoundingClientRect();
    if (!box || !drawer.width || !this.stage.view.drawer) return;
    const narrow = innerWidth <= NARROW;
    if (!narrow && (drawer.left >= box.right || drawer.right <= box.left || drawer.top >= box.bottom || drawer.bottom <= box.top)) return;
    if (document.activeElement?.closest('#drawer')) document.getElementById('lesson')?.focus({ preventScroll: true });
    this.stage.closeDrawer();
  }

  close(event = null) {
    event?.stopPropagation();
    if (!this.shown) return;
    const inside = this.box.contains(document.activeElement);
    this.shown = null;
    this.unlight();
    this.draw();
    this.gone();
    if (inside) document.getElementById('lesson')?.focus({ preventScroll: true });
  }

  unlight() {
    this.lit?.removeAttribute('data-spoken');
    this.lit = null;
  }

  draw() {
    const { shown, stage } = this;
    this.box.hidden = !shown || stage.past.on; // what has happened since was not known then
    if (this.box.hidden) return void this.unlight();
    this.box.dataset.kind = shown.kind;
    this.box.setAttribute('aria-label', shown.title);
    patch(this.box, [
      h('i', { class: 'callout-point', key: 'point', 'aria-hidden': 'true' }),
      h('h3', { key: 'title' }, shown.title),
      h('p', { key: shown.key }, marked(shown.text)),
      button('✕', () => this.close(), { kind: 'quiet small close', name: stage.t('close'), test: 'callout-close' }),
    ]);
    this.place();
  }

  /* Under the object, over it or beside it: where it covers the object least, and fits. */
  place() {
    const { box, shown } = this;
    if (!shown || box.hidden) return;
    const element = elementOf(shown.about);
    if (element !== this.lit) {
      this.unlight();
      this.lit = element;
      element?.setAttribute('data-spoken', '');
    }
    const [w, high] = [box.offsetWidth, box.offsetHeight];
    const port = view();
    const at = element ? visible(element.getBoundingClientRect(), port) : null;
    box.classList.toggle('afloat', !at);
    if (!at) return void put(box, { x: Math.max(port.left, port.right - w - EDGE), y: port.bottom - high - EDGE });
    const middle = { x: (at.left + at.right) / 2, y: (at.top + at.bottom) / 2 };
    const within = (value, least, most) => Math.max(least, Math.min(value, most));
    const wide = at.right - at.left > (port.right - port.left) * 0.4;
    const beside = wide ? at.right - w - AWAY : middle.x - w / 2; // a log's newest records are rather at the left
    const places = [
      { side: 'left', fits: at.left - GAP - w > port.left, x: at.left - GAP - w, y: middle.y - high / 2 },
      { side: 'right', fits: at.right + GAP + w < port.right, x: at.right + GAP, y: middle.y - high / 2 },
      { side: 'below', fits: at.bottom + GAP + high < port.bottom, x: beside, y: at.bottom + GAP },
      { side: 'above', fits: at.top - GAP - high > port.top, x: beside, y: at.top - GAP - high },
    ];
    const order = wide ? ['below', 'above', 'right', 'left'] : ['left', 'right', 'below', 'above'];
    const side = order.map((name) => places.find((one) => one.side === name)).find((one) => one.fits) ?? { side: 'over', x: middle.x - w / 2, y: port.bottom - high - EDGE };
    const x = within(side.x, port.left + EDGE, port.right - w - EDGE);
    const y = within(side.y, port.top + EDGE, port.bottom - high - EDGE);
    box.dataset.side = side.side;
    put(box, { x, y, along: ['left', 'right'].includes(side.side) ? within(middle.y - y, POINT, high - POINT) : within((wide ? x + w / 2 : middle.x) - x, POINT, w - POINT) });
  }
}

/* The part of the window in which the stage is seen: without the head, the foot and the panel. */
function view() {
  const foot = document.querySelector('footer')?.getBoundingClientRect();
  const head = document.querySelector('header')?.getBoundingClientRect();
  const panel = document.getElementById('lesson')?.getBoundingClientRect();
  const beside = panel && panel.width && panel.width < innerWidth * 0.6 && panel.height > innerHeight * 0.4;
  return {
    left: beside ? panel.right : 0, right: innerWidth, top: Math.max(0, head?.bottom ?? 0),
    bottom: foot && foot.bottom >= innerHeight - 2 ? foot.top : innerHeight,
  };
}

/* What of a rectangle is in view; null when nothing is. */
function visible(box, port) {
  const seen = { left: Math.max(box.left, port.left), right: Math.min(box.right, port.right), top: Math.max(box.top, port.top), bottom: Math.min(box.bottom, port.bottom) };
  return seen.right - seen.left > 4 && seen.bottom - seen.top > 4 ? seen : null;
}

function put(element, { x, y, along = 0 }) {
  for (const [name, value] of Object.entries({ '--x': x, '--y': y, '--along': along })) element.style.setProperty(name, `${Math.round(value)}px`);
}
