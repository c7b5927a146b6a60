/* Why this partition: the hash of the key, computed before the reader's eyes. And what another key would give. */
import './texts.js';
import { sentence } from '../controls.js';
import { h } from '../dom.js';
import { tellWhy } from '../i18n.js';
import { hex, hueOf, murmur2, partitionOf } from './murmur2.js';

const WORDS_SHOWN = 12; // of a long key: its first groups of four bytes; the rest is only said

/* detail: the record, as the server tells it. */
export function hashSteps(detail, stage) {
  const { t, view } = stage;
  const { partitioner: p, key } = detail;
  if (key === null) return h('p', { class: 'hint', 'data-testid': 'hash-none' }, t('hash.no-key'));
  if (key.cut) return h('p', { class: 'hint' }, t('hash.cut', { bytes: key.bytes }));
  const typed = view.otherKey ?? '';
  const bytes = typed ? new TextEncoder().encode(typed) : fromBase64(key.base64);
  const { hash, steps } = murmur2(bytes);
  const partition = partitionOf(hash, p.partitions);
  return h('div', { class: 'hash', 'data-testid': 'hash' },
    h('ol', { class: 'hash-steps' }, shown(steps).map((step, i) => one(step, i, t))),
    h('div', { class: 'hash-end', 'data-testid': 'hash-end', 'data-partition': partition, 'data-hash': hash },
      h('p', {}, t('hash.sign'), ' ', h('code', {}, `${hex(hash)} & 7fffffff = ${hash & 0x7fffffff}`)),
      h('p', { class: 'hash-sum' }, h('code', {}, `${hash & 0x7fffffff} mod ${p.partitions} = `), h('b', { class: 'hash-partition' }, String(partition)),
        h('span', { class: `swatch key${hueOf(hash)}`, 'aria-hidden': 'true' }, String(hueOf(hash) + 1)))),
    h('p', { class: 'hint' }, sentence(tellWhy(verdict(typed, partition, detail)))),
    h('p', { class: 'field' }, h('label', { for: 'other-key' }, t('hash.other')),
      h('input', { id: 'other-key', class: 'mono', autocomplete: 'off', spellcheck: 'false', maxlength: '200', 'data-testid': 'hash-other', on: { input: (e) => stage.change({ otherKey: e.target.value }) } }),
      h('small', { class: 'hint' }, t('hash.other.hint'))));
}

function verdict(typed, partition, { partitioner: p }) {
  if (typed) return { code: partition === p.actual ? 'hash.same' : 'hash.elsewhere', params: { key: typed, partition, actual: p.actual } };
  const code = { murmur2: 'hash.java', both: 'hash.both', crc32: 'hash.crc32', neither: 'hash.neither' }[p.explains] ?? 'hash.neither';
  return { code, params: { ...p, partition } };
}

function shown(steps) {
  if (steps.length <= WORDS_SHOWN + 3) return steps;
  const tail = steps.slice(-2);
  return [...steps.slice(0, WORDS_SHOWN + 1), { kind: 'more', count: steps.length - WORDS_SHOWN - 3 }, ...tail];
}

const plain = (bytes) => bytes.map((b) => (b > 32 && b < 127 ? String.fromCharCode(b) : '·')).join('');
const asHex = (bytes) => bytes.map((b) => b.toString(16).padStart(2, '0')).join(' ');

function one(step, i, t) {
  const line = (...parts) => h('span', { class: 'hash-line' }, parts);
  const eq = (what, value, mark = false) => h('span', { class: mark ? 'hash-value now' : 'hash-value' }, h('span', { class: 'muted' }, `${what} =`), ' ', h('code', {}, value));
  const bytes = (list) => h('span', { class: 'hash-bytes' }, h('b', {}, plain(list)), ' ', h('code', {}, asHex(list)));
  const body = {
    seed: () => [line(t('hash.seed', { length: step.length })), line(eq('9747b28c ⊕ ' + hex(step.length), hex(step.h), true))],
    word: () => [line(t('hash.word'), ' ', bytes(step.bytes)),
      line(eq('k', hex(step.word)), eq('k × m', hex(step.times)), eq('k ⊕ k≫24', hex(step.shifted)), eq('× m', hex(step.k))),
      line(eq(`h × m ⊕ k`, hex(step.h), true))],
    rest: () => [line(t('hash.rest', { bytes: step.bytes.length }), ' ', bytes(step.bytes)), line(eq('k', hex(step.word)), eq('(h ⊕ k) × m', hex(step.h), true))],
    mix: () => [line(t('hash.mix')), line(eq('h ⊕ h≫13', hex(step.first)), eq('× m', hex(step.second)), eq('⊕ ≫15', hex(step.h), true))],
    more: () => [line(t('hash.more', { count: step.count }))],
  }[step.kind]();
  return h('li', { key: i, class: `hash-step ${step.kind}` }, body);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
