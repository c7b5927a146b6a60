/* Parts of the page that few readers need are fetched when they are first opened (`import()`), so that the first
 * picture does not wait for them.
 *
 *   PAGES.why = lazy(() => import('./why/page.js'));            // the module exports page(chosen, stage)
 *   PAGES.segment = lazy(() => import('./inspect/segment.js'), 'segmentPage');
 *
 * Until the module is there, a line that says so is shown; then one new picture is asked for. A part that could not
 * be fetched (the server was away) says so, and is asked for again at a press. */
import { button } from './controls.js';
import { h } from './dom.js';

/* One module that may not be here yet. `ready(redraw)` is it, or null; the first call fetches it. */
export class Late {
  constructor(load) {
    Object.assign(this, { load, module: null, failed: false, coming: null });
  }

  ready(redraw) {
    if (!this.module && !this.coming && !this.failed) this.coming = this.fetch(redraw);
    return this.module;
  }

  async fetch(redraw) {
    try {
      this.module = await this.load();
    } catch (error) {
      console.info(error); // said in the page, too; no warning: the server was away, or is older than the page
      this.failed = true;
    }
    this.coming = null;
    redraw();
  }

  again(redraw) {
    this.failed = false;
    redraw();
  }
}

/* A drawing function whose module comes later. name: what the module calls it. The last argument is the stage. */
export function lazy(load, name = 'page') {
  const late = new Late(load);
  return (...given) => {
    const stage = given.at(-1);
    const module = late.ready(stage.redraw);
    return module ? module[name](...given) : waiting(late, stage);
  };
}

/* What stands there meanwhile. */
export function waiting(late, stage) {
  const { t } = stage;
  if (!late.failed) return h('p', { key: 'coming', class: 'muted coming', role: 'status', 'data-testid': 'coming' }, t('lazy.coming'));
  return h('p', { key: 'failed', class: 'coming', role: 'alert' }, t('lazy.failed'), ' ',
    button(t('lazy.again'), () => late.again(stage.redraw), { kind: 'small', test: 'lazy-again' }));
}
