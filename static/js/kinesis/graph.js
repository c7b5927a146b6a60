/* Small graphs of what happened second by second, as SVG: a line with its area, and the limit where there is one. */
import { h } from '../dom.js';

const [WIDTH, HEIGHT] = [300, 96];
const [SPARK_WIDTH, SPARK_HEIGHT] = [72, 20];

/* points: [{second, value}], gaps allowed. now: the newest second shown. Answers an svg. */
export function graph(points, { now, seconds, limit = 0, label }) {
  const most = Math.max(...points.map((point) => point.value), 0);
  // the limit is drawn where it says something: not when all there is lies at a hundredth of it
  const bound = limit && most > limit / 20 ? limit : 0;
  const top = nice(Math.max(most, bound));
  const x = (second) => Math.round(((second - (now - seconds)) / seconds) * WIDTH * 10) / 10;
  const y = (value) => Math.round((HEIGHT - (value / top) * (HEIGHT - 6)) * 10) / 10;
  const line = points.map((point, i) => `${i ? 'L' : 'M'}${x(point.second)} ${y(point.value)}`).join('');
  const area = points.length > 1 ? `${line}L${x(points.at(-1).second)} ${HEIGHT}L${x(points[0].second)} ${HEIGHT}Z` : '';
  return h('svg', { class: 'k-graph', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    [0.5, 1].map((part) => h('line', { key: part, class: 'grid', x1: 0, x2: WIDTH, y1: y(top * part), y2: y(top * part) })),
    h('line', { class: 'floor', x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
    bound ? h('line', { class: 'limit', x1: 0, x2: WIDTH, y1: y(bound), y2: y(bound) }) : null,
    area ? h('path', { class: 'area', d: area }) : null,
    points.length > 1 ? h('path', { class: 'line', d: line }) : points.length ? h('circle', { class: 'dot', cx: x(points[0].second), cy: y(points[0].value), r: 3 }) : null);
}

/* The same very small, beside a number that says it: nothing for a screen reader. */
export function sparkline(points, { top = 0, width = SPARK_WIDTH, height = SPARK_HEIGHT } = {}) {
  const most = Math.max(top, ...points.map((point) => point.value), 1e-9);
  const [first, last] = [points[0]?.second ?? 0, points.at(-1)?.second ?? 0];
  const span = Math.max(1, last - first, 30);
  const x = (point) => Math.round((width - ((last - point.second) / span) * width) * 10) / 10;
  const d = points.map((point, i) => `${i ? 'L' : 'M'}${x(point)} ${Math.round((height - 2 - (point.value / most) * (height - 4)) * 10) / 10}`).join('');
  return h('svg', { class: 'k-sparkline', viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
    h('line', { class: 'floor', x1: 0, x2: width, y1: height - 1, y2: height - 1 }), points.length > 1 ? [h('path', { class: 'area', d: `${d}V${height - 1}H${x(points[0])}Z` }), h('path', { class: 'line', d })] : null);
}

/* The next round number: where the axis ends. */
export function nice(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}
