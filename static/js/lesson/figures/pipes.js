/* Integration: sources and destinations, joined one by one, and by way of the log. The sources are the sandbox's producers,
 * the destinations its groups; one more is a command. */
import { button } from '../../controls.js';
import { h } from '../../dom.js';
import { held, orders, rich, shown, topicOf } from './kit.js';
import { arrow, node, tape } from './lines.js';

const SIZE = { w: 470, h: 240 };
const BOX = { w: 112, h: 32 };
const LOG = { x: 235, y: 120, w: 118, h: 52 };
export const SOURCES = ['site', 'app', 'caixa', 'sensores', 'estoque'];
export const SINKS = ['busca', 'painel', 'fraude', 'cobranca', 'arquivo'];

export function figure(box, { lang, stage }) {
  const view = { busy: false };
  return shown(box, lang, (say) => picture(stage, view, say));
}

function picture(stage, view, say) {
  const { snapshot } = stage;
  const topic = topicOf(snapshot);
  const sources = inOrder(snapshot.producers.filter(({ kind }) => kind === 'sim'), SOURCES);
  const sinks = inOrder(snapshot.groups, SINKS);
  if (!topic) return h('p', { class: 'fig-none muted' }, say('none'));
  const off = held(stage, say);
  const act = async (command) => {
    if (off) return stage.toast(off);
    if (view.busy) return undefined;
    view.busy = true;
    await orders(stage, [command]);
    view.busy = false;
    return stage.redraw();
  };
  const source = SOURCES.find((name) => !sources.includes(name));
  const sink = SINKS.find((name) => !sinks.includes(name));
  const steps = (kind, names, next, add, remove) => h('div', { class: 'fig-steps', role: 'group', 'aria-label': say(`pipes.${kind}`) },
    button('−', () => act(remove(names.at(-1))), { name: say(`pipes.${kind}.fewer`), test: `${kind}-fewer`, off: names.length <= 1, held: off }),
    h('b', { class: 'num' }, say(`pipes.${kind}.n`, { n: names.length })),
    button('+', () => act(add(next)), { name: say(`pipes.${kind}.more`), test: `${kind}-more`, off: !next, held: off }));
  const left = column(sources, 62);
  const right = column(sinks, SIZE.w - 62);
  const each = [...left].flatMap(([from, a]) => [...right].map(([to, b]) => arrow(`${from} ${to}`, '', a, b, { fromBox: BOX, toBox: BOX })));
  const byLog = [...[...left].map(([from, a]) => arrow(`${from} in`, '', a, LOG, { fromBox: BOX, toBox: LOG })), ...[...right].map(([to, b]) => arrow(`${to} out`, '', LOG, b, { fromBox: LOG, toBox: BOX })), tape(LOG, topic.partitions[0])];
  const [n, m] = [sources.length, sinks.length];
  return h('div', { class: 'fig pipes', 'data-testid': 'pipes', 'data-sources': n, 'data-sinks': m },
    h('div', { class: 'fig-tools' },
      steps('sources', sources, source, (producer) => ({ do: 'add_producer', producer, topic: topic.name, rate: 0.5 }), (producer) => ({ do: 'remove_producer', producer })),
      steps('sinks', sinks, sink, (group) => ({ do: 'add_group', group, topic: topic.name, poll_ms: 500 }), (group) => ({ do: 'remove_group', group }))),
    h('div', { class: 'fig-halves' },
      half('each', each, n * m, say('pipes.each.formula', { n, m, count: n * m })), half('log', byLog, n + m, say('pipes.log.formula', { n, m, count: n + m }))));

  function half(id, lines, count, formula) {
    const title = say(`pipes.${id}.title`);
    return h('section', { key: id, class: `fig-half ${id}`, 'data-testid': `pipes-${id}`, 'data-count': count, 'aria-labelledby': `fig-${id}` },
      h('h3', { id: `fig-${id}` }, title),
      h('svg', { class: 'fig-drawing', viewBox: `0 0 ${SIZE.w} ${SIZE.h}`, role: 'img', 'aria-label': say(`pipes.${id}.drawn`, { n, m, count }) },
        lines, [...left, ...right].map(([name, place], i) => node({ key: `${i < n ? 'from' : 'to'} ${name}`, name, place, box: BOX }))),
      h('div', { class: 'fig-words' }, h('p', { class: 'fig-count' }, rich(say.parts('pipes.count', { count }), h)), h('p', { class: 'fig-formula num' }, formula), h('div', { class: 'fig-told' }, h('p', {}, say(`pipes.${id}.told`)))));
  }
}

/* Those known here first, in the order in which they come and go. */
const inOrder = (list, known) => list.map(({ id }) => id).sort((a, b) => place(a, known) - place(b, known)).slice(0, known.length);
const place = (name, known) => (known.includes(name) ? known.indexOf(name) : known.length);

/* Names below each other, in the middle of the drawing's height. */
function column(names, x) {
  const gap = Math.min(58, (SIZE.h - BOX.h - 4) / Math.max(1, names.length - 1));
  return new Map(names.map((name, i) => [name, { x, y: SIZE.h / 2 + (i - (names.length - 1) / 2) * gap }]));
}
