/* Numbers with their units, as AWS's graphs name them, in the reader's language. */
import { number } from '../i18n.js';

const STEPS = [[1024 * 1024, 'MiB'], [1024, 'KiB'], [1, 'B']];

export function bytes(value) {
  const [step, unit] = STEPS.find(([size]) => value >= size) ?? STEPS.at(-1);
  const shown = value / step;
  return `${number(shown >= 100 ? Math.round(shown) : Math.round(shown * 10) / 10)} ${unit}`;
}

export const perSecond = (value) => `${bytes(value)}/s`;
export const rounded = (value) => number(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
export const duration = (ms) => (ms < 1000 ? `${number(Math.round(ms))} ms` : ms < 120_000 ? `${rounded(ms / 1000)} s` : `${rounded(ms / 60_000)} min`);
