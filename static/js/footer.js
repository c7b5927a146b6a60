/* Time and its story: the sentence beside the clock, pause and step and speed, and the timeline under them. */
import { button, sentence } from './controls.js';
import { h } from './dom.js';
import { tell } from './i18n.js';
import { clock } from './narration.js';
import { sentenceOf } from './stories.js';
import { SPANS_MS } from './timeline.js';

const SLOWEST = -6; // powers of two: 1/64 to 64
const FASTEST = 6;

/* What is said now: the newest moment, or the one the reader went back to. */
export function saying(stage) {
  const { t, view, book } = stage;
  const past = view.moment === null ? null : book.find(view.moment);
  const moment = past || book.latest(stage.snapshot);
  const stepped = past ? null : stage.stepped;
  return [
    h('time', { class: 'num', 'data-testid': 'clock', role: 'timer', 'aria-live': 'off', 'aria-label': t('clock') }, clock(stage.snapshot.at_ms)),
    stepped
      ? h('p', { class: 'say', 'data-testid': 'say', key: 'step' }, sentence(stepped.flatMap((event) => [...tell(event), { text: ' ' }])))
      : moment
      ? h('p', { class: past ? 'say past' : 'say' },
        past ? h('span', { class: 'muted num' }, `${t('moment.at')} ${clock(past.at_ms ?? 0)} `) : null,
        button(sentence(sentenceOf(moment)), () => stage.showMoment(moment), { kind: 'story', title: t('moment.open'), test: 'say' }))
      : h('p', { class: 'say muted', 'data-testid': 'say' }, t('say.nothing')),
    past ? button(t('live'), () => stage.backToLive(), { kind: 'small primary', test: 'live', title: 'L' }) : null,
  ];
}

export function timeControls(stage) {
  const { t, snapshot } = stage;
  const { pace } = snapshot;
  return [
    h('div', { class: 'row', role: 'group', 'aria-label': t('time.controls') },
      button('◂', () => stage.earlier(), { name: t('moment.earlier'), title: `${t('moment.earlier')} (←)`, test: 'earlier' }),
      pace.paused
        ? button(t('resume'), () => stage.order({ do: 'resume' }), { kind: 'primary wide', title: t('keys.space'), test: 'resume' })
        : button(t('pause'), () => stage.order({ do: 'pause' }), { kind: 'primary wide', title: t('keys.space'), test: 'pause' }),
      button(`${t('step')} ▸`, () => stage.later(), { name: t('step.name'), title: `${t('step.name')} (→)`, test: 'step' })),
    speed(stage, pace),
    h('select', {
      class: 'span', 'aria-label': t('span'), title: t('span'), 'data-testid': 'span',
      on: { change: (event) => stage.change({ span: Number(event.target.value) }) },
    }, SPANS_MS.map((span) => h('option', { value: span, selected: span === stage.view.span }, span ? t('span.value', { span }) : t('span.auto')))),
  ];
}

function speed(stage, pace) {
  const { t } = stage;
  const least = Math.max(SLOWEST, Math.log2(pace.speed_min));
  const most = Math.min(FASTEST, Math.log2(pace.speed_max));
  const at = (value) => `${((value - SLOWEST) / (FASTEST - SLOWEST)) * 100}%`;
  const asked = (slider) => Math.min(pace.speed_max, Math.max(pace.speed_min, 2 ** Number(slider.value)));
  const why = pace.limited_by ? t('speed.limited', { by: pace.limited_by, least: pace.speed_min, most: pace.speed_max }) : '';
  return h('div', { class: pace.limited_by ? 'speed limited' : 'speed' },
    h('label', { for: 'speed' }, t('speed')),
    h('input', {
      id: 'speed', type: 'range', min: SLOWEST, max: FASTEST, step: 1, 'data-testid': 'speed', 'data-speed': pace.speed,
      'aria-valuetext': t('speed.value', { speed: pace.speed }), 'aria-describedby': why ? 'speed-why' : null,
      vars: { '--least': at(least), '--most': at(most) }, initial: { value: String(Math.log2(pace.speed)) },
      on: {
        input: (event) => stage.touchSpeed(asked(event.target)),
        change: (event) => stage.order({ do: 'speed', speed: asked(event.target) }),
      },
    }),
    h('output', { class: 'num', for: 'speed', 'data-testid': 'speed-value' }, t('speed.value', { speed: stage.view.speedAsked ?? pace.speed })),
    why ? h('small', { id: 'speed-why', class: 'warn', title: t('speed.why', { by: pace.limited_by }), 'data-testid': 'speed-why' }, why) : null);
}

/* The slider belongs to the hand that drags it; otherwise it shows the sandbox's speed. */
export function syncSpeed(snapshot, view) {
  const slider = document.getElementById('speed');
  if (!slider || view.speedAsked !== null || slider.matches(':active')) return;
  const value = String(Math.log2(snapshot.pace.speed));
  if (slider.value !== value) slider.value = value;
}
