/* Under the picture of a recording: play and pause, the way back and forth, how fast, and all of it as a line. */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { number, t } from '../i18n.js';
import { clock } from '../narration.js';

const SPEEDS = [0.125, 0.25, 0.5, 1, 2, 4, 8];
const MARKS_MAX = 120; // on the line; of more, those that tell most
const WEIGHTY = ['fault', 'election', 'rebalance', 'error', 'topic', 'people'];
const KEY_MS = 1000;

export function drawBar(reel) {
  const place = document.getElementById('filmbar');
  const draw = () => patch(place, bar(reel));
  reel.changed = draw;
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
  draw();
}

function bar(reel) {
  const { film } = reel;
  const span = Math.max(1, film.to - film.from);
  const share = (reel.position - film.from) / span;
  const words = reel.playing ? t('pause') : reel.ended ? t('recording.again') : t('recording.play');
  return [
    h('div', { class: 'row', key: 'walk', role: 'group', 'aria-label': t('recording.controls') },
      button('◂', () => reel.step(-1), { name: t('moment.earlier'), title: `${t('moment.earlier')} (←)`, test: 'film-back' }),
      button(words, () => (reel.playing ? reel.pause() : reel.play()), { kind: 'primary wide', title: t('keys.space'), test: 'film-play' }),
      button('▸', () => reel.step(1), { name: t('moment.later'), title: `${t('moment.later')} (→)`, test: 'film-on' })),
    h('div', { class: 'film-line', key: 'line' },
      h('input', {
        id: 'film-at', type: 'range', min: 0, max: 1000, step: 1, 'aria-label': t('recording.at'), 'aria-valuetext': t('recording.told', { at: reel.position, to: film.to }), 'data-testid': 'film-at',
        initial: { value: '0' }, vars: { '--share': `${share * 100}%` },
        on: {
          input: (event) => {
            reel.pause();
            reel.seek(film.from + (span * Number(event.target.value)) / 1000);
          },
          keydown: (event) => {
            const by = { ArrowLeft: -KEY_MS, ArrowRight: KEY_MS, ArrowDown: -KEY_MS, ArrowUp: KEY_MS, PageDown: -KEY_MS * 10, PageUp: KEY_MS * 10 }[event.key];
            if (!by) return;
            event.preventDefault();
            event.stopPropagation();
            reel.seek(reel.position + by);
          },
        },
      }),
      h('div', { class: 'film-marks', 'aria-hidden': 'true' }, marks(film).map((event) => h('i', {
        key: event.n, class: event.mark, vars: { '--at': `${((event.at_ms - film.from) / span) * 100}%` },
      })))),
    h('p', { class: 'film-time num', key: 'time', 'data-testid': 'film-time' }, `${short(reel.position - film.from)} / ${short(film.to - film.from)}`),
    h('select', { key: 'speed', class: 'span film-speed', 'aria-label': t('speed'), 'data-testid': 'film-speed', on: { change: (event) => reel.setSpeed(Number(event.target.value)) } },
      SPEEDS.map((speed) => h('option', { value: speed, selected: speed === reel.speed }, `${number(speed)}×`))),
    sync(share),
  ];
}

const short = (ms) => clock(ms).slice(0, -2);

/* The slider belongs to the hand that drags it. */
function sync(share) {
  const slider = document.getElementById('film-at');
  const value = String(Math.round(share * 1000));
  if (slider && !slider.matches(':active') && slider.value !== value) slider.value = value;
  return null;
}

function marks(film) {
  const seen = film.events.filter((event) => WEIGHTY.includes(event.mark) && event.at_ms >= film.from);
  return seen.length <= MARKS_MAX ? seen : seen.sort((a, b) => WEIGHTY.indexOf(a.mark) - WEIGHTY.indexOf(b.mark)).slice(0, MARKS_MAX);
}
