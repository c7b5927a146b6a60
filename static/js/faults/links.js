/* What can be done to a link between two nodes: a map of the nodes to choose them from, and the same as two lists. */
import { field } from '../controls.js';
import { h } from '../dom.js';
import { amount, amountOf, deed } from './parts.js';
import { board } from './board.js';
import { brokerOf, chosenNow, faultsOf, isController, nodeName } from './words.js';

const DELAYS = [50, 200, 1000, 5000];

/* All that have links which can be cut: the controller, brokers, simulated clients. Real ones come over real wires. */
export function nodesOf(snapshot) {
  const clients = [...snapshot.producers.filter((p) => p.kind === 'sim').map((p) => p.id), ...snapshot.groups.flatMap((g) => g.members.filter((m) => m.kind === 'sim').map((m) => m.client))];
  return { inside: [`C${snapshot.controller.id}`, ...snapshot.brokers.map((b) => `B${b.id}`)], clients };
}

function endsOf(chosen, { inside, clients }) {
  const all = [...inside, ...clients];
  const from = all.includes(chosen.from) ? chosen.from : chosen.to && all.includes(chosen.to) ? inside.find((n) => n !== chosen.to) : inside[1];
  const to = all.includes(chosen.to) && chosen.to !== from ? chosen.to : chosen.half ? null : inside.find((n) => n !== from && n !== inside[0]) ?? inside[0];
  return [from, to];
}

export function linkFaults(chosen, turn, stage) {
  const { t, snapshot } = stage;
  const { inside, clients } = nodesOf(snapshot);
  const all = [...inside, ...clients];
  const now = () => endsOf(chosenNow(chosen, stage), nodesOf(stage.snapshot));
  const [from, to] = endsOf(chosen, { inside, clients });
  const press = (node) => turn(chosen.half && node !== from ? { to: node, half: false } : { from: node, to: null, half: true });
  const end = (name, value, without, act) => field(t(`link.${name}`), {
    name: `link-${name}`, value: value ?? '', 'data-testid': `link-${name}`, options: [...(value ? [] : [['', '…']]), ...all.filter((n) => n !== without).map((n) => [n, nodeName(n, stage)])], on: { change: (e) => act(e.target.value) },
  });
  return [
    board({ inside, clients: clients.filter((n) => [from, to].includes(n) || faultsOf(snapshot).some((f) => f.other && [f.node, f.other].includes(n))), from, to, press }, stage),
    h('p', { key: 'way', class: 'muted' }, t(chosen.half ? 'link.second' : 'link.choose')),
    h('div', { key: 'ends', class: 'pair' },
      end('from', from, null, (node) => turn({ from: node, to: swapped(node, now()), half: false })),
      end('to', to, from, (node) => turn({ to: node, from: now()[0], half: false }))),
    to ? deeds(from, to, now, stage) : null,
  ];
}

/* The other end, when one is chosen: an end cannot be both. */
const swapped = (node, [from, to]) => (node === to ? from : to);

function deeds(from, to, now, stage) {
  const { t, snapshot } = stage;
  const wrong = faultsOf(snapshot).some((f) => f.other && [f.node, f.other].includes(from) && [f.node, f.other].includes(to))
    || faultsOf(snapshot).some((f) => f.kind === 'isolated' && [from, to].includes(f.node));
  const order = (what, more = {}) => () => {
    const [source, target] = now();
    if (target) stage.order({ do: what, source, target, ...more });
  };
  const names = { from: nodeName(from, stage), to: nodeName(to, stage) };
  const one = (id, sign, act, more = {}) => deed({ id, sign, words: t(`deed.${id}`, names), told: t(`deed.${id}.told`, names), act, ...more }, stage);
  return [
    h('p', { key: 'means', class: 'hint' }, t(`link.means.${between(from, to)}`, names)),
    h('ul', { key: 'deeds', class: 'deeds plain' },
      one('cut', 'cut', order('cut_link')),
      one('cut-one', 'cut', order('cut_link', { both: false })),
      one('delay', 'delayed', () => order('delay_link', { ms: amountOf('delay-ms') })(), { amount: amount('delay-ms', t('deed.delay.ms'), DELAYS.map((ms) => [ms, `+${t('fault.ms', { ms })}`]), 200) }),
      wrong ? one('heal', 'delayed', () => stage.order({ do: 'heal_links', node: now()[0], other: now()[1] })) : null),
  ];
}

function between(from, to) {
  if ([from, to].some(isController)) return [from, to].some((n) => brokerOf(n) !== null) ? 'controller' : 'nothing';
  const brokers = [from, to].filter((n) => brokerOf(n) !== null).length;
  return { 2: 'brokers', 1: 'client', 0: 'nothing' }[brokers];
}
