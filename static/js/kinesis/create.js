/* "Criar fluxo de dados": the form of the lecture. Three of its choices are requests of their own in the API, made once
 * the stream is there; what it all is in the other ways stands below, and changes while one types. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { active } from './calls.js';
import { estimate, faultOfName, faultOfTags, ON_DEMAND_SHARDS, SHARDS_MAX } from './limits.js';
import { card, choice, doing, form, labelled, refusal, rich, toggle, typed, way } from './parts.js';

export const KEY = 'alias/aws/kinesis';
const fresh = () => ({ name: '', mode: 'PROVISIONED', shards: '4', encrypted: false, metrics: false, tags: [], sent: false });

/* The steps of a draft. */
export function stepsOf(draft) {
  const name = draft.name || 'meu-stream';
  const tags = draft.tags.filter(([key]) => key);
  const stream = { StreamName: name };
  const steps = [{ operation: 'CreateStream', parameters: {
    ...stream,
    ...(draft.mode === 'PROVISIONED' ? { ShardCount: Number(draft.shards) || 1 } : { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
    ...(tags.length ? { Tags: Object.fromEntries(tags) } : {}),
  } }];
  if (!draft.encrypted && !draft.metrics) return steps;
  const wait = (until = active) => ({ wait: 'stream_exists', parameters: stream, until });
  steps.push(wait());
  if (draft.encrypted) steps.push({ operation: 'StartStreamEncryption', parameters: { ...stream, EncryptionType: 'KMS', KeyId: KEY } });
  if (draft.encrypted && draft.metrics) steps.push(wait((one) => active(one) && one.encryption === 'KMS'));
  if (draft.metrics) steps.push({ operation: 'EnableEnhancedMonitoring', parameters: { ...stream, ShardLevelMetrics: ['ALL'] } });
  return steps;
}

/* What is wrong with a draft: {name, shards, tags}, each a key of the texts or null. */
export function faultsOf(draft) {
  const shards = Number(draft.shards);
  return {
    name: faultOfName(draft.name),
    shards: draft.mode === 'ON_DEMAND' || (Number.isInteger(shards) && shards >= 1 && shards <= SHARDS_MAX) ? null : 'shards',
    tags: faultOfTags(draft.tags.filter(([key, value]) => key || value)),
  };
}

export function createPage(desk) {
  const { say } = desk;
  const draft = desk.draft('create', fresh);
  const faults = faultsOf(draft);
  desk.preview = { test: 'create-twin', steps: stepsOf(draft) };
  const shown = (which) => (faults[which] && (draft.sent || (which === 'name' && draft.name)) ? say(`fault.${which}.${faults[which]}`, { most: SHARDS_MAX }) : null);
  return form(desk, 'create', () => send(desk, draft, faults), { class: 'k-create', 'data-testid': 'create-form', 'aria-labelledby': 'create-title' },
    h('div', { key: 'head', class: 'k-head' }, h('div', {}, h('h1', { id: 'create-title', tabindex: '-1' }, say('create')), h('p', { class: 'lead' }, rich(desk, 'create.lead')))),
    card({ title: say('create.name'), key: 'name' },
      labelled('k-name', say('name'), typed(desk, draft, 'name', { name: 'name', maxlength: 200, placeholder: 'ftf-meu-stream', required: true, class: 'mono', 'data-testid': 'name' }), { hint: say('name.hint'), fault: shown('name') })),
    card({ title: say('create.capacity'), key: 'capacity' },
      labelled('k-mode', say('mode'), choice(desk, draft, 'mode', ['ON_DEMAND', 'PROVISIONED'].map((mode) => [mode, say(`mode.${mode}`), say(`mode.${mode}.told`)]), say('mode')), { tag: 'span' }),
      draft.mode === 'PROVISIONED' ? labelled('k-shards', say('shards'), typed(desk, draft, 'shards', { name: 'shards', type: 'number', min: '1', max: String(SHARDS_MAX), step: '1', inputmode: 'numeric', class: 'short', 'data-testid': 'shards' }), { hint: say('shards.hint'), fault: shown('shards') }) : null,
      throughput(desk, draft)),
    card({ title: say('create.more'), key: 'more', note: say('create.more.told') },
      labelled('k-encrypted', say('encryption'), h('div', {}, toggle(desk, draft, 'encrypted', say('encryption.toggle'), { 'data-testid': 'encrypted' }), h('p', { class: 'hint' }, say('encryption.hint'))), { tag: 'span' }),
      labelled('k-metrics', say('metrics'), h('div', {}, toggle(desk, draft, 'metrics', say('metrics.toggle'), { 'data-testid': 'metrics' }), h('p', { class: 'hint' }, say('metrics.hint'))), { tag: 'span' }),
      labelled('k-tags', say('tags'), tagRows(desk, draft), { tag: 'span', hint: say('tags.hint'), fault: shown('tags') })),
    h('p', { key: 'acts', class: 'k-acts end' }, way(desk, { page: 'list' }, say('cancel'), { class: 'button' }), doing(desk, 'create', say('create'), null, { test: 'create-send' })),
    refusal(desk, 'create'));
}

/* What so many shards carry, while one types. */
function throughput(desk, draft) {
  const { say } = desk;
  const provisioned = draft.mode === 'PROVISIONED';
  const shards = provisioned ? Math.max(0, Math.floor(Number(draft.shards) || 0)) : ON_DEMAND_SHARDS;
  const { in_mb, in_records, out_mb, reads } = estimate(shards);
  const figure = (key, value, unit) => h('div', { key, class: 'k-figure' }, h('dt', {}, say(`estimate.${key}`)), h('dd', { 'data-testid': `estimate-${key}` }, h('b', { class: 'num' }, value), ' ', unit));
  return h('div', { key: 'estimate', class: 'k-estimate', role: 'status', 'aria-label': say('estimate'), 'data-testid': 'estimate' },
    h('dl', {}, figure('in', number(in_mb), 'MB/s'), figure('records', number(in_records), say('estimate.unit.records')), figure('out', number(out_mb), 'MB/s'), figure('reads', number(reads), say('estimate.unit.reads'))),
    h('p', { class: 'hint' }, say(provisioned ? 'estimate.told' : 'estimate.on-demand', { shards: ON_DEMAND_SHARDS })));
}

export function tagRows(desk, draft, { most = 50 } = {}) {
  const { say } = desk;
  draft.keys ??= draft.tags.map((_, i) => i);
  const set = (at, part, value) => {
    draft.tags[at][part] = value;
    desk.redraw();
  };
  const field = (at, part, name) => h('input', { key: part, autocomplete: 'off', maxlength: part ? '256' : '128', 'aria-label': say(name, { n: at + 1 }), placeholder: say(`${name}.example`), initial: { value: draft.tags[at][part] }, 'data-testid': `${name}-${at}`, on: { input: (event) => set(at, part, event.currentTarget.value) } });
  return h('div', { class: 'k-tags' },
    draft.tags.map((_, at) => h('div', { key: `tag-${draft.keys[at]}`, class: 'k-tag-row' }, field(at, 0, 'tag.key'), field(at, 1, 'tag.value'),
      button('✕', () => {
        draft.tags.splice(at, 1);
        draft.keys.splice(at, 1);
        desk.redraw();
      }, { kind: 'quiet small', name: say('tag.remove', { n: at + 1 }) }))),
    button(say('tag.add'), () => {
      draft.tags.push(['', '']);
      draft.keys.push(Math.max(-1, ...draft.keys) + 1);
      desk.redraw();
    }, { kind: 'small', test: 'tag-add', off: draft.tags.length >= most }));
}

async function send(desk, draft, faults) {
  draft.sent = true;
  desk.redraw();
  const first = Object.keys(faults).find((which) => faults[which]);
  if (first) return void document.querySelector(`#k-${first}, [data-testid="tag.key-0"]`)?.focus();
  const { name } = draft;
  const steps = stepsOf(draft);
  // There is a stream as soon as the first request is answered: the rest happens while one looks at it.
  steps[0].then = () => {
    desk.kept.delete('ended');
    desk.kept.set('coming', name); // until a frame has it
    desk.drafts.delete('create');
    desk.go({ page: 'stream', stream: name, tab: 'monitoring' });
  };
  await desk.calls.run('create', steps);
}
