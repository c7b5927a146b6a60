/* How much was written, as a graph that stands on the line: the height is records a second. Beside it the largest
 * value that is seen, so that the height means something. */
import { h } from '../dom.js';
import { number } from '../i18n.js';

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8];
const CUT = 0.97; // so little above the ceiling is not worth another one

/* The round number at or above the largest rate: the graph's ceiling. */
export function ceiling(columns) {
  const most = Math.max(1, ...columns.map(({ rate }) => rate));
  let ten = 10 ** Math.floor(Math.log10(most));
  if (ten > most) ten /= 10;
  return [...ROUND, 10].map((n) => n * ten).find((n) => n >= most * CUT);
}

/* base, height: of the graph in pixels. */
export function drawVolume(columns, scale, base, height, stage) {
  const shown = columns.filter(({ from, to }) => to > scale.from && from < scale.to);
  if (!shown.length || !shown.some(({ rate }) => rate > 0)) return null;
  const top = ceiling(shown);
  const y = (rate) => (base - Math.min(1, rate / top) * height).toFixed(1);
  const x = (at) => Math.max(scale.x(scale.from), Math.min(scale.x(scale.to), scale.x(at))).toFixed(1);
  let area = '';
  let line = '';
  let end = null;
  for (const { from, to, rate } of shown) {
    const [a, b, up] = [x(from), x(to), y(rate)];
    if (end !== a) {
      area += end === null ? `M${a} ${base}` : `V${base}zM${a} ${base}`;
      line += `M${a} ${up}`;
    }
    area += `V${up}H${b}`;
    line += `V${up}H${b}`;
    end = b;
  }
  return h('g', { key: 'volume', class: 'volume', 'data-testid': 'volume', 'data-top': top },
    h('title', {}, stage.t('timeline.volume')),
    h('path', { class: 'volume-area', d: `${area}V${base}z` }),
    h('path', { class: 'volume-line', d: line }));
}

/* The number at the graph's ceiling. */
export function drawCeiling(columns, scale, base, height, m, stage) {
  const shown = columns.filter(({ from, to, rate }) => to > scale.from && from < scale.to && rate > 0);
  if (!shown.length || !m.font) return null;
  const text = stage.t('timeline.rate', { rate: number(ceiling(shown)) });
  return h('text', { key: 'ceiling', class: 'ceiling num', x: scale.width - 2, y: base - height + m.font * 0.75, 'font-size': m.font, 'text-anchor': 'end' }, text);
}

/* Records a second at a moment; null: not measured. */
export function rateAt(columns, at) {
  return columns.find(({ from, to }) => at >= from && at < to)?.rate ?? null;
}
