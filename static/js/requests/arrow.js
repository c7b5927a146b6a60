/* One arrow of the sequence diagram: a question is solid, an answer dashed, what carries records bears their colours,
 * what is lost ends in a cross, and what is still on its way has come as far as it has. */
import { h } from '../dom.js';
import { about, laneName, moment } from './names.js';

const GUTTER = 66; // at the left, where the times stand
const CHARACTER = 6.4; // about so wide is one, in CSS pixels
const HALF = 12; // of what the pointer may hit
const LOST_AT = 0.6;
const LOOP = 34; // of who asks himself

export function arrow({ row, x0, x1, y0, y1, open }, { width, big, at, stage, id, current, chosen, open: act }) {
  const { t } = stage;
  const own = x0 === x1;
  const far = own ? { x: x0, y: y0 + 22 * big } : { x: x1, y: y1 };
  const part = row.lost ? LOST_AT : open || row.step === 0 ? reached(row, at) : 1;
  const tip = { x: x0 + (far.x - x0) * part, y: y0 + (far.y - y0) * part };
  const answers = row.kind === 'response';
  const error = row.params.error ?? row.params.parts?.find((one) => one.error)?.error;
  const kind = `arrow${answers ? ' answer' : ''}${chosen ? ' picked' : ''}${error ? ' failed' : ''}${row.lost ? ' lost' : ''}${part < 1 && !row.lost ? ' flying' : ''}`;
  const line = own ? `M${x0} ${y0}h${LOOP}v${22 * big}H${x0}` : `M${x0} ${y0}L${tip.x} ${tip.y}`;
  return h('g', {
    key: `arrow ${id}`, class: kind, role: 'button', tabindex: current ? '0' : '-1', 'data-current': current, 'data-request': row.n, 'data-of': row.of || null, 'data-api': row.api,
    'data-kind': row.kind, 'data-from': row.from, 'data-to': row.to, 'aria-label': spoken(row, about(row, t), stage), 'aria-pressed': String(Boolean(chosen)), on: { click: act },
  },
  h('path', { class: 'hit', d: own ? `M${x0} ${y0 - HALF}h${LOOP + 8}v${40 * big}H${x0}z` : hit(x0, y0, far) }),
  part < 1 && !own ? h('path', { class: 'rest', d: `M${tip.x} ${tip.y}L${far.x} ${far.y}` }) : null,
  h('path', { class: 'line', d: line }),
  row.lost ? h('path', { class: 'cross', d: `M${tip.x - 5} ${tip.y - 5}l10 10m0 -10l-10 10` }) : head(own ? { x: x0 + 12, y: far.y } : { x: x0, y: y0 }, own ? far : tip, big, part < 1),
  keys(row, x0, y0, tip, big));
}

/* About how wide its words are, in CSS pixels. */
export const wide = (row, t) => (Math.min(about(row, t).length, 34) + row.api.length + 1) * CHARACTER;

/* Its words, drawn over all lines: the name of the API where it sets out, and what it is about. */
export function words({ row, x0, x1, y0 }, { width, big, stage, id, chosen }) {
  const { t } = stage;
  const forth = x1 >= x0 ? 1 : -1;
  const api = row.api || t('request.answer');
  const room = (forth > 0 ? width - x0 : x0 - GUTTER * big) / big - 14;
  const text = cut(about(row, t), room / CHARACTER - api.length - 2);
  const failed = row.params.error ?? row.params.parts?.find((one) => one.error)?.error;
  return h('text', {
    key: `words ${id}`, class: `arrow-words${failed ? ' failed' : ''}${chosen ? ' picked' : ''}${row.kind === 'response' ? ' answer' : ''}`, x: x0 + forth * 9 * big, y: y0 - 4 * big, 'text-anchor': forth > 0 ? 'start' : 'end',
  }, h('tspan', { class: 'api' }, api), text ? h('tspan', { class: 'about' }, ` ${text}`) : null);
}

function reached(row, at) {
  if (row.at_ms === null) return 0.5;
  return Math.min(0.95, Math.max(0.12, (at - row.sent_ms) / (row.at_ms - row.sent_ms || 1)));
}

const hit = (x0, y0, far) => `M${x0} ${y0 - HALF - 4}L${far.x} ${far.y - HALF}V${far.y + HALF - 4}L${x0} ${y0 + HALF - 4}z`;

function head(from, to, big, open) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const at = (along, across) => `${to.x + (Math.cos(angle) * along - Math.sin(angle) * across) * big} ${to.y + (Math.sin(angle) * along + Math.cos(angle) * across) * big}`;
  return h('path', { class: open ? 'head open' : 'head', d: open ? `M${at(-8, -4.5)}L${at(0, 0)}L${at(-8, 4.5)}` : `M${at(-9, -4.5)}L${at(0, 0)}L${at(-9, 4.5)}z` });
}

/* The records it carries, in their keys' colours. */
function keys(row, x0, y0, tip, big) {
  const shown = row.params.parts?.[0]?.keys ?? '';
  const side = 9 * big;
  return [...shown].slice(0, 3).map((key, i) => h('rect', {
    key: i, class: `key key-${key === '-' ? 'none' : key}`, x: x0 + (tip.x - x0) * 0.55 - side / 2 + i * side * 1.25, y: y0 + (tip.y - y0) * 0.55 - side / 2, width: side, height: side, rx: 2,
  }));
}

function cut(words, most) {
  if (words.length <= most) return words;
  return most < 4 ? '' : `${words.slice(0, Math.floor(most) - 1)}…`;
}

function spoken(row, what, { t }) {
  const params = { api: row.api || t('request.answer'), from: laneName(row.from), to: laneName(row.to), sent: moment(row.sent_ms), at: moment(row.at_ms ?? row.sent_ms), what };
  const state = row.lost ? 'lost' : row.at_ms === null ? 'stuck' : row.step === 0 ? 'flying' : row.kind === 'response' ? 'answer' : 'request';
  return t(`requests.spoken.${state}`, params);
}
