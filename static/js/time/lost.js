/* Acknowledged, and lost: asked of the server, which goes through it all again (engine/live/losses.py). That is work,
 * so it is asked when time stands still somewhere new, and, while it runs, when something has happened that
 * can lose a record; never twice for the same moment, and not again before the last answer is there. */
import { ask, sandboxPath } from '../api.js';

const REST_MS = 2500; // between two questions while time runs

export class Losses {
  constructor(pair) {
    Object.assign(this, { pair, answers: [null, null], asked: ['', ''], busy: false, at: -Infinity });
  }

  follow() {
    const { pair } = this;
    if (this.busy || pair.back) return;
    const due = pair.stages.map(({ live }) => (live.pace.paused ? `step ${live.step}` : `event ${live.event}`));
    const running = pair.stages.some(({ live }) => !live.pace.paused);
    if (due.every((one, i) => one === this.asked[i]) || (running && performance.now() - this.at < REST_MS)) return;
    this.ask(due);
  }

  async ask(due) {
    Object.assign(this, { busy: true, at: performance.now(), asked: due });
    const answers = await Promise.all(this.pair.ids.map((id) => ask(sandboxPath(id, '/lost'))));
    this.answers = answers.map((answer, i) => (answer.ok ? answer : this.answers[i]));
    this.busy = false;
    this.pair.redraw();
  }
}
