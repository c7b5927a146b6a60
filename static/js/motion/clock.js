/* The time of what flies: the reader's own, in ms, that stands still while the engine's does.
 *
 * Where something is on its way is a function of (sent, received, now), now being this clock's. So to freeze all in
 * place is to stop the clock. A step lets it run on until what the step did has arrived. */

export class Clock {
  constructor(wall = () => performance.now()) {
    Object.assign(this, { wall, stopped: null, lost: 0, until: Infinity });
  }

  get now() {
    const now = (this.stopped ?? this.wall()) - this.lost;
    return Math.min(now, this.until);
  }

  get still() {
    return this.stillAt(this.now);
  }

  /* Who asks for both asks for `now` first: time may come to its end between two questions. */
  stillAt(now) {
    return this.stopped !== null || now >= this.until;
  }

  stop() {
    const { now } = this;
    this.stopped = this.wall();
    this.lost = this.stopped - now;
    this.until = Infinity;
  }

  go() {
    const { now } = this;
    Object.assign(this, { stopped: null, until: Infinity, lost: this.wall() - now });
  }

  /* Run until then, and stand still there. */
  goUntil(time) {
    this.go();
    this.until = Math.max(time, this.now);
  }
}

/* How much of its way something has gone at a time: 0 before it was sent, 1 once received. */
export function progress({ sent, received }, now) {
  if (received <= sent) return now >= received ? 1 : 0;
  return Math.min(1, Math.max(0, (now - sent) / (received - sent)));
}
