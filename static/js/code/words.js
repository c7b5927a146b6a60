/* Texts that only readers of one page need: static/i18n/<name>.<language>.json, fetched when first wanted, in the
 * pattern language of narration.js. */
import { language } from '../i18n.js';
import { parsedOnce, plain, segments } from '../narration.js';

export class Words {
  constructor(name) {
    Object.assign(this, { name, sayers: new Map(), coming: new Set(), failed: false });
  }

  /* say(key, params) in the page's language; null while the texts are on their way (a new picture follows) or if
   * they did not come (failed; again(stage) asks once more). */
  in(stage) {
    const wanted = language();
    if (!this.sayers.has(wanted) && !this.coming.has(wanted) && !this.failed) this.fetch(wanted, stage);
    return this.sayers.get(wanted) ?? null;
  }

  async fetch(wanted, stage) {
    this.coming.add(wanted);
    try {
      const answer = await fetch(new URL(`../../i18n/${this.name}.${wanted}.json`, import.meta.url));
      if (!answer.ok) throw new Error(String(answer.status));
      this.sayers.set(wanted, sayer(await answer.json()));
    } catch (error) {
      console.info(error); // the page says it, too
      this.failed = true;
    }
    this.coming.delete(wanted);
    stage.redraw();
  }

  again(stage) {
    this.failed = false;
    stage.redraw();
  }
}

/* A key nobody wrote shows itself, so that it is seen. say.parts: the same as [{text, strong}]. */
export function sayer(catalogue) {
  const pattern = (key) => parsedOnce(catalogue.ui[key] ?? key);
  const say = (key, params = {}) => plain(pattern(key), params, catalogue);
  say.parts = (key, params = {}) => segments(pattern(key), params, catalogue);
  say.has = (key) => key in catalogue.ui;
  return say;
}
