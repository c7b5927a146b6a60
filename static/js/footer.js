/* Time and its story: the sentence beside the clock, pause and step and speed, and the timeline under them. */
import { button, sentence } from './controls.js';
import { h } from './dom.js';
import { tell } from './i18n.js';
import { pastControls } from './lookback.js';
import { clock } from './narration.js';
import { patience } from './patience.js';
import { sentenceOf } from './stories.js';
import { askWhy, pointOf } from './why/questions.js';
import { ALL, SPANS_MS } from './time/scale.js';

const SLOWEST = -6; // powers of two: 1/64 to 64
const FASTEST = 6;

/* What is said now, or was said at the moment the reader looks at. */
export function saying(stage) {
  const { t, past, snapshot } = stage;
  const book = past.on ? past.book : stage.book;
  const moment = book.latest(snapshot);
  const stepped = past.on ? past.stepped : stage.stepped;
  const kind = past.on ? 'say past' : 'say';
  return [
    h('time', { class: 'num', 'data-testid': 'clock', role: 'timer', 'aria-live': 'off', 'aria-label': t(past.on ? 'clock.past' : 'clock') }, clock(snapshot.at_ms)),
    stepped
      ? h('p', { class: kind, 'data-testid': 'say', key: 'step' }, sentence(stepped.flatMap((event) => [...tell(event), { text: ' ' }])))
      : moment
      ? h('p', { class: kind },
        button(sentence(sentenceOf(moment)), () => stage.showMoment(stage.book.find(moment.n) ?? moment), { kind: 'story', title: t('moment.open'), test: 'say' }),
        moment.events.length ? [' ', askWhy(stage, 'event', { n: pointOf(moment.events).n }, { test: 'say-why' })] : null)
      : h('p', { class: `${kind} muted`, 'data-testid': 'say' }, t('say.nothing')),
    patience(stage),
  ];
}

export function timeControls(stage) {
  const { t } = stage;
  const { pace } = stage.live;
  if (stage.past.on) return [...pastControls(stage), spans(stage)];
  return [
    h('div', { class: 'row', role: 'group', 'aria-label': t('time.controls'), key: 'now' },
      button('◂', () => stage.earlier(), { name: t('moment.earlier'), title: `${t('moment.earlier')} (←)`, test: 'earlier' }),
      pace.paused
        ? button(t('resume'), () => stage.order({ do: 'resume' }), { kind: 'primary wide', title: t('keys.space'), test: 'resume' })
        : button(t('pause'), () => stage.order({ do: 'pause' }), { kind: 'primary wide', title: t('keys.space'), test: 'pause' }),
      button(`${t('step')} ▸`, () => stage.later(), { name: t('step.name'), title: `${t('step.name')} (→)`, test: 'step' })),
    speed(stage, pace),
    spans(stage),
  ];
}

function spans(stage) {
  const { t } = stage;
  return h('select', {
    key: 'span', class: 'span', 'aria-label': t('span'), title: t('span'), 'data-testid': 'span',
    on: { change: (event) => stage.change({ span: Number(event.target.value) }) },
  }, SPANS_MS.map((span) => h('option', { value: span, selected: span === stage.view.span }, span === ALL ? t('span.all') : span ? t('span.value', { span }) : t('span.auto'))));
}

function speed(stage, pace) {
  const { t } = stage;
  const least = Math.max(SLOWEST, Math.log2(pace.speed_min));
  const most = Math.min(FASTEST, Math.log2(pace.speed_max));
  const at = (value) => `${((value - SLOWEST) / (FASTEST - SLOWEST)) * 100}%`;
  const within = (value) => Math.min(pace.speed_max, Math.max(pace.speed_min, value));
  const asked = (slider) => within(2 ** Number(slider.value));
  const now = stage.view.speedAsked ?? pace.speed;
  const why = pace.limited_by ? t('speed.limited', { by: pace.limited_by, least: pace.speed_min, most: pace.speed_max }) : '';
  /* One power of two slower or faster, for those who do not drag. */
  const turn = (by, words, test) => {
    const next = within(2 ** Math.min(FASTEST, Math.max(SLOWEST, by > 0 ? Math.floor(Math.log2(now) + 1) : Math.ceil(Math.log2(now) - 1))));
    return button(by > 0 ? '+' : '−', () => {
      stage.touchSpeed(next);
      stage.order({ do: 'speed', speed: next });
    }, { kind: 'quiet small turn', name: t(words), title: t(words), off: next === now, test });
  };
  return h('div', { key: 'speed', class: pace.limited_by ? 'speed limited' : 'speed' },
    h('label', { for: 'speed' }, t('speed')),
    turn(-1, 'speed.slower', 'slower'),
    h('input', {
      id: 'speed', type: 'range', min: SLOWEST, max: FASTEST, step: 1, 'data-testid': 'speed', 'data-speed': pace.speed,
      'aria-valuetext': t('speed.value', { speed: pace.speed }), 'aria-describedby': why ? 'speed-why' : null,
      vars: { '--least': at(least), '--most': at(most) }, initial: { value: String(Math.log2(pace.speed)) },
      on: {
        input: (event) => stage.touchSpeed(asked(event.target)),
        change: (event) => stage.order({ do: 'speed', speed: asked(event.target) }),
      },
    }),
    turn(1, 'speed.faster', 'faster'),
    h('output', { class: 'num', for: 'speed', 'data-testid': 'speed-value' }, t('speed.value', { speed: now })),
    why ? h('small', { id: 'speed-why', class: 'warn', title: t('speed.why', { by: pace.limited_by }), 'data-testid': 'speed-why' }, why) : null);
}

/* The slider belongs to the hand that drags it; otherwise it shows the sandbox's speed. */
export function syncSpeed(snapshot, view) {
  const slider = document.getElementById('speed');
  if (!slider || view.speedAsked !== null || slider.matches(':active')) return;
  const value = String(Math.log2(snapshot.pace.speed));
  if (slider.value !== value) slider.value = value;
}
