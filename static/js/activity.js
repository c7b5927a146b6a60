/* What has changed lately: so that tapes open by themselves where something happens, and close where nothing does.
 *
 * Counted in the cluster's own time: while it stands still nothing grows old. A jump (to the past, to the present, a
 * restart) is no change: what is first seen counts as quiet state, and as just written, so that nothing closes at once. */

const LATELY_MS = 5000;
const JUMP_MS = 15_000; // pictures further apart than this are not compared

export class Activity {
  constructor() {
    Object.assign(this, { known: new Map(), at: -1, seen: null });
  }

  /* Called for each picture, before anything is asked. */
  note(snapshot) {
    const { at_ms: at } = snapshot;
    if (snapshot === this.seen) return;
    this.seen = snapshot;
    if (at < this.at || at - this.at > JUMP_MS) this.known.clear();
    this.at = at;
    for (const topic of snapshot.topics) {
      for (const p of topic.partitions) this.one(`${topic.name}-${p.id}`, p, at);
    }
  }

  one(key, p, at) {
    let alive = 0;
    for (const replica of p.replicas) alive += replica.alive ? 1 : 0;
    const before = this.known.get(key);
    if (!before) {
      this.known.set(key, { leader: p.leader, epoch: p.epoch, isr: p.isr.length, alive, end: p.end, turned: -Infinity, written: at });
      return;
    }
    if (before.leader !== p.leader || before.epoch !== p.epoch || before.isr !== p.isr.length || before.alive !== alive) {
      Object.assign(before, { leader: p.leader, epoch: p.epoch, isr: p.isr.length, alive, turned: at });
    }
    if (before.end !== p.end) Object.assign(before, { end: p.end, written: at });
  }

  /* Another leader, another ISR, a replica that died or came back. */
  turned(key) {
    return this.at - (this.known.get(key)?.turned ?? -Infinity) <= LATELY_MS;
  }

  /* Records came. */
  written(key) {
    return this.at - (this.known.get(key)?.written ?? -Infinity) <= LATELY_MS;
  }
}

export const healthy = (p) => p.leader >= 0 && p.isr.length === p.replicas.length && p.replicas.every((r) => r.alive);
