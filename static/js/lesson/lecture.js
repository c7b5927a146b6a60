/* The lecture as its pages know it: which scenes there are, where one stands among them, and how to get to another.
 * The stage's overlay (scene.js) and the presenter's window (js/notes/) share it.
 *
 * Between windows of one browser goes what is no matter of the cluster's: the blank screen. */
import { ask, sandboxPath } from '../api.js';

export class Lecture {
  /* changed: called when something to be drawn has come. */
  constructor(sandbox, changed) {
    Object.assign(this, { sandbox, changed, parts: [], scenes: [], coming: false, busy: false, blank: false, resumes: false });
    this.channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`riacho.lecture.${sandbox}`) : null;
    this.channel?.addEventListener('message', ({ data }) => this.hear(data));
    this.say({ asks: true });
  }

  /* The list is fetched once; false until it is there. */
  ready() {
    if (!this.scenes.length && !this.coming) this.fetch();
    return this.scenes.length > 0;
  }

  async fetch() {
    this.coming = true;
    const found = await ask('/api/lecture');
    if (!found.ok) return void setTimeout(() => { this.coming = false; this.changed(); }, 1000);
    this.parts = found.parts;
    this.scenes = found.parts.flatMap((part) => part.scenes);
    this.changed();
  }

  /* {number, of, scene, next, back, part} of a scene; number 0 for one that is not in the lecture. */
  place(id) {
    const at = this.scenes.findIndex((one) => one.id === id);
    const part = this.parts.find(({ scenes }) => scenes.some((one) => one.id === id)) ?? null;
    return { number: at + 1, of: this.scenes.length, scene: this.scenes[at] ?? null, part, back: at > 0 ? this.scenes[at - 1] : null, next: at >= 0 ? this.scenes[at + 1] ?? null : this.scenes[0] ?? null };
  }

  /* The sandbox begins anew as this scene, for all who look. Answers as every question does (api.js). */
  async begin(id) {
    if (this.busy || !id) return { ok: true };
    this.busy = true;
    this.changed();
    const done = await ask(sandboxPath(this.sandbox, '/scene'), { method: 'POST', json: { scene: id } });
    this.busy = false;
    this.changed();
    return done;
  }

  /* The blank screen: on every stage of this sandbox in this browser; time stands still meanwhile. order: sends a
   * command; running: time ran until now. */
  async turnBlank(order, running) {
    this.blank = !this.blank;
    this.say({ blank: this.blank });
    this.changed();
    if (this.blank) {
      this.resumes = running;
      if (running) await order({ do: 'pause' });
    } else if (this.resumes) await order({ do: 'resume' });
  }

  say(message) {
    this.channel?.postMessage(message);
  }

  hear(message) {
    if (message.asks && this.blank) this.say({ blank: true, resumes: this.resumes });
    if (message.blank === undefined || message.blank === this.blank) return;
    this.blank = message.blank;
    this.changed();
  }
}
