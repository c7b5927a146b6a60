/* The records of one partition, each fetched once: a record never changes once it is written. One that is not there any
 * more (compaction, retention) is known as gone.
 *
 * Which offsets there are is told by each snapshot; only while something of it has not been looked at is the server asked. */
import { recordThen } from '../../moments.js';

const AT_ONCE = 8;
const MOST = 400; // offsets: of a longer log a figure shows the last ones

export class Records {
  constructor(stage) {
    Object.assign(this, { stage, known: new Map(), busy: 0, step: -1, rounds: 0, place: '' });
  }

  /* [{offset, key, value, gone}] in order, of those that have come: from the log's start (or the last MOST) to its end. */
  of(topic, partition) {
    const { live, past } = this.stage;
    const rounds = this.cleaned(topic, partition);
    const place = `${topic}-${partition.id}${past.on ? ` then ${rounds}` : ''}`;
    if (place !== this.place || live.step < this.step) Object.assign(this, { known: new Map(), place, rounds });
    this.step = live.step;
    if (rounds > this.rounds) for (const one of this.known.values()) one.old = !one.gone;
    this.rounds = rounds;
    const all = [];
    for (let offset = Math.max(partition.start, partition.end - MOST); offset < partition.end; offset++) {
      const one = this.known.get(offset);
      if (!one || one.old) this.fetch(topic, partition.id, offset, one);
      if (one?.offset !== undefined) all.push(one);
    }
    return all;
  }

  /* How often its leader's log had been compacted by the moment that is seen. */
  cleaned(topic, { id, leader }) {
    const { snapshot, book } = this.stage;
    return book.events.filter(({ code, at_ms: at, params: p }) => code === 'log_compacted' && at <= snapshot.at_ms && p.topic === topic && p.partition === id && p.broker === leader).length;
  }

  async fetch(topic, partition, offset, before = {}) {
    if (this.busy >= AT_ONCE) return; // asked for with one of the next pictures
    this.busy += 1;
    const { known, stage } = this;
    known.set(offset, { ...before, old: false });
    const answer = stage.past.on ? await recordThen(stage, topic, partition, offset) : await stage.line.record(topic, partition, offset);
    this.busy -= 1;
    if (known !== this.known) return;
    if (answer.record) known.set(offset, { offset, key: answer.record.key?.text ?? null, value: answer.record.value?.text ?? null, gone: false });
    else if (answer.error?.code === 'OFFSET_OUT_OF_RANGE') known.set(offset, { offset, key: null, value: null, gone: true });
    else known.delete(offset);
    stage.redraw();
  }
}
