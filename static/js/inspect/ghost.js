/* The ghost consumer's buttons, and what it would be handed: a section of a partition's page. */
import './texts.js';
import { button, link, sentence } from '../controls.js';
import { h } from '../dom.js';
import { fullDate, tellWhy, timeOfDay } from '../i18n.js';
import { missing } from './detail.js';
import { body } from './ghost_mark.js';

const BRIEF = 70; // characters of a value

export function ghostSection({ topic, partition }, p, stage) {
  const { t, ghost } = stage;
  if (!ghost) return null;
  const here = ghost.on(topic, partition);
  const put = (more) => ghost.put({ topic, partition, ...more });
  return h('section', { key: 'ghost', class: here ? 'ghost-box here' : 'ghost-box', 'data-testid': 'ghost', 'aria-labelledby': 'ghost-title' },
    h('div', { class: 'ghost-head' },
      h('svg', { class: 'ghost-icon', viewBox: '0 0 26 26', width: 26, height: 26, 'aria-hidden': 'true' }, h('path', { class: 'ghost-body', d: body(13, 2, 22) }),
        h('circle', { class: 'ghost-eye', cx: 9.7, cy: 11, r: 1.6 }), h('circle', { class: 'ghost-eye', cx: 16.3, cy: 11, r: 1.6 })),
      h('h4', { id: 'ghost-title' }, t('ghost.title')),
      here ? button(t('ghost.away'), () => ghost.clear(), { kind: 'quiet small', test: 'ghost-clear' }) : null),
    h('p', { class: 'muted' }, t('ghost.told')),
    ways(p, put, here, stage),
    here ? told(p, stage) : null);
}

function ways(p, put, here, stage) {
  const { t, ghost, snapshot, view } = stage;
  const { topic, partition } = view.selected;
  const now = here ? ghost.where : {};
  const pressed = (start, group) => here && now.start === start && (group === undefined || now.group === group);
  const groups = snapshot.groups.filter((g) => g.committed?.[topic]?.[partition] !== undefined).slice(0, 6);
  const answer = here ? ghost.answer : null;
  const at = here ? ghost.offset ?? p.start : p.start;
  return [
    h('div', { class: 'row', role: 'group', 'aria-label': t('ghost.ways'), key: 'ways' },
      button('earliest', () => put({ start: 'earliest' }), { kind: 'small mono', pressed: pressed('earliest'), test: 'ghost-earliest' }),
      button('latest', () => put({ start: 'latest' }), { kind: 'small mono', pressed: pressed('latest'), test: 'ghost-latest' }),
      groups.map((g) => button(t('ghost.committed', { group: g.id }), () => put({ start: 'committed', group: g.id }), { kind: 'small', pressed: pressed('committed', g.id), test: `ghost-committed-${g.id}` }))),
    here ? h('div', { class: 'row ghost-walk', role: 'group', 'aria-label': t('ghost.walk'), key: 'walk' },
      button('◂', () => put({ start: 'offset', offset: Math.max(p.start, at - 1) }), { kind: 'small', name: t('ghost.back'), off: at <= p.start, test: 'ghost-back' }),
      h('span', { class: 'num ghost-at', 'data-testid': 'ghost-at' }, `@ ${at}`),
      button('▸', () => put({ start: 'offset', offset: Math.min(p.end, at + 1) }), { kind: 'small', name: t('ghost.on'), off: at >= p.end, test: 'ghost-on' })) : null,
    answer && answer.first_ms >= 0 && answer.last_ms > answer.first_ms ? h('p', { class: 'field', key: 'when' },
      h('label', { for: 'ghost-when' }, t('ghost.timestamp')),
      h('input', {
        id: 'ghost-when', type: 'range', min: answer.first_ms, max: answer.last_ms + 1, step: 1, 'data-testid': 'ghost-when',
        'aria-valuetext': now.start === 'timestamp' ? timeOfDay(now.ms) : null, initial: { value: String(now.ms ?? answer.first_ms) },
        on: { input: (event) => put({ start: 'timestamp', ms: Number(event.target.value) }) },
      }),
      h('output', { for: 'ghost-when', class: 'num' }, now.start === 'timestamp' ? h('span', { title: fullDate(now.ms) }, timeOfDay(now.ms)) : t('ghost.timestamp.none'))) : null,
  ];
}

function told(p, stage) {
  const { t, ghost } = stage;
  const { answer, error, where } = ghost;
  if (error) return h('p', { key: 'error', class: 'bad', role: 'alert' }, missing({ error }, t)[0]);
  if (!answer) return h('p', { key: 'wait', class: 'muted' }, t('inspect.wait'));
  const params = { ...answer, time: where.ms === undefined ? '' : timeOfDay(where.ms) };
  return h('div', { key: 'told', class: 'ghost-told', 'data-testid': 'ghost-told', 'data-code': answer.code, 'data-offset': answer.offset, 'data-step': answer.step },
    h('p', { class: 'ghost-say' }, sentence(tellWhy({ code: `ghost.${answer.code}`, params }))),
    h('p', {}, sentence(tellWhy({ code: 'ghost.rest', params }))),
    answer.records.length ? h('ol', { class: 'ghost-records', 'data-testid': 'ghost-records' }, answer.records.map((record) => h('li', { key: record.offset, 'data-offset': record.offset },
      link(String(record.offset), () => stage.select({ kind: 'record', topic: where.topic, partition: where.partition, offset: record.offset })),
      /[0-7]/.test(record.hue) ? h('span', { class: `swatch key${record.hue}`, 'aria-hidden': 'true' }, String(Number(record.hue) + 1)) : h('span', { class: 'swatch', 'aria-hidden': 'true' }, '·'),
      h('code', {}, brief(record.key) ?? t('record.no-key')), h('span', { class: 'muted ghost-value' }, brief(record.value) ?? t('ghost.tombstone'))))) : null,
    answer.to_read > answer.records.length ? h('p', { class: 'muted num' }, t('ghost.more', { more: answer.to_read - answer.records.length })) : null);
}

function brief(bytes) {
  if (bytes === null) return null;
  const text = bytes.text ?? `base64:${bytes.base64}`;
  return text.length > BRIEF ? `${text.slice(0, BRIEF)}…` : text;
}
