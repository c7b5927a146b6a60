/* What can be done to a broker. */
import { h } from '../dom.js';
import { amount, amountOf, deed, pick } from './parts.js';
import { brokerOf, faultsOf } from './words.js';

const PAUSES = [500, 3000, 10_000, 30_000];
const FSYNCS = [50, 500, 2000, 10_000];
const SKEWS = [-60_000, -5_000, 5_000, 60_000];

export function brokerFaults(chosen, turn, stage) {
  const { t, snapshot } = stage;
  const all = snapshot.brokers;
  const id = brokerOf(chosen.node ?? '') ?? all[0].id;
  const broker = all.find((b) => b.id === id) ?? all[0];
  const down = broker.state === 'crashed' || broker.state === 'stopped';
  return [
    pick(t('faults.broker.which'), all.map((b) => [`B${b.id}`, all.length > 6 ? `B${b.id}` : t('broker.title', { id: b.id }), b.state]), `B${broker.id}`, (node) => turn({ node })),
    h('ul', { key: `deeds ${down}`, class: 'deeds plain' }, down ? [start(broker.id, stage), ...disks(broker.id, stage)] : running(broker.id, stage)),
  ];
}

const start = (id, stage) => deed({ id: 'start', sign: 'down', words: stage.t('broker.start'), told: stage.t('deed.start.told'), act: () => stage.order({ do: 'start_broker', broker: id }) }, stage);

function running(broker, stage) {
  const { t } = stage;
  const order = (what, more = {}) => () => stage.order({ do: what, broker, ...more });
  const time = (ms) => t('fault.ms', { ms });
  const one = (id, sign, act, more = {}) => deed({ id, sign, words: t(`deed.${id}`), told: t(`deed.${id}.told`), act, ...more }, stage);
  return [
    one('stop', 'stop', order('stop_broker')),
    one('crash', 'down', order('crash_broker'), { danger: true }),
    one('power', 'plug', order('power_off_broker'), { danger: true }),
    one('pause', 'paused', () => order('pause_broker', { ms: amountOf('pause-ms') })(), { amount: amount('pause-ms', t('deed.pause.ms'), PAUSES.map((ms) => [ms, time(ms)]), 3000) }),
    one('isolate', 'isolated', order('isolate_broker')),
    ...disks(broker, stage),
    one('skew', 'skewed_clock', () => order('skew_clock', { ms: amountOf('skew-ms') })(), {
      amount: amount('skew-ms', t('deed.skew.ms'), SKEWS.map((ms) => [ms, t('deed.skew.by', { ms: Math.abs(ms), sign: ms < 0 ? 'behind' : 'ahead' })]), 5000),
    }),
  ];
}

/* A disk outlives its broker: it can be filled and mended while that is down. */
function disks(broker, stage) {
  const { t, snapshot } = stage;
  const has = (kind) => faultsOf(snapshot).some((fault) => fault.kind === kind && fault.node === `B${broker}`);
  const order = (what, more = {}) => () => stage.order({ do: what, broker, ...more });
  const one = (id, sign, act, more = {}) => deed({ id, sign, words: t(`deed.${id}`), told: t(`deed.${id}.told`), act, ...more }, stage);
  return [
    one('slow', 'slow_disk', () => order('slow_disk', { ms: amountOf('slow-ms') })(), { amount: amount('slow-ms', t('deed.slow.ms'), FSYNCS.map((ms) => [ms, t('fault.ms', { ms })]), 500) }),
    has('full_disk') ? one('free', 'full_disk', order('free_disk')) : one('fill', 'full_disk', order('fill_disk')),
    has('broken_disk') ? one('mend', 'broken_disk', order('fail_disk', { mended: true })) : one('break', 'broken_disk', order('fail_disk'), { danger: true }),
  ];
}
