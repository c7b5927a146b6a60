/* Hash keys: 0 to 2^128 - 1, as decimal texts. For drawing, each is a part of the whole: 0 to 1. */

import { HASHES } from '../kinesis/hashes.js';

const known = new Map();

/* The part of the whole that lies below a hash key. */
export function partOf(text) {
  if (!known.has(text)) {
    if (known.size > 4000) known.clear();
    known.set(text, part(BigInt(text)));
  }
  return known.get(text);
}

export const part = (hash) => Number((hash << 52n) / HASHES) / 2 ** 52;

/* Where a shard's range begins and where the next one would begin. */
export function rangeOf({ from, to }) {
  const name = `${to}+`;
  if (!known.has(name)) known.set(name, part(BigInt(to) + 1n));
  return { from: partOf(from), to: known.get(name) };
}

const DENOMINATORS = [1, 2, 3, 4, 5, 6, 8, 16];

/* "0", "1/4", "2^128" or "13.7%": a boundary as people say it. */
export function boundary(value) {
  if (value <= 0) return '0';
  if (value >= 1 - 1e-12) return '2¹²⁸';
  for (const below of DENOMINATORS) {
    const above = value * below;
    if (Math.abs(above - Math.round(above)) < 1e-9) return `${Math.round(above)}/${below}`;
  }
  return new Intl.NumberFormat(globalThis.document?.documentElement.lang, { style: 'percent', maximumFractionDigits: 1 }).format(value);
}
