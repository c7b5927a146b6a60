/* What is different, in numbers: a few sums at a glance, and every line that differs, each a way to its place. */
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { totals } from './differ.js';

const LINES_MAX = 60;
const TILES = ['acked', 'failed', 'lost', 'leaderless', 'lag'];
const BAD = new Set(['failed', 'lost', 'leaderless']);

export function tiles(pair) {
  const { t } = pair;
  const sums = pair.states.map(totals);
  const lost = pair.losses.answers.map((answer) => (answer?.known && !pair.back ? answer.lost : null)); // of the present only
  return h('dl', { key: 'tiles', class: 'tiles', 'data-testid': 'tiles' }, TILES.map((what) => {
    const [a, b] = what === 'lost' ? lost : sums.map((one) => one[what]);
    const known = a !== null && b !== null;
    const differs = known && a !== b && (what === 'lost' || what === 'leaderless' || what === 'failed' || pair.states[0].at_ms === pair.states[1].at_ms);
    return h('div', { key: what, class: `tile${differs ? ' differs' : ''}`, 'data-testid': `tile-${what}`, 'data-a': a, 'data-b': b, title: t(`compare.tile.${what}.told`) },
      h('dt', {}, t(`compare.tile.${what}`)),
      h('dd', {}, side('a', a, BAD.has(what) && a > 0), side('b', b, BAD.has(what) && b > 0)));
  }));
}

const side = (which, value, bad) => h('span', { class: `num value${bad ? ' bad' : ''}` }, h('span', { class: `side-${which}` }, which.toUpperCase()), ' ', value === null ? '–' : number(value));

export function table(pair) {
  const { t, found } = pair;
  const lines = found.flatMap((part) => part.rows.map((row, i) => ({ ...row, part, first: i === 0, many: part.rows.length })));
  if (!lines.length) return h('p', { key: 'same', class: 'same', 'data-testid': 'same' }, h('span', { class: 'good', 'aria-hidden': 'true' }, '='), ' ', t('compare.same'));
  return h('div', { key: 'lines', class: 'lines', tabindex: '0', role: 'region', 'aria-label': t('compare.lines') },
    h('table', { 'data-testid': 'lines' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('compare.where')), h('th', { scope: 'col' }, t('compare.what')), h('th', { scope: 'col' }, h('span', { class: 'side-a' }, 'A')), h('th', { scope: 'col' }, h('span', { class: 'side-b' }, 'B')), h('th', { scope: 'col' }, t('compare.by')))),
      h('tbody', {}, lines.slice(0, LINES_MAX).map(({ part, what, a, b, number: counts, first, many }) => h('tr', { key: `${part.test} ${what}`, class: first ? 'first' : null, 'data-testid': 'line', 'data-of': part.id, 'data-what': what },
        first ? h('th', { scope: 'rowgroup', rowspan: many }, t(`compare.of.${part.group}`, { id: String(part.id) })) : null,
        h('td', {}, t(`compare.fact.${what}`)), h('td', { class: 'num' }, shown(t, what, a)), h('td', { class: 'num' }, shown(t, what, b)),
        h('td', { class: 'num by' }, counts ? `${b - a > 0 ? '+' : '−'}${number(Math.abs(b - a))}` : '≠'))))),
    lines.length > LINES_MAX ? h('p', { class: 'muted' }, t('compare.more', { more: lines.length - LINES_MAX })) : null);
}

function shown(t, what, value) {
  if (value === '') return '—';
  if (what === 'leader' && value < 0) return t('compare.leaderless');
  if (what === 'leader') return `B${value}`;
  if (what === 'state' && /^[a-z]/.test(value)) return t(`broker.state.${value}`);
  if (what === 'state') return t(`group.state.${value}`);
  return typeof value === 'number' ? number(value) : value;
}
