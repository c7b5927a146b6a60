/* What the sections of the page of faults are made of. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { icon } from './words.js';

/* A row of things of one kind, of which one is chosen. */
export const pick = (label, options, chosen, act) => h('div', { class: 'segments wrap', role: 'group', 'aria-label': label }, options.map(([value, words, state = '']) => h('button', {
  key: value, type: 'button', class: state || null, 'aria-pressed': String(value === chosen), 'data-testid': `pick-${value}`, on: { click: () => act(value) },
}, words)));

/* One fault that can be done: what it is called, what it does, and perhaps how much of it. */
export function deed({ id, sign, words, told, act, amount = null, danger = false }, { held }) {
  return h('li', { key: id, class: 'deed' },
    button([icon(sign), h('span', {}, words)], act, { kind: danger ? 'danger' : '', test: `deed-${id}`, held }),
    amount, h('small', { class: 'hint' }, told));
}

/* How much: a select whose value is read when it is needed. */
export const amount = (id, label, options, standard) => h('select', { id: `f-${id}`, key: 'amount', 'aria-label': label, 'data-testid': id }, options.map(([value, words]) => h('option', { value: String(value), selected: value === standard }, words)));

export const amountOf = (id) => Number(document.getElementById(`f-${id}`).value);
