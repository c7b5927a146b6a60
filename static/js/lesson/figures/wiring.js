/* The same systems wired both ways: each calling each, and each with the log in the middle.
 *
 * The half with the log is the sandbox itself: its producers, its groups, their lag; a system that is taken down here is
 * stopped there. The other half is a drawing of the same systems after one rule, which it states: whoever has news calls
 * each of those who need them, and a call takes both ends. What would have been refused is counted from the same events. */
import { button } from '../../controls.js';
import { h } from '../../dom.js';
import { held, orders, rich, shown, topicOf } from './kit.js';
import { arrow, node, ring, tape } from './lines.js';
import { Missed } from './missed.js';
import { calls, fewer, LEAST, links, more, NAMES, systems, turn } from './systems.js';

const SIZE = { w: 470, h: 254 };
const LOG = { x: 235, y: 127, w: 118, h: 48 };
const BEHIND = 5; // less is only on its way to a reader
const TOLD_MAX = 2; // systems that are spoken of at once

export function figure(box, { lang, stage }) {
  const view = { everybody: false, busy: false };
  const missed = new Missed(stage);
  return shown(box, lang, (say) => picture(stage, view, missed, say));
}

function picture(stage, view, missed, say) {
  const { snapshot } = stage;
  const topic = topicOf(snapshot);
  const all = systems(snapshot);
  if (!topic || all.length < LEAST) return h('p', { class: 'fig-none muted' }, say('none'));
  const places = new Map(ring(all.length, { x: LOG.x, y: LOG.y, rx: 181, ry: 104 }).map((place, i) => [all[i].name, place]));
  const scene = { stage, view, say, all, places, topic, off: held(stage, say), missed };
  return h('div', { class: 'fig wiring', 'data-testid': 'wiring', 'data-systems': all.length },
    tools(scene), h('div', { class: 'fig-halves' }, direct(scene), byLog(scene)));
}

async function act(scene, commands) {
  const { stage, view, off } = scene;
  if (off) return stage.toast(off);
  if (view.busy) return undefined;
  view.busy = true;
  await orders(stage, commands);
  view.busy = false;
  return stage.redraw();
}

function tools(scene) {
  const { stage, view, say, all, topic, off } = scene;
  return h('div', { class: 'fig-tools' },
    h('div', { class: 'fig-steps', role: 'group', 'aria-label': say('wiring.how-many') },
      button('−', () => act(scene, fewer(all)), { name: say('wiring.fewer'), test: 'wiring-fewer', off: all.length <= LEAST, held: off }),
      h('b', { class: 'num', 'data-testid': 'wiring-n' }, say('wiring.n', { n: all.length })),
      button('+', () => act(scene, more(all, topic.name)), { name: say('wiring.more'), test: 'wiring-more', off: all.length >= NAMES.length, held: off })),
    h('div', { class: 'fig-steps', role: 'group', 'aria-label': say('wiring.needs') },
      [false, true].map((everybody) => button(say(everybody ? 'wiring.everybody' : 'wiring.needed'), () => {
        view.everybody = everybody;
        stage.redraw();
      }, { pressed: view.everybody === everybody, test: everybody ? 'wiring-everybody' : 'wiring-needed' }))),
    h('p', { class: 'fig-hint' }, say('wiring.hint')));
}

/* --- each calls each --------------------------------------------------------------------------------- */

function direct(scene) {
  const { say, all, places, view } = scene;
  const drawn = calls(all, view.everybody);
  const down = new Set(all.filter((one) => one.down).map(({ name }) => name));
  const hurt = new Set(drawn.filter(({ from, to }) => down.has(from) !== down.has(to)).map(({ from, to }) => (down.has(from) ? to : from)));
  const most = all.length * (all.length - 1);
  return half(scene, 'direct', {
    title: say('direct.title'), count: drawn.length, told: rich(say.parts('direct.count', { count: drawn.length, most }), h), formula: say('direct.formula', { n: all.length, less: all.length - 1, most }),
    lines: drawn.map(({ from, to }) => arrow(`${from} ${to}`, down.has(from) || down.has(to) ? 'broken' : '', places.get(from), places.get(to), { bend: 14 })),
    state: (one) => (one.down ? 'down' : hurt.has(one.name) ? 'hurt' : ''), mark: (one) => (one.down ? '✕' : hurt.has(one.name) ? '!' : ''), badge: () => '',
    words: directWords(scene, drawn, down),
  });
}

