/* "Why?" and "why not?": what the state says, then the chain of causes backwards, each link a milestone of the engine
 * that is a click away from the stage as it was then, and between two links what the agenda really did. */
import '../inspect/texts.js';
import { button, link, sentence } from '../controls.js';
import { h } from '../dom.js';
import { tell, tellWhy } from '../i18n.js';
import { missing, pinned, query } from '../inspect/detail.js';
import { head } from '../inspect/head.js';
import { glyph } from '../log.js';
import { clock } from '../narration.js';
import { askWhy, namesOf } from './questions.js';

export function whyPage(chosen, stage) {
  const { t } = stage;
  const names = namesOf(chosen);
  if (!names) return null;
  const path = `/why/${chosen.about}${query(names)}`;
  const found = pinned(stage, chosen, path, { ever: chosen.about === 'event' }); // its causes do not change any more
  return [
    ...head(stage, chosen, sentence([{ text: t(`why.title.${chosen.about}`, names) }])),
    h('div', { key: 'answer', class: 'why', 'aria-busy': String(!found.data), 'data-testid': 'why' }, found.data ? answer(found.data, stage, () => again(stage, chosen, path)) : wait(found, t)),
  ];
}

export function whynotPage(chosen, stage) {
  const { t } = stage;
  const names = namesOf(chosen);
  if (!names) return null;
  const path = `/whynot/${chosen.about}${query(names)}`;
  const found = pinned(stage, chosen, path);
  return [
    ...head(stage, chosen, sentence([{ text: t(`whynot.title.${chosen.about}`, names) }])),
    h('div', { key: 'answer', class: 'why', 'aria-busy': String(!found.data), 'data-testid': 'whynot' },
      found.data ? [findings(found.data.findings, stage), as(found.data, stage, () => again(stage, chosen, path))] : wait(found, t)),
  ];
}

function wait(found, t) {
  const [words, kind] = missing(found, t);
  return h('p', { class: kind, role: kind === 'bad' ? 'alert' : null, 'data-testid': 'why-wait' }, words);
}

function again(stage, chosen, path) {
  pinned(stage, chosen, path, { again: true });
  stage.redraw();
}

function answer(data, stage, anew) {
  const { t } = stage;
  const told = data.findings.length > 0;
  return [
    told ? findings(data.findings, stage) : null,
    data.chain.length ? h('h4', { key: 'chain-title' }, t(told ? 'why.chain' : 'why.chain.alone')) : null,
    data.chain.length
      ? h('ol', { key: 'chain', class: 'why-chain', 'data-testid': 'why-chain' }, data.chain.map((one, i) => step(one, data.chain[i + 1], stage)), origin(data, stage))
      : told ? null : h('p', { key: 'nothing', class: 'hint' }, t('why.nothing')),
    as(data, stage, anew),
  ];
}

/* Of which moment this is said; and, when another one is seen, a way to ask about that. */
const as = (data, { t, snapshot }, anew) => h('p', { key: 'as', class: 'muted num as-of', 'data-testid': 'why-as', 'data-step': data.step }, t('inspect.as', { at: data.at_ms }), ' ',
  data.step === snapshot.step || data.about === 'event' ? null : button(t('inspect.again', { at: snapshot.at_ms }), anew, { kind: 'small', test: 'why-again' }));

export function findings(list, stage) {
  const { t } = stage;
  return h('ul', { key: 'findings', class: 'findings', 'data-testid': 'findings' }, list.map((one, i) => h('li', {
    key: `${one.code} ${i}`, class: one.ok ? 'fine' : i === 0 ? 'main' : null, 'data-code': one.code,
  },
  h('span', { class: 'finding-mark', 'aria-hidden': 'true' }, one.ok ? '✓' : i === 0 ? '!' : '·'),
  h('div', {}, h('p', {}, sentence(tellWhy(one))),
    one.why || one.select ? h('p', { class: 'ways' },
      one.why ? askWhy(stage, one.why.about, one.why, { words: t('ask.why.so'), test: 'finding-why' }) : null,
      one.select ? link(t(`open.${one.select.kind}`, one.select), () => stage.select(one.select), 'finding-open') : null) : null))));
}

/* One milestone; under it how the next one in the list led to it. */
function step({ event, via, entries, witness }, cause, stage) {
  const { t } = stage;
  return h('li', { key: event.n, class: `cause ${event.mark}`, 'data-n': event.n, 'data-code': event.code },
    h('span', { class: `kind ${event.mark}`, 'aria-hidden': 'true' }, glyph(event.mark)),
    h('div', { class: 'cause-body' },
      h('p', { class: 'cause-say' },
        button(clock(event.at_ms), () => stage.lookAt(event), { kind: 'link when num', name: t('moment.look.at', { at: event.at_ms }), title: t('moment.look.why'), test: 'cause-look' }),
        ' ', sentence(tell(event))),
      witness ? h('p', { class: 'witness' }, sentence(tellWhy(witness))) : null,
      entries.length ? h('details', { class: 'agenda' },
        h('summary', {}, t('why.agenda', { entries: entries.length })),
        h('ol', { class: 'entries', 'data-testid': 'why-entries' }, entries.map((one) => entry(one, event, stage)))) : null,
      via ? h('p', { class: 'via' }, h('span', { class: 'via-arrow', 'aria-hidden': 'true' }, '↑ '), sentence(tellWhy(via)), ' ',
        cause ? h('small', { class: 'muted num' }, t('why.after', { after: Math.max(0, event.at_ms - cause.event.at_ms) })) : null) : null));
}

/* An entry of the agenda: who asked whom what, or which alarm rang. */
function entry(one, event, { t }) {
  const kind = ['request', 'response', 'frame', 'alarm', 'order', 'opened', 'synced'].includes(one.kind) ? one.kind : 'other';
  return h('li', { key: one.n, 'data-kind': one.kind }, h('span', { class: 'num when' }, t('why.before', { before: Math.max(0, event.at_ms - one.at_ms) })), ' ',
    h('span', {}, sentence(tellWhy({ code: `entry.${kind}`, params: { from: called(one.from), node: called(one.node), name: one.name, travelled: Math.max(0, one.at_ms - one.sent_ms) } }))));
}

/* A simulated client's node by its own name. */
const called = (node) => node.replace(/^(consumer|producer):/, '');

function origin({ origin: from, chain }, stage) {
  if (!from) return null;
  const { t } = stage;
  const { command } = from;
  const name = command ? t(`do.${command.do}`) : '';
  const params = { ...from.params, ...(from.params.node ? { node: called(from.params.node) } : {}), name: name || from.params.name, event: chain.at(-1).event.code };
  return h('li', { key: 'origin', class: 'origin', 'data-code': from.code, 'data-testid': 'why-origin' },
    h('span', { class: 'kind', 'aria-hidden': 'true' }, '◦'),
    h('div', { class: 'cause-body' }, h('p', {}, sentence(tellWhy({ code: from.code, params }))),
      command ? h('p', {}, h('code', {}, JSON.stringify(command))) : null));
}

