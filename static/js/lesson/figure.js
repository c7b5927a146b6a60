/* A figure that accompanies a scene (`page: wiring`): a module of static/js/lesson/figures/, fetched when the scene is
 * entered, which exports figure(box, {lang, t, stage}). It draws into its box by itself, and may return {draw, close}:
 * draw is called with each new picture of the stage, close when the figure goes. Another language or a new scene makes
 * it anew. */
import { language, t } from '../i18n.js';

const NAME = /^[a-z0-9-]{1,40}$/;

export class Figure {
  constructor() {
    Object.assign(this, { shown: '', box: null, made: null });
  }

  draw(stage, { page = '', id }, say) {
    const wanted = NAME.test(page) ? `${page} ${id} ${language()}` : '';
    if (wanted === this.shown) return void this.made?.draw?.();
    this.close();
    this.shown = wanted;
    if (!wanted) return;
    this.box = document.createElement('section');
    this.box.className = 'scene-figure';
    this.box.dataset.testid = 'scene-figure';
    this.box.setAttribute('aria-label', say('figure'));
    document.getElementById('scene').after(this.box);
    document.documentElement.dataset.figure = page;
    this.fill(this.box, page, stage, say);
  }

  async fill(box, page, stage, say) {
    try {
      const { figure } = await import(`./figures/${page}.js`);
      const made = await figure(box, { lang: language(), t, stage });
      if (box.isConnected && box === this.box) this.made = made ?? null;
      else made?.close?.();
    } catch (problem) {
      console.info(problem); // the page says it, too
      if (box.isConnected) box.textContent = say('figure.failed');
    }
  }

  close() {
    this.made?.close?.();
    this.box?.remove();
    Object.assign(this, { shown: '', box: null, made: null });
    delete document.documentElement.dataset.figure;
  }
}
