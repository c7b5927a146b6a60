/* What can be changed of a stream while it runs: a card for each thing, with what the change would be in the other ways. */
import { h } from '../dom.js';
import { active } from './calls.js';
import { KEY, tagRows } from './create.js';
import { open } from './hashes.js';
import { estimate, faultOfTags, METRICS, RECORD_KIB, RETENTION, SHARDS_MAX } from './limits.js';
import { card, choice, doing, form, labelled, refusal, rich, slot, toggle, typed } from './parts.js';
import { twinBox } from './twins.js';

export function configuration(desk, stream) {
  return [
    slot('busy', active(stream) ? null : h('p', { key: 'busy', class: 'k-note', role: 'status' }, rich(desk, 'config.busy', { status: stream.status }))),
    h('div', { key: 'cards', class: 'k-config' }, SETTINGS.map((setting) => one(desk, stream, setting))),
  ];
}

/* One card. setting: {id, fresh(stream), fields(desk, stream, draft), steps(stream, draft), fault(draft), now(desk, stream)}.
 * A draft is made anew when the stream has changed: what is typed was about how it was. */
function one(desk, stream, setting) {
  const { say } = desk;
  const key = `config ${stream.name} ${setting.id} ${JSON.stringify(setting.of(stream))}`;
  const draft = desk.draft(key, () => ({ ...setting.fresh(stream), sent: false }));
  const what = `config-${setting.id}`;
  const steps = setting.steps(stream, draft);
  const fault = setting.fault?.(stream, draft) ?? null;
  const submit = async () => {
    draft.sent = true;
    if (fault || !steps.length) return void desk.redraw();
    await desk.calls.run(what, steps);
  };
  return card({ title: say(`config.${setting.id}`), key: setting.id, test: what, note: say(`config.${setting.id}.told`) },
    form(desk, what, submit, { key, class: 'k-stack' },
      h('p', { key: 'now', class: 'k-setting', 'data-testid': `${what}-now` }, setting.now(desk, stream)),
      setting.fields(desk, stream, draft),
      fault && (draft.sent || steps.length) ? h('p', { key: 'fault', class: 'k-fault', role: 'alert' }, say(fault, { most: SHARDS_MAX })) : null,
      steps.length ? twinBox(desk, steps, { test: `${what}-twin` }) : null,
      h('p', { key: 'acts', class: 'k-acts end' }, steps.length ? null : h('span', { class: 'hint' }, say('config.same')), doing(desk, what, say('config.save'), null, { test: `${what}-send`, off: !steps.length || Boolean(fault) }))),
    refusal(desk, what));
}

const whole = (text, least, most) => /^\d+$/.test(String(text)) && Number(text) >= least && Number(text) <= most;
const named = (stream) => ({ StreamName: stream.name });
const range = (desk, draft, name, label, props, hint) => labelled(`g-${name}`, desk.say(label), typed(desk, draft, name, { type: 'number', inputmode: 'numeric', step: '1', class: 'short', 'data-testid': `set-${name}`, ...props }), { hint });

