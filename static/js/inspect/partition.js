/* More of a partition: what each replica has and when it was heard of, the leaders so far, segments, configs. */
import './texts.js';
import { button, link } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { clock } from '../narration.js';
import { askWhy } from '../why/questions.js';
import { detail, missing, query } from './detail.js';

export function partitionMore({ topic, partition }, stage) {
  const { t } = stage;
  const found = detail(stage, `/inspect/partition${query({ topic, partition })}`);
  if (!found.data) {
    const [words, kind] = missing(found, t);
    return h('p', { key: 'more', class: kind }, words);
  }
  const { data } = found;
  return h('div', { key: 'more', 'data-testid': 'partition-more' },
    h('h4', { key: 'replicas-title' }, t('inspect.replicas')), replicas(data, stage),
    h('h4', { key: 'leaders-title' }, t('inspect.leaders')), epochs(data, stage), leaders(data, stage),
    h('h4', { key: 'segments-title' }, t('inspect.segments', { segments: data.segments_all })), segments(data, stage),
    configs(data.configs, stage));
}

/* Each replica's log as a bar on one scale, with its own high watermark; beside it what the leader knows of it. */
function replicas(data, stage) {
  const { t } = stage;
  const least = Math.min(...data.replicas.map((r) => r.start));
  const most = Math.max(1, ...data.replicas.map((r) => r.end));
  const at = (offset) => `${((offset - least) / Math.max(1, most - least)) * 100}%`;
  return h('ul', { key: 'replicas', class: 'plain replica-list', 'data-testid': 'inspect-replicas' }, data.replicas.map((r) => {
    const state = r.leader ? 'leader' : !r.alive ? 'dead' : r.in_sync ? 'in-sync' : 'out';
    return h('li', { key: r.broker, 'data-broker': r.broker, 'data-state': state },
      h('p', { class: 'replica-line' },
        button(`${r.leader ? '★ ' : ''}B${r.broker}`, () => stage.select({ kind: 'broker', id: r.broker }), { kind: r.leader ? 'link leader' : 'link' }),
        h('span', { class: 'muted' }, t(`replica.${state}`)),
        h('span', { class: 'num replica-end' }, t('inspect.replica.ends', { start: r.start, end: r.end, bytes: r.bytes })),
        !r.in_sync ? askWhy(stage, 'isr', { topic: data.topic, partition: data.partition }) : null),
      h('span', { class: `bar lane ${state}`, 'aria-hidden': 'true' },
        h('span', { class: 'bar-fill', vars: { '--from': at(r.start), '--to': at(r.end) } }),
        h('span', { class: 'bar-mark', vars: { '--from': at(r.hw) } })),
      h('small', { class: 'muted num' }, r.leader ? t('inspect.replica.hw', { hw: r.hw })
        : r.fetched_to === null ? t('inspect.replica.unheard', { hw: r.hw })
          : t('inspect.replica.heard', { hw: r.hw, fetched: r.fetched_to, ago: r.fetched_ms_ago, caught: r.caught_up_ms_ago ?? 0, max: data.lag_max_ms })));
  }));
}

/* The log as a ribbon of leader epochs: who led when which offsets were written. */
function epochs(data, stage) {
  const { t } = stage;
  if (!data.epochs.length) return null;
  const first = data.epochs[0].start;
  const last = Math.max(first + 1, data.epochs.at(-1).end);
  const who = new Map(data.leaders.map((one) => [one.epoch, one.leader]));
  return h('div', { key: 'epochs', class: 'ribbon', 'data-testid': 'epochs', role: 'img', 'aria-label': t('inspect.epochs.spoken', { epochs: data.epochs.length }) },
    data.epochs.map((e) => {
      const leader = who.get(e.epoch) ?? (e.epoch === data.epoch ? data.leader : e.epoch === 0 ? firstLeader(data) : null);
      return h('span', {
        key: e.epoch, class: 'epoch', vars: { '--share': Math.max(0.04, (e.end - e.start) / (last - first)) },
        title: t('inspect.epoch.title', { epoch: e.epoch, start: e.start, end: e.end, leader: leader ?? 0 }), 'data-epoch': e.epoch,
      }, h('b', {}, leader ? `B${leader}` : '?'), h('small', { class: 'num' }, t('inspect.epoch.short', { epoch: e.epoch, start: e.start })));
    }));
}

