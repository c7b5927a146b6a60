/* How much a busy producer writes, or a busy member reads: so many a second, and how that was in the last seconds.
 *
 * The numbers are the state's own counters, from frame to frame (rates.js). Below that rate each record is seen. */
import { h } from '../dom.js';
import { BATCHES } from './rates.js';

const WIDE = 46;
const HIGH = 13;

/* name: of a way (rates.js), or several that are added up. null while it is not that busy. */
export function counter(stage, ...names) {
  const ways = names.map((name) => stage.rates?.ways.get(name)).filter((way) => way && way.rate > 0);
  const rate = ways.reduce((sum, way) => sum + way.rate, 0);
  if (rate <= BATCHES) return null;
  const points = Math.max(...ways.map((way) => way.history.length));
  const history = [...Array(points).keys()].map((i) => ways.reduce((sum, { history: own }) => sum + (own[own.length - points + i] ?? 0), 0));
  return h('span', { key: 'counter', class: 'counter num', 'data-testid': 'counter', 'data-rate': String(Math.round(rate)) },
    h('svg', { class: 'spark', 'aria-hidden': 'true', width: WIDE, height: HIGH, viewBox: `0 0 ${WIDE} ${HIGH}` }, h('path', { d: line(history) })),
    stage.t('motion.rate', { rate: Math.round(rate) }));
}

/* All ways to one member. */
export const waysTo = (member) => Object.entries(member.position ?? {}).flatMap(([topic, at]) => Object.keys(at).map((partition) => `to ${member.id} ${topic}-${partition}`));

function line(history) {
  const most = Math.max(...history, 1);
  return history.map((rate, i) => `${i ? 'L' : 'M'}${((i / Math.max(1, history.length - 1)) * (WIDE - 2) + 1).toFixed(1)} ${(HIGH - 1.5 - (rate / most) * (HIGH - 3)).toFixed(1)}`).join('');
}
