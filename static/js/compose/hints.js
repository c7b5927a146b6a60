/* What is said below a value while it is typed. */
import { h } from '../dom.js';
import { faultIn, looksLikeJson } from './json.js';
import { bytesOf } from './keys.js';

export function jsonHint(text, fault, { t }) {
  if (!text.trim()) return t('compose.empty');
  if (fault) return [h('b', { class: 'bad' }, '✕ '), t('compose.json.broken', { why: whyOf(fault, t) })];
  const size = t('compose.bytes', { bytes: bytesOf(text) });
  return looksLikeJson(text) || faultIn(text) === null ? [h('b', { class: 'good' }, '✓ '), t('compose.json'), ` · ${size}`] : `${t('compose.text')} · ${size}`;
}

export const whyOf = (fault, t) => t('json.where', { line: fault.line, column: fault.column, why: t(`json.${fault.code}`, { found: fault.found }) });
