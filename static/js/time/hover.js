/* The hairline under the pointer: what time it is there, and how much was written. It is moved by hand, not with the
 * next picture: a pointer moves more often than anything else on the page changes. */
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { shortTime } from './scale.js';
import { rateAt } from './volume.js';

export function hairline(m) {
  return h('g', { key: 'hair', class: 'hair', 'aria-hidden': 'true', 'data-testid': 'hair' },
    h('path', { class: 'hair-line', d: `M0 ${m.graph ? m.rail - m.graph : 2}V${m.rail + 6}` }),
    h('rect', { class: 'hair-box', x: 0, y: 0, width: 10, height: (m.font || 11) * 1.5, rx: 4, keep: true }),
    h('text', { class: 'hair-words num', x: 0, y: (m.font || 11) * 1.1, 'font-size': m.font || 11, keep: true }));
}

export function moveHair(svg, px, at, columns, { t }, width) {
  const hair = svg.querySelector('.hair');
  if (!hair) return;
  const [line, box, words] = hair.children;
  hair.classList.add('shown');
  const rate = rateAt(columns, at);
  words.textContent = shortTime(at) + (rate === null ? '' : ` · ${t('timeline.rate', { rate: number(Math.round(rate * 10) / 10) })}`);
  const long = words.getComputedTextLength() + 10;
  const left = px + 8 + long > width ? px - 8 - long : px + 8;
  line.setAttribute('transform', `translate(${px.toFixed(1)} 0)`);
  box.setAttribute('transform', `translate(${left.toFixed(1)} 0)`);
  box.style.setProperty('--w', `${long}px`);
  words.setAttribute('transform', `translate(${(left + 5).toFixed(1)} 0)`);
}

export const hideHair = (svg) => svg.querySelector('.hair')?.classList.remove('shown');
