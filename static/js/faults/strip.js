/* What is wrong just now, always in sight: beside the views, a way to the faults; below, a chip for each one that is
 * active, with its undo. On a broker's card: small signs of the same. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { faultsOf, icon, keyOf, nodeName, touches, undoAll, undoOf, wordsOf } from './words.js';

const CHIPS_MAX = 6; // the rest is a press away

export function faultStrip(snapshot, stage) {
  const { t } = stage;
  const active = faultsOf(snapshot);
  const shown = active.slice(0, CHIPS_MAX);
  return [
    active.length > 1 ? h('span', { key: 'all', class: 'undo-all' }, button(t('faults.undo.all'), () => undoAll(stage), { kind: 'small', test: 'faults-undo-all', held: stage.held })) : null,
    h('button', {
      key: 'open', type: 'button', id: 'faults-open', class: active.length ? 'faults-open alarmed' : 'faults-open', 'data-testid': 'faults-open', title: `${t('faults.told')} (F)`,
      'aria-keyshortcuts': 'F', on: { click: () => stage.select({ kind: 'faults' }, true) },
    }, icon('faults'), h('span', {}, active.length ? t('faults.active', { active: active.length }) : t('faults'))),
    active.length ? h('ul', { key: 'chips', class: 'fault-chips plain', 'aria-label': t('faults.now') }, shown.map((fault) => chip(fault, stage)),
      active.length > shown.length ? h('li', { key: 'more', class: 'muted' }, t('faults.more', { more: active.length - shown.length })) : null) : null,
  ];
}

function chip(fault, stage) {
  const { t } = stage;
  const words = wordsOf(fault, stage);
  return h('li', { key: keyOf(fault), class: 'fault-chip', 'data-fault': fault.kind, 'data-node': fault.node, 'data-other': fault.other ?? null },
    h('button', { type: 'button', class: 'fault-words', on: { click: () => stage.select(pageOf(fault), true) } }, icon(fault.kind), h('span', {}, words)),
    button(t('fault.undo'), () => stage.order(undoOf(fault)), { kind: 'small undo', name: t('fault.undo.name', { what: words }), test: 'fault-undo', held: stage.held }));
}

const pageOf = ({ kind, node, other }) => (other ? { kind: 'faults', from: node, to: other } : kind === 'paused' && !/^B\d+$/.test(node) ? { kind: 'faults', client: node } : { kind: 'faults', node });

/* On a broker's card, the way to what can be done to it; while something is wrong, signs of that, one a kind. */
export function faultWay(broker, snapshot, stage, quiet = false) {
  const { t } = stage;
  const node = `B${broker.id}`;
  const mine = faultsOf(snapshot).filter((fault) => touches(fault, node));
  if (quiet && !mine.length) return null;
  const kinds = [...new Set(mine.map((fault) => fault.kind))];
  const told = [t('faults.of', { node: nodeName(node, stage) }), ...mine.map((fault) => wordsOf(fault, stage))];
  return button(kinds.length ? kinds.map((kind) => h('span', { key: kind, class: `fault-mark ${kind}` }, icon(kind))) : icon('faults'), () => stage.select({ kind: 'faults', node }, true), {
    kind: 'small quiet fault-way', name: told.join('. '), title: told.join('\n'), test: `broker-${broker.id}-faults`,
  });
}

/* The same from a client's page, and the one that is most used at hand. */
export function clientWays(client, stage, host = null) {
  const { t } = stage;
  return h('p', { key: 'faults', class: 'actions' },
    button(t('fault.drop'), () => stage.order({ do: 'drop_client', client, ...(host ? { host } : {}) }), { title: t('fault.drop.told'), test: 'client-drop', held: stage.held }),
    button(t('faults.more.way'), () => stage.select({ kind: 'faults', client }, true), { kind: 'quiet', test: 'client-faults' }));
}
