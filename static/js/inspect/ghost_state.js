/* The ghost consumer: where on a tape the reader has put it, and what the server says of a reader that would begin there.
 * It is the reader's own: nobody else sees it, and the cluster does not know of it.
 *
 * {topic, partition, start, group?, ms?, offset?}; start as in engine/cluster/ghost.py. One question is on its way at a
 * time, and of the places that a drag passes only the last is asked for. */
import { ask, sandboxPath } from '../api.js';
import { query } from './detail.js';

const AGAIN_MS = 900; // when the log has grown under it

export class Ghost {
  constructor(stage) {
    Object.assign(this, { stage, where: null, answer: null, error: null, busy: false, waiting: false, asked: null, step: -1, at: 0, dragged: false });
  }

  on(topic, partition) {
    return this.where?.topic === topic && this.where.partition === partition;
  }

  /* The offset at which it stands on the tape. */
  get offset() {
    if (!this.where) return null;
    if (this.where.start === 'offset') return this.where.offset;
    return this.answer?.offset ?? null;
  }

  put(where) {
    const same = this.where && where.topic === this.where.topic && where.partition === this.where.partition;
    this.where = where;
    if (!same) this.answer = null;
    this.error = null;
    this.fetch();
    this.stage.route?.set('ghost', this.written());
    this.stage.redraw();
  }

  clear() {
    Object.assign(this, { where: null, answer: null, error: null });
    this.stage.route?.set('ghost', '');
    this.stage.redraw();
  }

  /* Called with each picture: what it would read changes with the log. */
  refresh() {
    const { snapshot } = this.stage;
    if (!this.where || this.busy || this.step === snapshot.step) return;
    if (this.stage.past.on || performance.now() - this.at > AGAIN_MS || snapshot.step < this.step) this.fetch();
  }

  async fetch() {
    if (this.busy) {
      this.waiting = true;
      return;
    }
    this.busy = true;
    do {
      this.waiting = false;
      const { past, snapshot, sandbox } = this.stage;
      const { topic, partition, start, group, ms, offset } = this.where;
      const moment = past.on ? { step: snapshot.step, ms: snapshot.at_ms } : {};
      const path = `/ghost/${encodeURIComponent(topic)}/${partition}${query({ start, group, ms_of_record: ms, offset, ...moment })}`;
      this.step = snapshot.step;
      const answer = await ask(sandboxPath(sandbox, path));
      if (!this.where) break;
      const there = answer.ok && !answer.missing;
      this.answer = there ? answer : null;
      this.error = there ? null : answer.missing ?? answer.error;
    } while (this.waiting);
    this.busy = false;
    this.at = performance.now();
    this.stage.redraw();
  }

  /* "FIAP/0/committed/A" */
  written() {
    const { topic, partition, start, group, ms, offset } = this.where;
    return [topic, partition, start, { committed: group, timestamp: ms, offset }[start]].filter((it) => it !== undefined).map(encodeURIComponent).join('/');
  }

  /* The other way round; what makes no sense puts it away. */
  read(text) {
    const [topic, partition, start, more] = text.split('/').map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return '';
      }
    });
    const number = Number(more);
    const extra = { earliest: {}, latest: {}, committed: more && { group: more }, timestamp: number >= 0 && { ms: number }, offset: Number.isInteger(number) && number >= 0 && { offset: number } }[start];
    if (topic && /^\d{1,4}$/.test(partition ?? '') && extra) this.put({ topic, partition: Number(partition), start, ...extra });
    else this.clear();
  }
}
