/* A record's path in time: from who made it to who has read it. Each stop is a moment one can go and look at. */
import './texts.js';
import { button, sentence } from '../controls.js';
import { h } from '../dom.js';
import { number, tellWhy } from '../i18n.js';
import { clock } from '../narration.js';
import { askAgain, detail, missing } from './detail.js';

const SIGNS = {
  'path.made': '✎', 'path.sent': '→', 'path.appended': '★', 'path.copied': '↓', 'path.safe': '┆', 'path.acked': '✓', 'path.delivered': '◆',
  'path.sent-out': '◇', 'path.read': '▲',
};

const TRAVELLING = new Set(['path.made', 'path.sent']); // before the step that took it

export function journey({ topic, partition, offset }, stage) {
  const { t } = stage;
  const path = `/records/${encodeURIComponent(topic)}/${partition}/${offset}/path`;
  const found = detail(stage, path, { once: true });
  if (!found.data) {
    const [words, kind] = missing(found, t);
    return h('p', { class: kind, 'data-testid': 'path-wait' }, words);
  }
  const { stops, problem, until_ms: until } = found.data;
  if (problem || !stops.length) return h('p', { class: 'hint', 'data-testid': 'path-gone' }, t('path.gone'));
  const began = stops[0].at_ms;
  const longest = Math.max(...stops.map((s) => s.at_ms - began), 0.001);
  return h('div', { class: 'journey' },
    h('ol', { class: 'stops', 'data-testid': 'path' }, stops.map((stop, i) => h('li', {
      key: `${stop.code} ${i}`, class: `stop ${stop.code.replace('.', '-')}`, 'data-code': stop.code, vars: { '--share': `${((stop.at_ms - began) / longest) * 100}%` },
    },
    h('span', { class: 'stop-sign', 'aria-hidden': 'true' }, SIGNS[stop.code] ?? '·'),
    h('div', {},
      h('p', { class: 'stop-when num' },
        button(i ? `+ ${since(stop.at_ms - began)}` : clock(stop.at_ms), () => stage.past.look(TRAVELLING.has(stop.code) ? { ms: stop.at_ms } : { step: stop.step }), {
          kind: 'link when num', name: t('moment.look.at', { at: stop.at_ms }), title: t('moment.look.why'), test: 'path-look',
        }),
        stop.sent_ms !== null && stop.sent_ms < stop.at_ms ? h('small', { class: 'muted' }, ' ', t('path.travelled', { ms: since(stop.at_ms - stop.sent_ms) })) : null),
      h('p', {}, sentence(tellWhy(stop))))))),
    h('p', { class: 'hint' }, sentence(tellWhy(lesson(stops)))),
    h('p', { class: 'muted num' }, t('path.until', { at: until }), ' ',
      stops.some((s) => s.code === 'path.read') || stage.snapshot.step === found.data.step ? null
        : button(t('inspect.again', { at: stage.snapshot.at_ms }), () => askAgain(stage, path), { kind: 'small', test: 'path-again' })));
}

const since = (ms) => (ms < 10 ? `${number(Math.round(ms * 10) / 10)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${number(Math.round(ms / 100) / 10)} s`);

/* What the order of the stops teaches: the acknowledgement before the last copy, or after the record was safe. */
function lesson(stops) {
  const at = (code) => stops.find((s) => s.code === code)?.at_ms;
  const [acked, appended] = [at('path.acked'), at('path.appended')];
  const acks = stops.find((s) => s.code === 'path.sent')?.params.acks ?? '';
  const copies = stops.filter((s) => s.code === 'path.copied' && s.at_ms <= (acked ?? appended)).length;
  const params = { wait: acked === undefined ? 0 : acked - appended, copies };
  if (acks === '0') return { code: 'path.lesson.unasked', params };
  if (acked === undefined || !acks) return { code: 'path.lesson.unseen', params };
  return { code: acks === '1' ? 'path.lesson.early' : 'path.lesson.safe', params };
}
