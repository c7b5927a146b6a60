/* What happened, newest first; and one moment with all that belonged to it. */
import { button, link, sentence } from './controls.js';
import { h } from './dom.js';
import { tell } from './i18n.js';
import { clock } from './narration.js';
import { isDull, sentenceOf } from './stories.js';
import { askWhy, pointOf } from './why/questions.js';

const SHOWN = 60;

export function log(stage) {
  const { t, book, view } = stage;
  const all = book.moments.filter((m) => view.all || !isDull(m));
  if (!all.length) return h('p', { class: 'muted', key: 'none' }, t('say.nothing'));
  const shown = all.slice(-view.logged || -SHOWN).reverse();
  return [
    h('h3', { key: 'title', class: 'visually-hidden' }, t('tab.log')),
    h('p', { key: 'which' }, button(t(view.all ? 'log.fewer' : 'log.all'), () => stage.showAll(), { kind: 'small', pressed: view.all })),
    h('ol', { class: 'log', key: 'log', 'data-testid': 'log' }, shown.map((moment) => h('li', {
      key: moment.n, class: view.moment === moment.n ? 'current' : null, 'data-n': moment.n,
    },
    h('button', { type: 'button', class: 'entry', on: { click: () => stage.showMoment(moment) } },
      h('span', { class: `kind ${moment.mark}`, 'aria-hidden': 'true' }, glyph(moment.mark)),
      h('span', { class: 'when num' }, moment.at_ms === null ? '' : clock(moment.at_ms)),
      h('span', { class: 'what' }, sentence(sentenceOf(moment))))))),
    all.length > shown.length ? h('p', { key: 'more', class: 'actions' }, button(t('log.more'), () => stage.showMore())) : null,
  ];
}

export const glyph = (mark) => ({ fault: '✕', election: '★', rebalance: '▲', topic: '■', people: '●', time: '|', error: '!' })[mark] || '·';

/* Its sentence, then each event it is made of, in order, with the links to what it was about. */
export function momentPage({ n }, stage) {
  const { t, book } = stage;
  const moment = book.find(n);
  if (!moment) return null;
  return [
    h('h3', { key: 'head', class: 'page-title num' }, `${t('moment.at')} ${clock(moment.at_ms ?? 0)}`),
    h('p', { key: 'say', class: 'moment', 'data-testid': 'moment' }, sentence(sentenceOf(moment))),
    h('p', { key: 'look', class: 'actions' }, button(t('moment.look'), () => stage.lookAt(moment.events[0], moment), { kind: 'small', title: t('moment.look.why'), test: 'moment-look', off: !moment.events.length }),
      moment.events.length ? askWhy(stage, 'event', { n: pointOf(moment.events).n }, { words: t('ask.why.so'), test: 'moment-why' }) : null),
    h('h4', { key: 'events' }, t('moment.events', { events: moment.events.length })),
    h('ol', { key: 'list', class: 'events' }, moment.events.slice(0, 80).map((event) => h('li', { key: event.n, 'data-n': event.n, 'data-code': event.code },
      button(clock(event.at_ms), () => stage.lookAt(event, moment), { kind: 'link when num', name: t('moment.look.at', { at: event.at_ms }), title: t('moment.look.why') }),
      h('span', { class: 'what' }, sentence(tell(event)), ' ', about(event, stage), ' ', askWhy(stage, 'event', { n: event.n })),
      h('small', { class: 'muted num' }, t('event.origin', { n: event.n, node: event.node || '–', step: event.step }))))),
  ];
}

function about(event, stage) {
  const p = event.params;
  const { snapshot } = stage;
  if (p.topic && p.partition >= 0 && snapshot.topics.some((it) => it.name === p.topic)) {
    return link(`${p.topic}-${p.partition}`, () => stage.select({ kind: 'partition', topic: p.topic, partition: p.partition }));
  }
  if (p.group && snapshot.groups.some((g) => g.id === p.group)) return link(p.group, () => stage.select({ kind: 'group', id: p.group }));
  return null;
}
