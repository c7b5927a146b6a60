/* The middle of the stage: the bar of views, the row of machines, and the view that the reader has chosen.
 *
 * Tapes are drawn by cluster.js into their own place, which stays; all other views share one box. Only the view that
 * is shown is drawn, and its module is fetched when it is first shown. */
import { brokers } from '../brokers.js';
import { patch } from '../dom.js';
import { waiting } from '../lazy.js';
import { palette } from '../palette.js';
import { followView, viewInAddress } from './address.js';
import { FIRST, viewOf } from './registry.js';
import { tabs } from './tabs.js';

const MANY = 4; // machines; more of them stand in rows

export class Views {
  constructor(stage, cluster, place) {
    Object.assign(this, { cluster, bar: place('views'), panel: place('view-panel'), strip: place('brokers'), box: place('view'), shown: null });
    stage.view.view = viewInAddress();
  }

  /* seen: what cluster.measure() said before anything of this picture was written, if that still holds. */
  draw(stage, seen) {
    if (!this.watch) {
      this.watch = new ResizeObserver(stage.redraw);
      this.watch.observe(this.panel);
    }
    if (stage.route && !this.followed) {
      this.followed = true;
      followView(stage);
    }
    const view = viewOf(stage.view.view) ?? viewOf(FIRST);
    if (this.shown !== view) this.turn(view, stage);
    patch(this.bar, tabs(stage));
    this.panel.setAttribute('aria-labelledby', `view-${view.id}`);
    if (view.strip) {
      this.strip.classList.toggle('many', stage.snapshot.brokers.length > MANY);
      patch(this.strip, brokers(stage.snapshot, stage));
    }
    if (view.id === FIRST) {
      this.cluster.draw(stage, seen);
      return;
    }
    const module = view.late.ready(stage.redraw);
    if (module && this.drawn !== view) this.clear(view);
    if (module) module.draw(stage, this.box);
    else patch(this.box, waiting(view.late, stage));
  }

  turn(view, stage) {
    this.shown?.late?.module?.leave?.(this.box, stage);
    this.shown = view;
    this.clear(null);
    document.documentElement.dataset.view = view.id;
    this.panel.classList.toggle('stripped', !view.strip);
    if (!view.strip) patch(this.strip, []);
    this.cluster.plan = null; // nothing of the tapes is in view until they are drawn again
  }

  clear(view) {
    this.drawn = view;
    patch(this.box, []);
    this.box.scrollTop = 0;
  }

  /* Where the view that is shown has a record, in the window; null if it shows none. */
  whereIs(...where) {
    return this.shown?.late?.module?.whereIs?.(...where) ?? null;
  }

  /* For tests: what the view that is shown has painted, and where. */
  probe() {
    return this.shown?.late?.module?.probe?.(this.box) ?? [];
  }

  /* What is to be seen of the view's canvases, and of the card below them, at these points of the window, as #rrggbb; null beside them. */
  colors(points) {
    const lens = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    lens.fillStyle = palette().card;
    const found = [...this.box.querySelectorAll('canvas')].map((canvas) => ({ canvas, box: canvas.getBoundingClientRect() }));
    const port = this.box.getBoundingClientRect();
    return points.map(([x, y]) => {
      const one = found.find(({ box }) => x >= box.left && x < box.right && y >= box.top && y < box.bottom);
      if (!one || y < Math.max(0, port.top) || y >= Math.min(innerHeight, port.bottom)) return null; // what is out of sight is not painted
      const ratio = one.canvas.width / one.box.width;
      lens.fillRect(0, 0, 1, 1);
      lens.drawImage(one.canvas, Math.floor((x - one.box.left) * ratio), Math.floor((y - one.box.top) * ratio), 1, 1, 0, 0, 1, 1);
      const [r, g, b] = lens.getImageData(0, 0, 1, 1).data;
      return `#${[r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('')}`;
    });
  }
}
