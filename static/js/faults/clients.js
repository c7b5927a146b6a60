/* What can be done to a client, simulated or real. */
import { h } from '../dom.js';
import { amount, amountOf, deed, pick } from './parts.js';

const PAUSES = [1000, 7000, 30_000, 60_000];

function clientsOf(snapshot) {
  const found = new Map();
  for (const p of snapshot.producers) if (p.kind === 'sim') found.set(p.id, { name: p.id, kind: 'producer', running: p.running });
  for (const g of snapshot.groups) for (const m of g.members) if (m.kind === 'sim') found.set(m.client, { name: m.client, kind: 'consumer', running: m.running });
  for (const c of snapshot.clients ?? []) if (!found.has(c.client)) found.set(c.client, { name: c.client, kind: 'real' });
  return [...found.values()];
}

export function clientFaults(chosen, turn, stage) {
  const { t } = stage;
  const all = clientsOf(stage.snapshot);
  if (!all.length) return h('p', { class: 'muted' }, t('faults.client.none'));
  const client = all.find((c) => c.name === chosen.client) ?? all[0];
  return [
    pick(t('faults.client.which'), all.map((c) => [c.name, c.name]), client.name, (name) => turn({ client: name })),
    h('ul', { key: `deeds ${client.kind}`, class: 'deeds plain' }, deedsOf(client, turn, stage)),
    client.kind === 'real' ? h('p', { key: 'real', class: 'hint' }, t('faults.client.real')) : null,
  ];
}

/* To the section above, with this client at one end. */
function toLink(name, turn) {
  turn({ from: name, to: 'B1', half: false });
  document.getElementById('faults-link')?.scrollIntoView({ block: 'start' });
}

function deedsOf({ name, kind, running }, turn, stage) {
  const { t } = stage;
  const one = (id, sign, command, more = {}) => deed({ id, sign, words: t(`deed.${id}`), told: t(`deed.${id}.told`), act: typeof command === 'function' ? command : () => stage.order(command), ...more }, stage);
  const drop = one('drop', 'drop', { do: 'drop_client', client: name });
  if (kind === 'real') return [drop];
  const link = one('client-link', 'cut', () => toLink(name, turn));
  if (kind === 'producer') return [drop, link];
  return [
    drop,
    one('zombie', 'paused', () => stage.order({ do: 'pause_consumer', consumer: name, ms: amountOf('zombie-ms') }), {
      amount: amount('zombie-ms', t('deed.pause.ms'), PAUSES.map((ms) => [ms, t('fault.ms', { ms })]), 7000),
    }),
    running ? one('stall', 'stop', { do: 'stop_consumer', consumer: name }) : one('unstall', 'stop', { do: 'start_consumer', consumer: name }),
    one('kill', 'down', { do: 'crash_consumer', consumer: name }, { danger: true }),
    link,
  ];
}
