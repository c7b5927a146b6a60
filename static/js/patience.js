/* Who will give up first while time stands still.
 *
 * A real client lives by its own wall clock, so the countdown is this page's too: the engine says how much
 * patience is left when it says anything at all, and while it is paused it says nothing more. Beforehand the
 * same list tells what a pause would cost. */
import { h } from './dom.js';
import { hourglassIcon } from './lookback.js';

const TICK_MS = 250;
const SHORT_MS = 5000; // from here on it is urgent
const LISTED = 4;

/* [{client, left, whole, why}], least first; left: ms from now on, by the clock of whoever watches. */
export function patienceNow(stage) {
  const { pace } = stage.live;
  const gone = pace.paused ? performance.now() - stage.heardAt : 0;
  return (pace.patience ?? []).map((it) => ({ ...it, left: Math.max(0, it.left_ms - gone) })).sort((a, b) => a.left - b.left);
}

/* Redraws while a countdown runs. */
export function keepCounting(stage) {
  setInterval(() => {
    if (stage.live?.pace.paused && stage.live.pace.patience?.length && !document.hidden) stage.redraw();
  }, TICK_MS);
}

/* Beside pause: who gives up first, and when. */
export function patience(stage) {
  const { t } = stage;
  const list = patienceNow(stage);
  if (!list.length) {
    const nobody = stage.live.pace.paused && stage.live.clients?.length;
    return nobody ? h('p', { key: 'nobody', class: 'muted patience', 'data-testid': 'patience-nobody' }, t('patience.nobody')) : null;
  }
  const { paused } = stage.live.pace;
  const [first, ...rest] = list;
  const urgent = paused && first.left < SHORT_MS;
  const seconds = Math.ceil(first.left / 1000) * 1000;
  return h('div', { key: 'patience', class: `patience${paused ? ' counting' : ''}${urgent ? ' urgent' : ''}`, 'data-testid': 'patience' },
    h('button', {
      type: 'button', class: 'quiet patience-first', 'aria-describedby': 'patience-all', 'data-testid': 'patience-first',
      on: { click: () => stage.select({ kind: 'client', id: first.client }) },
    },
    paused ? h('span', { class: 'ring', vars: { '--left': String(Math.round((1000 * first.left) / Math.max(1, first.patience_ms)) / 1000) }, 'aria-hidden': 'true' }) : hourglassIcon(),
    h('span', {}, t(paused ? 'patience.counting' : 'patience.before', { client: first.client, left: paused ? seconds : first.patience_ms }))),
    h('div', { id: 'patience-all', class: 'patience-all', role: 'tooltip' },
      h('p', {}, h('b', {}, t('patience.title'))),
      h('ol', { class: 'plain' }, [first, ...rest].slice(0, LISTED).map((it, i) => h('li', { key: `${it.client} ${i}` },
        h('span', { class: 'name' }, it.client), ' ', h('span', { class: 'num' }, t('patience.left', { left: paused ? Math.ceil(it.left / 1000) * 1000 : it.patience_ms })), ' ',
        h('span', { class: 'muted' }, t(it.why === 'session' ? 'patience.session' : 'patience.other'))))),
      rest.length >= LISTED ? h('p', { class: 'muted' }, t('patience.more', { more: rest.length + 1 - LISTED })) : null,
      h('p', { class: 'muted' }, t('patience.told'))));
}