/* Whoever led before the first election that is known; without one, who leads now. */
const firstLeader = (data) => {
  const earliest = data.leaders.filter((one) => one.leader >= 0).at(-1);
  return earliest ? (earliest.why === 'created' ? earliest.leader : earliest.was > 0 ? earliest.was : null) : data.leader;
};

function leaders(data, stage) {
  const { t } = stage;
  const born = firstLeader(data);
  return h('ol', { key: 'leaders', class: 'leaders', 'data-testid': 'leaders' },
    data.leaders.map((one) => h('li', { key: one.n, 'data-n': one.n },
      button(clock(one.at_ms), () => stage.past.look({ step: one.step }), { kind: 'link when num', name: t('moment.look.at', { at: one.at_ms }), title: t('moment.look.why') }),
      h('span', {}, one.leader < 0 ? t('inspect.leader.none', { epoch: one.epoch }) : t('inspect.leader.was', { leader: one.leader, epoch: one.epoch, why: one.why })),
      askWhy(stage, 'event', { n: one.n }))),
    data.leaders.at(-1)?.why !== 'created' && born ? h('li', { key: 'first' }, h('span', { class: 'when num muted' }, t('inspect.leader.before')), h('span', {}, t('inspect.leader.first', { leader: born })),
      askWhy(stage, 'leader', { topic: data.topic, partition: data.partition })) : null);
}

function segments(data, stage) {
  const { t } = stage;
  const broker = data.leader > 0 ? data.leader : data.replicas.find((r) => r.end > 0)?.broker;
  if (!broker) return null;
  const most = Math.max(1, ...data.segments.map((s) => s.bytes));
  return h('ul', { key: 'segments', class: 'plain segments', 'data-testid': 'segments' }, [...data.segments].reverse().slice(0, 30).map((s) => h('li', { key: s.base },
    link(String(s.base).padStart(20, '0'), () => stage.select({ kind: 'segment', broker, topic: data.topic, partition: data.partition, base: s.base }), `segment-${s.base}`),
    h('span', { class: `bar segment-bar${s.active ? ' active' : ''}`, 'aria-hidden': 'true' }, h('span', { class: 'bar-fill', vars: { '--from': '0%', '--to': `${Math.max(2, (s.bytes / most) * 100)}%` } })),
    h('small', { class: 'num muted' }, t('inspect.segment.row', { offsets: s.next - s.base, bytes: s.bytes, active: s.active })))));
}

/* What was set for this topic first; all else, Kafka's defaults, behind a fold. */
export function configs(list, { t }) {
  const row = (c) => h('tr', { key: c.name, class: c.set ? 'set' : null },
    h('th', { scope: 'row' }, h('code', {}, c.name)), h('td', { class: 'num' }, readable(c.name, c.value, t)),
    h('td', { class: 'muted num' }, c.set && c.value !== c.default ? t('inspect.config.default', { value: readable(c.name, c.default, t) }) : ''));
  const table = (rows, test) => h('table', { class: 'configs', 'data-testid': test }, h('tbody', {}, rows.map(row)));
  const set = list.filter((c) => c.set);
  return h('div', { key: 'configs' },
    h('h4', {}, t('inspect.configs')),
    set.length ? table(set, 'configs-set') : h('p', { class: 'muted' }, t('inspect.configs.none')),
    h('details', {}, h('summary', {}, t('inspect.configs.all', { configs: list.length - set.length })), table(list.filter((c) => !c.set), 'configs-default')));
}

const DAY = 86_400_000;

/* A number people can read, beside the one that is set. */
export function readable(name, value, t) {
  const n = Number(value);
  if (!/^-?\d+$/.test(value)) return value;
  if (n < 0 || n > 9e15) return t('inspect.config.unlimited', { value });
  if (name.endsWith('.ms') && n >= 1000) return `${number(n)} (${n % DAY === 0 && n >= DAY ? t('inspect.days', { days: n / DAY }) : t('inspect.ms', { ms: n })})`;
  if (name.endsWith('bytes') && n >= 1024) return `${number(n)} (${size(n)})`;
  return number(n);
}

export const size = (bytes) => {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let at = 0;
  let left = bytes;
  while (left >= 1024 && at < units.length - 1) {
    left /= 1024;
    at += 1;
  }
  return `${number(Math.round(left * 10) / 10)} ${units[at]}`;
};
