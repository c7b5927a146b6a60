/* What a system missed while it was down, of those whose news it needs: how many events they had meanwhile. With direct
 * calls, each of these was a call that was refused.
 *
 * Counted by the cluster: of the moments at which it stopped and came back, the state is asked for (what each producer had
 * sent by then); while it is down, the newest state counts. */
import { ask, sandboxPath } from '../../api.js';

const ENDS = { stopped: false, crashed: false, started: true };

export class Missed {
  constructor(stage) {
    Object.assign(this, { stage, sent: new Map(), step: -1 });
  }

  /* {calls, back, of: {name: calls}} of its last time down; null: it was never down, or that is still being looked up. */
  of({ name, members, writes }, needs) {
    const { stage } = this;
    if (stage.live.step < this.step) this.sent = new Map(); // begun anew
    this.step = stage.live.step;
    const told = this.turns(members[0], writes ? name : '');
    const stop = told.findLastIndex(({ up }) => !up);
    if (stop < 0) return null;
    const back = told.slice(stop).find(({ up }) => up) ?? null;
    const from = this.at(told[stop].event);
    const to = back ? this.at(back.event) : sentOf(stage.snapshot);
    if (!from || !to) return null;
    const of = Object.fromEntries(needs.map((who) => [who, Math.max(0, (to[who] ?? 0) - (from[who] ?? 0))]).filter(([, calls]) => calls));
    return { calls: Object.values(of).reduce((sum, calls) => sum + calls, 0), back: Boolean(back), of };
  }

  /* When it stopped and when it came back, as the cluster told it, up to the moment that is seen. */
  turns(consumer, producer) {
    const { snapshot, book } = this.stage;
    const about = ({ code, params }) => (consumer ? code === 'consumer_changed' && params.consumer === consumer : code === 'producer_changed' && params.producer === producer);
    return book.events.filter((event) => event.at_ms <= snapshot.at_ms && about(event) && event.params.what in ENDS).map((event) => ({ event, up: ENDS[event.params.what] }));
  }

  at(event) {
    if (!this.sent.has(event.n)) {
      this.sent.set(event.n, null);
      this.fetch(event);
    }
    return this.sent.get(event.n);
  }

  async fetch({ n, at_ms: ms }) {
    const { sent } = this;
    const { sandbox, redraw } = this.stage;
    const found = await ask(sandboxPath(sandbox, `/moment?ms=${ms}`));
    if (!found.ok) return; // not remembered any more: then no number is said
    sent.set(n, sentOf(found.state));
    redraw();
  }
}

const sentOf = ({ producers }) => Object.fromEntries(producers.map(({ id, sent }) => [id, sent]));
