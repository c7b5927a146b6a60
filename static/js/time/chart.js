/* What the line is drawn from: marks and volume of the part of time it shows.
 *
 * Asked of the host for the part that is seen, in columns of a round width, so that nothing trembles while the line
 * moves on; asked again only when another part is seen, or another width. What has happened since then comes with
 * the numbered events and the frames anyway: marks from the story, volume from `history.appended`, which the
 * engine counts. Nothing is asked for while nothing is looked at, and nothing at intervals. */
import { ask, sandboxPath } from '../api.js';
import { isDullEvent } from '../stories.js';

const WIDTHS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600].map((s) => 1000 * s);
const COLUMNS = 200; // about so many over the width of the line; at most twice as many are asked for
const SETTLES_MS = 90; // while somebody drags or zooms, only the last part is asked for
const TAIL_MAX = 3_000; // samples since the answer; then the answer is asked for anew
const STEADY = 0.6; // of a column: a rate over less would jump with every record
const AGAIN_MS = 20_000; // after a question that failed

export class Chart {
  constructor(stage) {
    Object.assign(this, { stage, answer: null, tail: [], busy: false, timer: null, wanted: null, failedAt: -Infinity, event: 0 });
  }

  /* To be called with each picture. scale: scale.js. */
  look(scale) {
    const { live } = this.stage;
    if (this.answer && live.event < this.answer.event) this.forget(); // it was begun anew
    this.sample(live);
    const width = columnOf(scale.span);
    const from = Math.floor(scale.from / width) * width;
    if (!this.fits(from, Math.min(scale.to, live.at_ms), width)) this.want({ from, to: Math.ceil(scale.to / width) * width, width });
    return this;
  }

  forget() {
    Object.assign(this, { answer: null, tail: [], failedAt: -Infinity });
  }

  sample({ at_ms: at, history }) {
    const last = this.tail.at(-1);
    if (history?.appended === undefined || (last && at <= last.at)) return;
    if (last && history.appended < last.sum) this.tail = [];
    this.tail.push({ at, sum: history.appended });
  }

  fits(from, to, width) {
    const { answer } = this;
    if (!answer || answer.width !== width || from < answer.from_ms || this.tail.length > TAIL_MAX) return false;
    return answer.to_ms >= to || (this.tail[0]?.at ?? Infinity) <= Math.min(answer.live_ms, answer.to_ms) + width;
  }

  want(part) {
    this.wanted = part;
    if (this.busy || this.timer !== null || performance.now() - this.failedAt < AGAIN_MS) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.fetch(this.wanted);
    }, this.answer ? SETTLES_MS : 0);
  }

  async fetch({ from, to, width }) {
    this.busy = true;
    const columns = Math.min(2 * COLUMNS, Math.max(1, Math.round((to - from) / width)));
    const answer = await ask(sandboxPath(this.stage.sandbox, `/timeline?from_ms=${from}&to_ms=${to}&columns=${columns}`));
    this.busy = false;
    if (answer.ok) {
      this.answer = { ...answer, width };
      const spare = this.tail.findIndex((sample) => sample.at > answer.live_ms);
      this.tail.splice(0, Math.max(0, (spare < 0 ? this.tail.length : spare) - 1));
    } else this.failedAt = performance.now();
    this.stage.redraw();
  }

  /* [{n, head, count, at}]: in the order of time. head: an event. */
  marks(from) {
    const told = (this.answer?.marks ?? []).filter((mark) => mark.to_ms >= from);
    const known = this.answer ? this.answer.event : 0;
    const since = this.stage.book.events.filter((event) => event.n > known && event.mark && event.at_ms >= from && !isDullEvent(event));
    return [
      ...told.map(({ head, count, first }) => ({ n: first, head, count, at: head.at_ms })),
      ...since.map((event) => ({ n: event.n, head: event, count: 1, at: event.at_ms })),
    ];
  }

  /* [{from, to, rate}]: records a second; what was not measured is left out. */
  volume(to) {
    const { answer, tail } = this;
    const found = [];
    const width = answer?.width ?? 1000;
    let end = tail[0]?.at ?? 0;
    if (answer) {
      const { rates, from_ms: from } = answer.volume;
      const measured = Math.min(answer.live_ms, answer.to_ms);
      end = Math.floor(measured / width) * width;
      rates.forEach((rate, i) => {
        const at = from + i * width;
        if (rate !== null && at < measured && (at + width <= end || end < (tail[0]?.at ?? Infinity))) found.push({ from: at, to: Math.min(at + width, measured), rate });
      });
      if (answer.to_ms < answer.live_ms) return found; // a part of the past: nothing has been added
    }
    const begin = tail.length ? Math.max(end, tail[0].at) : Infinity;
    for (let at = begin; at < Math.min(to, tail.at(-1)?.at ?? 0);) {
      const next = Math.min((Math.floor(at / width) + 1) * width, tail.at(-1).at);
      const since = Math.max(tail[0].at, Math.min(at, next - width * STEADY)); // of less than that no rate is told
      if (next > since) found.push({ from: at, to: next, rate: Math.max(0, ((this.sum(next) - this.sum(since)) * 1000) / (next - since)) });
      at = next;
    }
    return found;
  }

  /* How much had been appended, between two samples in proportion. */
  sum(at) {
    const { tail } = this;
    let low = 0;
    let high = tail.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (tail[middle].at <= at) low = middle;
      else high = middle;
    }
    const [a, b] = [tail[low], tail[high]];
    return b.at === a.at ? a.sum : a.sum + (b.sum - a.sum) * Math.min(1, Math.max(0, (at - a.at) / (b.at - a.at)));
  }
}

export const columnOf = (span) => WIDTHS_MS.find((width) => span / width <= COLUMNS) ?? Math.ceil(span / COLUMNS / 3_600_000) * 3_600_000;