function directWords({ all, say, missed }, drawn, down) {
  const lines = [];
  for (const one of told(all, missed, drawn)) {
    const { name } = one.system;
    if (one.system.down) {
      const callers = drawn.filter(({ from, to }) => to === name && !down.has(from)).map(({ from }) => from);
      const waiters = drawn.filter(({ from, to }) => from === name && !down.has(to)).map(({ to }) => to);
      if (callers.length) lines.push(one.missed ? ['direct.refused', { callers, name, calls: one.missed.calls }] : ['direct.refused.plain', { callers, name }]);
      if (waiters.length) lines.push(['direct.silent', { waiters, name }]);
    } else if (one.missed.calls) lines.push(['direct.back', { name, calls: one.missed.calls }]);
  }
  return lines.length ? lines.map(([key, params]) => rich(say.parts(key, params), h)) : [say('direct.rule')];
}

/* --- each with the log ------------------------------------------------------------------------------- */

function byLog(scene) {
  const { say, all, places, topic } = scene;
  const drawn = links(all);
  const down = new Set(all.filter((one) => one.down).map(({ name }) => name));
  const partition = topic.partitions[0];
  const writers = drawn.filter(({ way }) => way === 'write').length;
  return half(scene, 'log', {
    title: say('log.title'), count: drawn.length, told: rich(say.parts('log.count', { count: drawn.length, writers, readers: drawn.length - writers }), h), formula: say('log.formula', { n: all.length, most: 2 * all.length }),
    lines: [
      drawn.map(({ name, way }) => {
        const both = drawn.filter((other) => other.name === name).length > 1;
        const kind = down.has(name) ? 'broken' : way === 'write' && partition.leader < 0 ? 'broken' : '';
        const more = { shift: both ? 7 : 0 };
        return way === 'write' ? arrow(`${name} write`, kind, places.get(name), LOG, { ...more, toBox: LOG }) : arrow(`${name} read`, kind, LOG, places.get(name), { ...more, fromBox: LOG });
      }),
      h('g', { key: 'log' }, h('title', {}, say('log.named', { topic: topic.name, end: partition.end })), tape(LOG, partition)),
    ],
    state: (one) => (one.down ? 'down' : ''), mark: (one) => (one.down ? '✕' : ''), badge: (one) => (one.lag && (one.down || one.lag >= BEHIND) ? `+${one.lag}` : ''),
    words: logWords(scene, partition),
  });
}

function logWords({ all, say, missed, topic }, partition) {
  const lines = [];
  if (partition.leader < 0) lines.push(['log.leaderless', {}]);
  for (const one of told(all, missed, null)) {
    const { name, lag, down, reads, writes, sent } = one.system;
    if (down && reads) lines.push(['log.waits', { name, lag }]);
    if (down && writes) lines.push(['log.kept', { name, sent }]);
    if (!down) lines.push([lag ? 'log.reading' : 'log.read', { name, lag, missed: one.missed.calls }]);
  }
  const failed = all.reduce((sum, one) => sum + one.failed, 0);
  if (lines.length) lines.push([failed ? 'log.failed' : 'log.nobody', { failed }]);
  return lines.length ? lines.map(([key, params]) => rich(say.parts(key, params), h)) : [say('log.rule', { topic: topic.name })];
}

/* --- what both halves have ----------------------------------------------------------------------------- */

/* Those to be spoken of: who is down, else who was down last and missed something. drawn: by which lines; null: by needs. */
function told(all, missed, drawn) {
  const of = (system) => ({ system, missed: missed.of(system, drawn ? drawn.filter(({ to }) => to === system.name).map(({ from }) => from) : system.needs) });
  const down = all.filter((one) => one.down);
  return down.length ? down.slice(0, TOLD_MAX).map(of) : all.map(of).filter((one) => one.missed?.back).slice(-1);
}

function half(scene, id, { title, count, told: counted, formula, lines, state, mark, badge, words }) {
  const { say, all, places, off } = scene;
  return h('section', { key: id, class: `fig-half ${id}`, 'data-testid': `wiring-${id}`, 'data-count': count, 'aria-labelledby': `fig-${id}` },
    h('h3', { id: `fig-${id}` }, title),
    h('svg', { class: 'fig-drawing', viewBox: `0 0 ${SIZE.w} ${SIZE.h}`, role: 'group', 'aria-label': say('drawing', { title }) },
      h('g', { 'aria-hidden': 'true' }, lines),
      all.map((one) => node({
        key: one.name, name: one.name, place: places.get(one.name), state: state(one), mark: mark(one), badge: badge(one), test: `${id}-${one.name}`, off,
        label: say(one.down ? 'wiring.up' : 'wiring.down', { name: `${one.name} ${badge(one)}`.trim(), lag: id === 'log' ? one.lag : 0 }), act: () => act(scene, turn(one)),
      }))),
    h('div', { class: 'fig-words' },
      h('p', { class: 'fig-count' }, counted), h('p', { class: 'fig-formula num' }, formula),
      h('div', { class: 'fig-told', role: 'status', 'data-testid': `${id}-told` }, words.map((line, i) => h('p', { key: i }, line)))));
}
