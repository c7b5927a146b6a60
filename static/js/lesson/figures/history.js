/* Kafka and its neighbours since 2009, drawn along the years: of each point one sentence, and where it is to be seen here.
 * The same on a page of its own (js/history.js, /history/). Only what is known for sure is told; texts: figures.*.json. */
import { button } from '../../controls.js';
import { h } from '../../dom.js';
import { shown } from './kit.js';

const FROM = 2009;
const TO = 2026.6;
const LANES = ['ideas', 'kafka', 'aws'];

/* [id, when, lane, label, where it is to be seen]; label null: a word of the reader's language. */
export const POINTS = [
  ['linkedin', 2009.75, 'ideas', 'LinkedIn', '/lecture/the-log-integration/'],
  ['open', 2011.03, 'kafka', null, ''],
  ['paper', 2011.45, 'ideas', null, ''],
  ['apache', 2012.81, 'kafka', 'Apache', ''],
  ['kinesis', 2013.87, 'aws', 'Kinesis', ''],
  ['v08', 2013.92, 'kafka', '0.8', '/lecture/replication/'],
  ['thelog', 2013.96, 'ideas', 'The Log', '/lecture/the-log-order/'],
  ['v081', 2014.2, 'kafka', '0.8.1', '/lecture/the-log-compaction/'],
  ['confluent', 2014.85, 'ideas', 'Confluent', ''],
  ['firehose', 2015.77, 'aws', 'Firehose', ''],
  ['v09', 2015.9, 'kafka', '0.9', '/lecture/heartbeats/'],
  ['v010', 2016.39, 'kafka', '0.10', '/lecture/event/'],
  ['v011', 2017.49, 'kafka', '0.11', '/lecture/event/'],
  ['v1', 2017.84, 'kafka', '1.0', ''],
  ['msk', 2018.91, 'aws', 'MSK', ''],
  ['kip500', 2019.6, 'ideas', 'KIP-500', ''],
  ['v24', 2019.96, 'kafka', '2.4', '/lecture/rebalance/'],
  ['v28', 2021.3, 'kafka', '2.8', ''],
  ['v3', 2021.72, 'kafka', '3.0', ''],
  ['v33', 2022.76, 'kafka', '3.3', ''],
  ['flink', 2023.66, 'aws', 'Flink', ''],
  ['adf', 2024.11, 'aws', 'Data Firehose', ''],
  ['v39', 2024.85, 'kafka', '3.9', ''],
  ['v4', 2025.21, 'kafka', '4.0', ''],
];
/* Who kept the cluster's metadata. */
const KEPT = [['zookeeper', 2011.03, 2025.21], ['kraft', 2021.3, TO]];

export function figure(box, { lang, stage }) {
  const view = { chosen: POINTS[0][0] };
  return shown(box, lang, (say) => picture(box, stage, view, say));
}

const x = (when) => ((when - FROM) / (TO - FROM)).toFixed(4); // of the width beside the lanes' names

function picture(box, stage, view, say) {
  const at = POINTS.findIndex(([id]) => id === view.chosen);
  const choose = (to, enter = true) => {
    const point = POINTS[Math.max(0, Math.min(POINTS.length - 1, to))];
    view.chosen = point[0];
    stage.redraw();
    if (enter) requestAnimationFrame(() => requestAnimationFrame(() => box.querySelector(`[data-point="${point[0]}"] button`)?.focus({ preventScroll: true })));
  };
  const keys = (event) => {
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: POINTS.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // on the stage arrows are time's
    choose(to);
  };
  const [id, , , , see] = POINTS[at];
  return h('div', { class: 'fig history', 'data-testid': 'history', 'data-chosen': id },
    h('div', { class: 'years' },
      h('div', { class: 'year-axis num', 'aria-hidden': 'true' }, Array.from({ length: Math.floor(TO) - FROM + 1 }, (_, i) => h('span', { vars: { '--x': x(FROM + i) } }, String(FROM + i)))),
      h('div', { class: 'year-bars', 'aria-hidden': 'true' }, KEPT.map(([name, from, to]) => h('span', { class: name, vars: { '--x': x(from), '--to': x(to) } }, say(`history.kept.${name}`)))),
      LANES.map((lane, n) => h('p', { class: 'lane-name', 'aria-hidden': 'true', vars: { '--lane': n } }, say(`history.lane.${lane}`))),
      h('ol', { class: 'points', 'aria-label': say('history.points'), on: { keydown: keys } }, POINTS.map(([point, when, lane, label, where], i) => h('li', {
        key: point, class: lane, 'data-point': point, vars: { '--x': x(when), '--lane': LANES.indexOf(lane), '--row': rowOf(i) },
      }, h('button', {
        type: 'button', tabindex: i === at ? 0 : -1, 'aria-pressed': String(i === at),
        on: { click: () => choose(i, false) },
      }, h('span', { class: 'label' }, label ?? say(`history.${point}.label`), h('span', { class: 'visually-hidden' }, `, ${say(`history.${point}.when`)}: ${say(`history.${point}.title`)}`)), h('span', { class: 'narrow' }, h('small', {}, say(`history.${point}.when`)), ' ', h('b', {}, say(`history.${point}.title`)))),
      h('p', { class: 'narrow' }, say(`history.${point}.text`), ' ', where ? h('a', { href: where }, say('history.see')) : null))))),
    h('div', { class: 'year-card' },
      button('◂', () => choose(at - 1, false), { name: say('history.back'), test: 'history-back', off: at === 0 }),
      h('div', { role: 'status', 'data-testid': 'history-told' }, h('p', { class: 'year-when' }, say(`history.${id}.when`)), h('h3', {}, say(`history.${id}.title`)), h('p', {}, say(`history.${id}.text`)),
        see ? h('p', {}, h('a', { href: see, 'data-testid': 'history-see' }, say('history.see'))) : null),
      button('▸', () => choose(at + 1, false), { name: say('history.on'), test: 'history-on', off: at === POINTS.length - 1 })));
}

/* Neighbours in a lane stand above each other in turn. */
const rowOf = (i) => POINTS.slice(0, i).filter(([, , lane]) => lane === POINTS[i][2]).length % 2;
