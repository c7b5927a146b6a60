/* What lies on the disks, as numbers. The overview is asked of the server (it is no part of the state): when the view is
 * opened, and anew when the picture has moved on, at most every REFRESH_MS. Without new pictures nothing is asked. */
import { ask, sandboxPath } from '../api.js';

const REFRESH_MS = 2000;

export class Disks {
  constructor() {
    Object.assign(this, { answer: null, problem: null, step: -1, at: null, asked: 0, busy: false, timer: null });
  }

  /* Called for each picture: ask if there may be something new. */
  follow(stage) {
    const { snapshot, past } = stage;
    const turned = this.past !== past.on;
    if (this.busy || (!turned && this.step === snapshot.step && this.at === snapshot.at_ms)) return;
    const wait = turned || past.on || snapshot.pace.paused ? 0 : this.asked + REFRESH_MS - performance.now();
    clearTimeout(this.timer);
    if (wait > 0) this.timer = setTimeout(() => this.fetch(stage), wait);
    else this.fetch(stage);
  }

  async fetch(stage) {
    if (this.busy || stage.view.view !== 'files') return;
    const { snapshot, past } = stage;
    Object.assign(this, { busy: true, asked: performance.now(), step: snapshot.step, at: snapshot.at_ms, past: past.on });
    const then = past.on ? `?step=${snapshot.step}&ms=${snapshot.at_ms}` : '';
    const answer = await ask(sandboxPath(stage.sandbox, `/folders${then}`));
    this.busy = false;
    this.problem = answer.ok ? null : answer.error;
    if (answer.ok) this.answer = answer;
    stage.redraw();
  }

  leave() {
    clearTimeout(this.timer);
  }
}

/* Folders of one broker in the order in which topics stand; folders of no partition last. */
export function sorted(folders, snapshot, view) {
  const place = new Map(snapshot.topics.map((topic, i) => [topic.name, (topic.internal ? 1000 : 0) + i]));
  const shown = (folder) => !folder.topic.startsWith('__') || view.open.has(folder.topic);
  const order = (folder) => (folder.topic ? place.get(folder.topic) ?? 5000 : 9000);
  return {
    shown: folders.filter(shown).sort((a, b) => order(a) - order(b) || a.partition - b.partition || (a.name < b.name ? -1 : 1)),
    hidden: folders.filter((folder) => !shown(folder)),
  };
}

/* The blocks of one folder: widths by bytes on one scale for all folders, {x, w, segment, active}. */
export function blocks(folder, width, scale, least, gap) {
  let x = 0;
  const wide = folder.segments.map((segment) => Math.max(least, segment.bytes * scale));
  const all = wide.reduce((sum, w) => sum + w + gap, 0);
  const by = Math.min(1, width / Math.max(1, all)); // many small ones: all of them narrower, none left out
  const last = folder.segments.findLastIndex((segment) => !segment.passing);
  return folder.segments.map((segment, i) => {
    const block = { segment, x, w: Math.max(1, wide[i] * by), active: i === last };
    x += (wide[i] + gap) * by;
    return block;
  });
}
