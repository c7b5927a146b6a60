/* A film: the pictures of a stretch of the past, out of the file that holds them (engine/live/asks/film.py).
 *
 * A line is a picture: {s: the whole state} or {d: what has changed since the one before}, {e: milestones told since,
 * t: records that moved since}; or, at the end, [topic, partition, offset, record]. What does not change is shared by
 * all pictures, so a film takes little more room than its differences. */

export class Film {
  constructor(lines) {
    Object.assign(this, { pictures: [], events: [], records: new Map() });
    let state = null;
    let last = 0;
    for (const line of lines) {
      if (Array.isArray(line)) {
        const [topic, partition, offset, record] = line;
        this.records.set(`${topic} ${partition} ${offset}`, record);
        continue;
      }
      state = line.s ?? changed(state, line.d);
      this.pictures.push({ at: state.at_ms, state, traffic: line.t ?? [] });
      for (const event of line.e ?? []) {
        if (event.n <= last) continue; // some are told twice
        last = event.n;
        this.events.push(event);
      }
    }
  }

  get from() {
    return this.pictures[0].at;
  }

  get to() {
    return this.pictures.at(-1).at;
  }

  /* The number of the picture that is shown at a virtual time. */
  at(ms) {
    let [low, high] = [0, this.pictures.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pictures[middle].at <= ms + 0.001) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /* The number of the first picture at or after a virtual time. */
  after(ms) {
    const number = this.at(ms);
    return this.pictures[number].at < ms - 0.001 ? Math.min(number + 1, this.pictures.length - 1) : number;
  }

  record(topic, partition, offset) {
    return this.records.get(`${topic} ${partition} ${offset}`) ?? null;
  }
}

/* difference: [] nothing, [value] that, [{key: difference}, [keys that are gone]] parts of it. */
export function changed(before, difference) {
  if (!difference.length) return before;
  if (difference.length === 1) return difference[0];
  const [parts, gone] = difference;
  const after = Array.isArray(before) ? [...before] : { ...before };
  for (const key of gone) delete after[key];
  for (const key in parts) after[key] = changed(before[key], parts[key]);
  return after;
}

/* The film in this very document: base64 of gzip of lines of JSON. */
export async function filmOf(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const lines = (await new Response(stream).text()).split('\n').filter(Boolean);
  return new Film(lines.map((line) => JSON.parse(line)));
}
