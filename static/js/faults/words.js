/* A fault of the snapshot in words, how it is undone, and its drawing. Nothing here remembers what was done: what the
 * state says is wrong is wrong, what it does not say is over. */
import { h } from '../dom.js';
import { clock } from '../narration.js';

const PATHS = {
  faults: 'M9 1.5 3.5 9H7.5l-1 5.5L12.5 7H8.5z',
  paused: 'M5 3.5v9M11 3.5v9',
  slow_disk: 'M8 14a6 6 0 1 0-6-6M8 4.5V8l-3 2M2 12.5v1.5M4.6 13.2',
  full_disk: 'M2.5 4c0-1.2 2.5-2 5.5-2s5.5.8 5.5 2v8c0 1.2-2.5 2-5.5 2s-5.5-.8-5.5-2zM2.5 4c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2M5 9.5h6M5 11.5h6',
  broken_disk: 'M2.5 4c0-1.2 2.5-2 5.5-2s5.5.8 5.5 2v8c0 1.2-2.5 2-5.5 2s-5.5-.8-5.5-2zM9 5.5 6.5 8.5h3L7 12',
  skewed_clock: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM8 4.6V8l3.2 1.6M11.5 1.2l3 2.6',
  isolated: 'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  cut: 'M1.5 8h4M10.5 8h4M6.3 5.2l3.4 5.6M9.7 5.2 6.3 10.8',
  delayed: 'M1.5 11.5h13M12 9l2.5 2.5L12 14M4.5 2h5M4.5 8h5M5 2c0 2 4 4 4 6M9 2c0 2-4 4-4 6',
  down: 'M4 4l8 8M12 4l-8 8',
  plug: 'M6 1.5v3.5M10 1.5v3.5M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5v3',
  stop: 'M4.2 4.2h7.6v7.6H4.2z',
  drop: 'M2 10.5 6 6.5M10 9.5 14 5.5M5 3.5 6 6M11 12.5 10 10M3.2 9.4a2.2 2.2 0 0 0 3.2 3.2M12.8 6.6a2.2 2.2 0 0 0-3.2-3.2',
};

export const icon = (kind) => h('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, h('path', { d: PATHS[kind] ?? PATHS.faults }));

export const brokerOf = (node) => (/^B\d+$/.test(node) ? Number(node.slice(1)) : null);
export const isController = (node) => /^C\d+$/.test(node);

/* "Broker 2", "the controller", a client's own name. */
export function nodeName(node, { t, snapshot }) {
  if (snapshot.producers.some((p) => p.id === node) || snapshot.groups.some((g) => g.members.some((m) => m.client === node))) return node;
  const broker = brokerOf(node);
  if (broker !== null) return t('broker.title', { id: broker });
  return isController(node) ? t('controller') : node;
}

export function wordsOf(fault, stage) {
  const { t } = stage;
  return t(`fault.active.${fault.kind}`, { ...fault, other: fault.other ?? '', both: String(fault.both), until: fault.until_ms === undefined ? '' : clock(fault.until_ms) });
}

/* The command that ends it. */
export function undoOf({ kind, node, other }) {
  const broker = brokerOf(node);
  switch (kind) {
    case 'paused': return { do: 'end_pause', node };
    case 'slow_disk': return { do: 'slow_disk', broker, ms: 0 };
    case 'full_disk': return { do: 'free_disk', broker };
    case 'broken_disk': return { do: 'fail_disk', broker, mended: true };
    case 'skewed_clock': return { do: 'skew_clock', broker };
    case 'down': return { do: 'start_broker', broker };
    case 'isolated': return { do: 'heal_links', node };
    default: return { do: 'heal_links', node, other };
  }
}

export const faultsOf = (snapshot) => snapshot.faults ?? [];
export const touches = (fault, node) => fault.node === node || fault.other === node;
export const keyOf = ({ kind, node, other = '' }) => `${kind} ${node} ${other}`;

/* All that can be undone now, brokers that are down included. */
export function undoable(snapshot) {
  const down = snapshot.brokers.filter((b) => b.state === 'crashed' || b.state === 'stopped');
  return [...down.map((b) => ({ kind: 'down', node: `B${b.id}` })), ...faultsOf(snapshot)];
}

/* End all of it, in an order that makes sense: machines first, then what is between them. */
export async function undoAll(stage) {
  const all = undoable(stage.snapshot);
  const links = all.filter(({ kind }) => ['cut', 'delayed', 'isolated'].includes(kind));
  for (const fault of all) if (!links.includes(fault)) await stage.order(undoOf(fault));
  if (links.length) await stage.order({ do: 'heal_links' });
}

/* What is chosen at this very moment: the picture may be a frame behind a choice, and no deed may follow an older one. */
export const chosenNow = (chosen, { view }) => (view.selected?.kind === chosen.kind ? view.selected : chosen);
