/* What tells the past from the present: the bar on top, the frame around everything (css/past.css), and, where time
 * is otherwise governed, the ways to walk in the past. Every way is a button and a key. */
import { sandboxPath } from './api.js';
import { button } from './controls.js';
import { h } from './dom.js';
import { fullDate } from './i18n.js';
import { clock } from './narration.js';
import { openCompare } from './time/ways.js';

export function pastBar(stage) {
  const { t, past } = stage;
  if (!past.on) return null;
  const { state } = past;
  return h('section', { key: 'past', class: 'past-bar', 'aria-label': t('past'), 'data-testid': 'past', 'data-step': state.step },
    h('p', { class: 'past-title' }, backIcon(), h('b', {}, t('past'))),
    h('p', { class: 'past-when num' },
      h('span', { class: 'past-clock mono', 'data-testid': 'past-clock' }, clock(state.at_ms)), ' ',
      h('span', { 'data-testid': 'past-behind', title: state.calendar_ms ? fullDate(state.calendar_ms) : null }, past.slow ? t('past.searching') : t('past.behind', { behind: past.behind })),
      h('span', { class: 'past-live' }, ' · ', t(stage.live.pace.paused ? 'past.live.paused' : 'past.live.runs', { at: stage.live.at_ms }))),
    h('div', { class: 'row past-ways' },
      button([forkIcon(), ' ', t('branch.here')], () => stage.openBranch(), { kind: 'small', title: `${t('branch.why')} (K)`, test: 'branch' }),
      button(t('compare.here'), () => openCompare(stage), { kind: 'small', title: `${t('compare.hint')} (Shift+K)`, test: 'past-compare' }),
      button(t('past.link'), () => stage.copyLink(), { kind: 'small', title: t('past.link.why'), test: 'past-link' }),
      h('a', { class: 'button small', href: sandboxPath(stage.sandbox, `/export?step=${state.step}`), download: '', title: t('past.export.why'), 'data-testid': 'past-export' }, t('past.export')),
      button(t('live.return'), () => stage.backToLive(), { kind: 'small primary', title: 'L', test: 'live' })));
}

/* In place of pause, step and speed, which are the present's. */
export function pastControls(stage) {
  const { t } = stage;
  const go = (words, move, what, key) => button(words, () => stage.past.look({ move }), { name: /\d/.test(words) ? `${words}: ${t(what)}` : t(what), title: `${t(what)} (${key})`, test: `past-${move}` });
  return [
    h('div', { class: 'row', role: 'group', 'aria-label': t('past.controls'), key: 'past' },
      go('−1 s', 'back_second', 'past.back-second', 'Shift ←'),
      go('◂', 'back', 'moment.earlier', '←'),
      go('▸', 'forward', 'moment.later', '→'),
      go('+1 s', 'forward_second', 'past.forward-second', 'Shift →'),
      button(t('live.return'), () => stage.backToLive(), { kind: 'primary', title: 'L', test: 'live-2' })),
    h('p', { class: 'held-why', key: 'why', 'data-testid': 'held-why' }, t('past.held')),
  ];
}

const icon = (d) => h('svg', { class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, h('path', { d }));
export const backIcon = () => icon('M2.2 8a5.8 5.8 0 1 0 1.9-4.3M2 1.8v3.4h3.4M8 4.8V8l2.3 1.6');
export const hourglassIcon = () => icon('M4 2h8M4 14h8M5 2c0 4 6 4.6 6 6s-6 2-6 6M11 2c0 4-6 4.6-6 6s6 2 6 6');
export const forkIcon = () => icon('M4 2v12M4 9.5c0-3 8-1.4 8-5.2M9.8 5.6 12 3l2.2 2.6');
