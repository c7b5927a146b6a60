/* The hand on both: which is which, time, faults, and the two lines of time. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { explain } from '../i18n.js';
import { clock } from '../narration.js';
import { showView } from '../views/address.js';
import { VIEWS } from '../views/registry.js';
import { nameOf, worded } from './compare.js';
import { pathOf } from './lanes.js';
import { pairline } from './pairline.js';

const FAULTS = [
  ['crash_broker', {}], ['power_off_broker', {}], ['pause_broker', { ms: 5000 }], ['isolate_broker', {}], ['start_broker', {}], ['heal_links', null],
];
const CHOSEN = new Set(['acks', 'rate', 'keys', 'min.insync.replicas', 'unclean.leader.election.enable', 'assignor', 'members', 'poll_ms']);

/* What was chosen to be different. */
export function about(pair) {
  const { t, told, problem } = pair;
  if (problem) {
    return h('p', { class: 'notice refused', role: 'alert', 'data-testid': 'compare-problem' }, h('b', {}, '! '), explain(problem.code) || t('refused'), ' ', h('code', {}, problem.code), problem.reason ? h('span', { class: 'hint' }, problem.reason) : null);
  }
  if (!told) return h('p', { class: 'muted' }, t('link.connecting'));
  const { differences, since_ms: since } = told;
  const known = differences.filter(({ what }) => CHOSEN.has(what));
  const rest = differences.length - known.length;
  return [
    h('p', { key: 'since', class: 'since' }, since === null ? t('compare.strangers') : t('compare.since', { at: since })),
    h('ul', { key: 'chips', class: 'chips plain', 'data-testid': 'chips' },
      known.slice(0, 6).map((one) => h('li', { key: `${one.what} ${one.of}`, class: 'changed', 'data-what': one.what },
        h('b', {}, nameOf(t, one)), ' ', h('span', { class: 'side-a' }, 'A'), ' ', said(t, one, one.a), ' ', h('span', { class: 'side-b' }, 'B'), ' ', said(t, one, one.b))),
      differences.length ? null : h('li', { key: 'none', class: 'changed' }, t('compare.alike')),
      rest > 0 && !known.length ? h('li', { key: 'rest', class: 'changed' }, t('compare.otherwise', { count: rest })) : null),
    pair.ready ? views(pair) : null,
    h('p', { key: 'mirror', class: 'mirror' },
      h('input', { type: 'checkbox', id: 'both', initial: { checked: pair.both }, 'data-testid': 'mirror', on: { change: (event) => { pair.both = event.target.checked; } } }),
      h('label', { for: 'both' }, t('compare.mirror'))),
  ];
}

/* From another angle, both. */
function views(pair) {
  const { t, stages } = pair;
  const now = stages[0].view.view ?? VIEWS[0].id;
  return h('select', {
    key: 'views', class: 'both-view', 'aria-label': t('views'), 'data-testid': 'both-view',
    on: { change: (event) => stages.forEach((stage) => showView(stage, event.target.value)) },
  }, VIEWS.map(({ id }) => h('option', { value: id, selected: id === now }, t(`view.${id}`))));
}

const said = (t, { what }, value) => (value === null ? '—' : worded(t, what, value));

/* Over each stage: its letter, its name, where it stands, and the way to it alone. */
export function heads(pair, i) {
  const { t, told, ids } = pair;
  const row = told?.[i ? 'b' : 'a'];
  const state = pair.states[i];
  return [
    h('span', { class: `side-${'ab'[i]} letter`, key: 'letter', 'aria-hidden': 'true' }, 'AB'[i]),
    h('b', { key: 'name', class: 'one-name' }, row?.name ?? ids[i]),
    h('span', { key: 'clock', class: 'num mono muted', 'data-testid': `clock-${'ab'[i]}` }, state ? clock(state.at_ms) : ''),
    h('a', { key: 'way', href: pathOf(ids[i]), class: 'button small', 'data-testid': `alone-${'ab'[i]}` }, t('compare.alone')),
  ];
}

