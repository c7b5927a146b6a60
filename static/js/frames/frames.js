/* The newest snapshot, put together from what the server sends of it: keys (whole ones), changes, and details of
 * what this page looks at (engine/live/framing.py). What nobody sent a change of stays the very same object. */
import { applied } from './changes.js';
import { unpacked } from './packing.js';

const EMPTY = { first: 0, keys: '' };

export class Frames {
  constructor() {
    Object.assign(this, { snapshot: null, number: 0, looked: new Map() });
  }

  /* parts: of one message. Answers whether the snapshot is whole: false when a frame is missing before these. */
  hear(parts) {
    for (const part of parts) {
      if ('k' in part) {
        this.snapshot = unpacked(part.k);
        this.number = part.n;
      } else if ('d' in part) {
        if (this.snapshot === null || part.n !== this.number + 1) return false;
        this.snapshot = applied(this.snapshot, part.d);
        this.number = part.n;
      } else if ('tail' in part) this.detail(...part.tail);
    }
    return this.snapshot !== null;
  }

  /* The last records of a partition, of a topic too large for them to be in every frame. */
  detail(topic, partition, tail) {
    if (!this.snapshot || !this.looked.has(`${topic}/${partition}`)) return;
    const at = this.snapshot.topics.findIndex((one) => one.name === topic);
    const place = this.snapshot.topics[at]?.partitions.findIndex((one) => one.id === partition) ?? -1;
    if (place >= 0) this.snapshot = applied(this.snapshot, { topics: { [at]: { partitions: { [place]: { tail: [tail] } } } } });
  }

  /* The page looks at these partitions now: [[topic, partition], ...]. Of the others the last records grow old. */
  look(places) {
    const looked = new Map(places.map(([topic, partition]) => [`${topic}/${partition}`, [topic, partition]]));
    for (const [name, [topic, partition]] of this.looked) if (!looked.has(name)) this.detail(topic, partition, EMPTY);
    this.looked = looked;
  }

  forget() {
    Object.assign(this, { snapshot: null, number: 0 });
  }
}