const SETTINGS = [
  {
    id: 'capacity',
    of: (stream) => [stream.mode, open(stream).length],
    fresh: (stream) => ({ mode: stream.mode, shards: String(open(stream).length) }),
    now: (desk, stream) => rich(desk, 'config.capacity.now', { mode: desk.say(`mode.${stream.mode}`), shards: open(stream).length }),
    fields: (desk, stream, draft) => [
      choice(desk, draft, 'mode', ['ON_DEMAND', 'PROVISIONED'].map((mode) => [mode, desk.say(`mode.${mode}`)]), desk.say('mode')),
      draft.mode === 'PROVISIONED' && stream.mode === 'PROVISIONED' ? [range(desk, draft, 'shards', 'shards', { min: '1', max: String(SHARDS_MAX) }, carries(desk, draft)),
        h('p', { key: 'rule', class: 'hint' }, desk.say('config.capacity.rule', { least: Math.ceil(open(stream).length / 2), most: open(stream).length * 2 }))] : null,
    ],
    fault: (_, draft) => (draft.mode === 'PROVISIONED' && !whole(draft.shards, 1, SHARDS_MAX) ? 'fault.shards.shards' : null),
    steps: (stream, draft) => {
      if (draft.mode !== stream.mode) return [{ operation: 'UpdateStreamMode', parameters: { StreamARN: stream.arn, StreamModeDetails: { StreamMode: draft.mode } } }];
      if (draft.mode === 'ON_DEMAND' || Number(draft.shards) === open(stream).length) return [];
      return [{ operation: 'UpdateShardCount', parameters: { ...named(stream), TargetShardCount: Number(draft.shards), ScalingType: 'UNIFORM_SCALING' } }];
    },
  },
  {
    id: 'retention',
    of: (stream) => stream.retention_hours,
    fresh: (stream) => ({ hours: String(stream.retention_hours) }),
    now: (desk, stream) => rich(desk, 'config.retention.now', { hours: stream.retention_hours }),
    fields: (desk, _, draft) => range(desk, draft, 'hours', 'config.hours', { min: RETENTION.least, max: RETENTION.most }, desk.say('config.hours.hint', { days: Math.round(Number(draft.hours) / 2.4) / 10 || 0 })),
    fault: (_, draft) => (whole(draft.hours, RETENTION.least, RETENTION.most) ? null : 'fault.hours'),
    steps: (stream, draft) => {
      const RetentionPeriodHours = Number(draft.hours);
      if (RetentionPeriodHours === stream.retention_hours) return [];
      return [{ operation: RetentionPeriodHours > stream.retention_hours ? 'IncreaseStreamRetentionPeriod' : 'DecreaseStreamRetentionPeriod', parameters: { ...named(stream), RetentionPeriodHours } }];
    },
  },
  {
    id: 'encryption',
    of: (stream) => [stream.encryption, stream.key_id],
    fresh: (stream) => ({ on: stream.encryption === 'KMS', key: stream.key_id || KEY }),
    now: (desk, stream) => rich(desk, `config.encryption.${stream.encryption}`, { key: stream.key_id ?? '' }),
    fields: (desk, stream, draft) => [toggle(desk, draft, 'on', desk.say('encryption.toggle'), { 'data-testid': 'set-encryption' }),
      draft.on && stream.encryption !== 'KMS' ? labelled('g-key', desk.say('config.key'), typed(desk, draft, 'key', { class: 'mono', maxlength: 2048 }), { hint: desk.say('config.key.hint') }) : null],
    steps: (stream, draft) => {
      if (draft.on === (stream.encryption === 'KMS')) return [];
      return [{ operation: draft.on ? 'StartStreamEncryption' : 'StopStreamEncryption', parameters: { ...named(stream), EncryptionType: 'KMS', KeyId: draft.on ? draft.key.trim() || KEY : stream.key_id } }];
    },
  },
  {
    id: 'metrics',
    of: (stream) => stream.metrics,
    fresh: (stream) => Object.fromEntries(METRICS.map((name) => [name, stream.metrics.includes(name)])),
    now: (desk, stream) => rich(desk, 'config.metrics.now', { on: stream.metrics.length, all: METRICS.length }),
    fields: (desk, _, draft) => h('div', { key: 'list', class: 'k-metric-list', role: 'group', 'aria-label': desk.say('config.metrics') },
      METRICS.map((name) => toggle(desk, draft, name, [desk.say(`metric.${name}`), ' ', h('code', { class: 'muted' }, name)], { 'data-testid': `set-${name}` }))),
    steps: (stream, draft) => {
      const on = METRICS.filter((name) => draft[name] && !stream.metrics.includes(name));
      const off = METRICS.filter((name) => !draft[name] && stream.metrics.includes(name));
      const every = (list) => (list.length === METRICS.length ? ['ALL'] : list);
      const step = (operation, list) => ({ operation, parameters: { ...named(stream), ShardLevelMetrics: every(list) } });
      const steps = [];
      if (off.length) steps.push(step('DisableEnhancedMonitoring', off));
      if (on.length && off.length) steps.push({ wait: 'stream_exists', parameters: named(stream), until: (now) => active(now) && !off.some((name) => now.metrics.includes(name)) });
      if (on.length) steps.push(step('EnableEnhancedMonitoring', on));
      return steps;
    },
  },
  {
    id: 'tags',
    of: (stream) => stream.tags,
    fresh: (stream) => ({ tags: Object.entries(stream.tags).map((pair) => [...pair]) }),
    now: (desk, stream) => Object.entries(stream.tags).map(([key, value]) => h('span', { key, class: 'k-chip' }, h('b', {}, key), value ? ` ${value}` : '')).concat(Object.keys(stream.tags).length ? [] : [desk.say('config.tags.none')]),
    fields: (desk, _, draft) => tagRows(desk, draft),
    fault: (_, draft) => (faultOfTags(draft.tags) ? `fault.tags.${faultOfTags(draft.tags)}` : null),
    steps: (stream, draft) => {
      const wanted = Object.fromEntries(draft.tags.filter(([key]) => key));
      const gone = Object.keys(stream.tags).filter((key) => !(key in wanted));
      const fresh = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => stream.tags[key] !== value));
      return [
        gone.length ? { operation: 'RemoveTagsFromStream', parameters: { ...named(stream), TagKeys: gone } } : null,
        Object.keys(fresh).length ? { operation: 'AddTagsToStream', parameters: { ...named(stream), Tags: fresh } } : null,
      ].filter(Boolean);
    },
  },
  {
    id: 'size',
    of: (stream) => stream.max_record_kib,
    fresh: (stream) => ({ kib: String(stream.max_record_kib) }),
    now: (desk, stream) => rich(desk, 'config.size.now', { kib: stream.max_record_kib }),
    fields: (desk, _, draft) => range(desk, draft, 'kib', 'config.kib', { min: RECORD_KIB.least, max: RECORD_KIB.most }),
    fault: (_, draft) => (whole(draft.kib, RECORD_KIB.least, RECORD_KIB.most) ? null : 'fault.kib'),
    steps: (stream, draft) => (Number(draft.kib) === stream.max_record_kib ? [] : [{ operation: 'UpdateMaxRecordSize', parameters: { StreamARN: stream.arn, MaxRecordSizeInKiB: Number(draft.kib) } }]),
  },
];

function carries(desk, draft) {
  const { in_mb, in_records, out_mb } = estimate(Number(draft.shards) || 0);
  return desk.say('config.carries', { in_mb, in_records, out_mb });
}