export function hand(pair, width) {
  const { t, stages, view } = pair;
  const { live } = stages[0];
  const { pace } = live;
  const at = pair.states[0].at_ms;
  const limited = stages.map((stage) => stage.live.pace.limited_by).find(Boolean);
  const now = view.speedAsked ?? pace.speed;
  const turn = (by) => {
    const next = Math.min(pace.speed_max, Math.max(pace.speed_min, 2 ** (by > 0 ? Math.floor(Math.log2(now) + 1) : Math.ceil(Math.log2(now) - 1))));
    return button(by > 0 ? '+' : '−', () => pair.order({ do: 'speed', speed: next }), { kind: 'small turn', name: t(by > 0 ? 'speed.faster' : 'speed.slower'), off: next === now, held: held(pair), test: by > 0 ? 'both-faster' : 'both-slower' });
  };
  return [
    h('div', { key: 'row', class: 'hand-row' },
      h('time', { class: 'num mono both-clock', role: 'timer', 'aria-live': 'off', 'aria-label': t('clock'), 'data-testid': 'both-clock' }, clock(at)),
      h('div', { class: 'row', role: 'group', 'aria-label': t('compare.time') }, pair.back ? backWays(pair, at) : ways(pair, pace.paused)),
      h('div', { class: 'row both-speed', role: 'group', 'aria-label': t('speed') }, h('span', { class: 'muted' }, t('speed')), turn(-1), h('output', { class: 'num', 'data-testid': 'both-speed' }, t('speed.value', { speed: now })), turn(1),
        limited ? h('small', { class: 'warn' }, t('speed.limited', { by: limited, least: pace.speed_min, most: pace.speed_max })) : null),
      faults(pair)),
    h('div', { key: 'line', class: 'pairline-box' }, pairline(pair, width)),
  ];
}

const held = (pair) => (pair.back ? pair.t('past.held') : '');

function ways(pair, paused) {
  const { t } = pair;
  return [
    button('−1 s', () => pair.look(pair.states[0].at_ms - 1000), { name: `−1 s: ${t('past.back-second')}`, title: `${t('past.back-second')} (←)`, test: 'both-back' }),
    paused
      ? button(t('compare.resume'), () => pair.order({ do: 'resume' }), { kind: 'primary wide', title: t('keys.space'), test: 'both-resume' })
      : button(t('compare.pause'), () => pair.order({ do: 'pause' }), { kind: 'primary wide', title: t('keys.space'), test: 'both-pause' }),
    button(`${t('step')} ▸`, () => pair.order({ do: 'step' }), { name: `${t('step')}: ${t('compare.step')}`, title: `${t('compare.step')} (→)`, off: !paused, test: 'both-step' }),
    button('+1 s', () => pair.order({ do: 'advance', ms: 1000 }), { name: `+1 s: ${t('compare.advance', { ms: 1000 })}`, title: `${t('compare.advance', { ms: 1000 })} (Shift →)`, off: !paused, test: 'both-second' }),
    button('+10 s', () => pair.order({ do: 'advance', ms: 10_000 }), { name: `+10 s: ${t('compare.advance', { ms: 10_000 })}`, title: t('compare.advance', { ms: 10_000 }), off: !paused, test: 'both-ten' }),
  ];
}

function backWays(pair, at) {
  const { t } = pair;
  return [
    button('−1 s', () => pair.look(at - 1000), { name: `−1 s: ${t('past.back-second')}`, test: 'both-back' }),
    button('+1 s', () => pair.look(at + 1000), { name: `+1 s: ${t('past.forward-second')}`, test: 'both-forward' }),
    button(t('live.return'), () => pair.live(), { kind: 'primary', title: 'L', test: 'both-live' }),
    h('span', { class: 'back-said', 'data-testid': 'both-past' }, t('past')),
  ];
}

/* The same fault in both: a broker is chosen, then what happens to it. */
function faults(pair) {
  const { t, stages, view } = pair;
  const brokers = stages[0].live.brokers;
  if (!brokers.some((one) => one.id === view.broker)) view.broker = brokers[0]?.id ?? 1;
  const one = brokers.find(({ id }) => id === view.broker);
  const down = one?.state === 'crashed' || one?.state === 'stopped';
  return h('div', { class: 'row faults', role: 'group', 'aria-label': t('compare.faults') },
    h('select', { 'aria-label': t('compare.broker'), 'data-testid': 'fault-broker', on: { change: (event) => { view.broker = Number(event.target.value); pair.redraw(); } } },
      brokers.map(({ id }) => h('option', { value: id, selected: id === view.broker }, t('broker.name', { id })))),
    FAULTS.filter(([what]) => (what === 'start_broker' ? down : what === 'heal_links' || !down)).map(([what, more]) => button(t(`compare.fault.${what}`), () => pair.order({ do: what, ...(more === null ? {} : { broker: view.broker, ...more }) }), {
      kind: what === 'start_broker' ? 'small primary' : 'small danger', held: held(pair), title: t('compare.both'), test: `fault-${what}`,
    })));
}
