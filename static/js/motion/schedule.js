/* When each request is shown on its way. The engine's messages take a millisecond, and a whole exchange (produce, two
 * followers' fetches, the acknowledgement) takes four: too fast for eyes. So each gets the same visible flight,
 * and none sets out before the one that caused it has arrived: causes come before effects, whatever the speed.
 *
 * A pure function of the rows, the time they came at, the speed, and when earlier ones will have arrived. */

const SLOWEST = 0.25; // flights are no slower than at this speed
const FASTEST = 4;
const STEP_SPAN = 620; // ms: while stepping
const SPREAD_MS = 1400; // what a step did without one leading to the other is spread over so long
const APART_MS = 130;
const LATEST_MS = 1500; // what goes on all the time is never shown later than so
const LONGEST_MS = 5000; // a step is shown in so long, however much it did
export const FLIGHT_MS = 400;

export function spanAt(pace) {
  return pace.paused ? STEP_SPAN : FLIGHT_MS / Math.min(FASTEST, Math.max(SLOWEST, pace.speed || 1));
}

/* rows: by arrival. arrivals: Map of a message's number to the time at which it is shown to arrive; added to.
 * since: virtual ms shown so far. Returns [{row, sent, received}]. */
export function schedule(rows, { now, pace, since, arrivals }) {
  const span = spanAt(pace);
  const begin = begins(rows, now, pace, since);
  const planned = rows.map((row, i) => {
    const led = arrivals.get(row.cause) ?? -Infinity;
    let sent = Math.max(now, begin[i], led);
    if (!pace.paused) sent = Math.min(sent, now + LATEST_MS);
    arrivals.set(row.n, sent + span);
    return { row, sent, received: sent + span };
  });
  const end = Math.max(now, ...planned.map((one) => one.received));
  if (end - now > LONGEST_MS) {
    const by = LONGEST_MS / (end - now);
    for (const one of planned) {
      one.sent = now + (one.sent - now) * by;
      one.received = now + (one.received - now) * by;
      arrivals.set(one.row.n, one.received);
    }
  }
  for (const number of arrivals.keys()) {
    if (arrivals.size <= 2000) break;
    arrivals.delete(number);
  }
  return planned;
}

/* When each would set out if nothing had caused it: to scale while time runs, one after the other in a step. */
function begins(rows, now, pace, since) {
  if (!pace.paused) return rows.map((row) => now + Math.max(0, (row.sent_ms - since) / (pace.speed || 1)));
  const times = [...new Set(rows.map((row) => row.sent_ms))].sort((a, b) => a - b);
  const apart = Math.min(APART_MS, SPREAD_MS / Math.max(1, times.length));
  const rank = new Map(times.map((time, i) => [time, i]));
  return rows.map((row) => now + rank.get(row.sent_ms) * apart);
}
