/* How to read what moves: each shape as it flies (shapes.js), and what it says. */
import { h } from '../dom.js';

export function motionSigns({ t }) {
  const row = (key, sign, words) => h('div', { class: 'sign', key: `motion ${key}` }, h('span', { class: 'drawn', 'aria-hidden': 'true' }, sign), h('span', {}, words));
  return [
    h('h4', { key: 'motion' }, t('motion.sign')),
    row('record', [drawn(h('rect', { class: 'key-1 rim', x: 4, y: 4, width: 14, height: 14, rx: 3.5 })), drawn(h('circle', { class: 'key-3 rim', cx: 11, cy: 11, r: 6 }))], t('motion.sign.record')),
    row('ack', drawn(h('circle', { class: 'yes', cx: 11, cy: 11, r: 7 }), h('path', { class: 'tick', d: 'M7.5 11.2 10 13.8 14.6 8' })), t('motion.sign.ack')),
    row('ask', drawn(h('path', { class: 'open-arrow', d: 'M7 4.5 15.5 11 7 17.5' })), t('motion.sign.ask')),
    row('beat', drawn(h('path', { class: 'heart', d: 'M11 17.5C1.5 10.5 6 3.2 11 8.2 16 3.2 20.5 10.5 11 17.5z' })), t('motion.sign.beat')),
    row('frozen', drawn(h('rect', { class: 'key-4 rim', x: 2, y: 6, width: 10, height: 10, rx: 2.5 }), h('path', { class: 'frozen-arrow', d: 'M13.5 11h7m-3-3 3 3-3 3' })), t('motion.sign.frozen')),
    row('stripe', h('span', { class: 'stripe-sign' }), t('motion.sign.stripe')),
  ];
}

const drawn = (...shapes) => h('svg', { class: 'motion-sign', width: 22, height: 22, viewBox: '0 0 22 22' }, shapes);
