/* Questions as selections of the drawer, so that they have an address and a way back: {kind: 'why', about, name}.
 * name holds what the question is about, in the order of NAMES: "FIAP/0". */
import { h } from '../dom.js';

const NAMES = {
  why: {
    event: ['n'], leader: ['topic', 'partition'], isr: ['topic', 'partition'], uncommitted: ['topic', 'partition', 'offset'],
    lag: ['group', 'topic', 'partition'], broker: ['broker'], group: ['group'], producer: ['producer'], shard: ['stream', 'shard'],
  },
  whynot: {
    idle: ['group', 'member'], unreadable: ['topic', 'partition', 'offset'], refused: ['topic', 'acks'], leaderless: ['topic', 'partition'],
    throttled: ['stream', 'shard'], emptyread: ['stream', 'shard', 'client'], child: ['stream', 'shard'],
  },
};

export const question = (kind, about, names) => ({
  kind, about, name: NAMES[kind][about].map((name) => encodeURIComponent(names[name])).join('/'),
});

/* {topic: 'FIAP', partition: '0'} of a selection; null when it is no question of ours. */
export function namesOf({ kind, about, name }) {
  const wanted = NAMES[kind]?.[about];
  const given = String(name).split('/');
  if (!wanted || given.length !== wanted.length) return null;
  try {
    return Object.fromEntries(wanted.map((one, i) => [one, decodeURIComponent(given[i])]));
  } catch {
    return null;
  }
}

/* What a sentence about several events is asked about: an election, if there was one, and rather of what people see. */
export function pointOf(events) {
  const seen = events.filter(({ params }) => !params.topic?.startsWith('__'));
  return seen.findLast(({ code }) => code === 'leader_elected') ?? seen.at(-1) ?? events.at(-1);
}

const SHORT = { why: 'ask.why', whynot: 'ask.whynot' };

/* The small button that asks. about: "event", "isr"...; words: when it says more than "why?". */
export function askWhy(stage, about, names, { kind = 'why', words = null, test = null } = {}) {
  const { t } = stage;
  const said = words ?? t(SHORT[kind]);
  return h('button', {
    type: 'button', class: 'ask-why', 'data-testid': test ?? `${kind}-${about}`, title: t('ask.title'), 'aria-label': words ? null : t(`ask.${kind}.${about}`),
    on: {
      click: (event) => {
        event.stopPropagation();
        stage.select(question(kind, about, names));
      },
    },
  }, said);
}
