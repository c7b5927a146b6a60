/* What stands above the shards of a stream, above all of them, and where there are none yet. */
import { button, field, form } from '../controls.js';
import { h } from '../dom.js';
import { addressOf } from '../kinesis/place.js';
import { faultOfName } from '../kinesis/limits.js';
import { numberOf } from '../kinesis/hashes.js';

const PROBE_MAX = 256; // letters of a partition key

/* Whether AWS's limits are held, and the ways to the console, the shell and one's own terminal. */
export function top(stage) {
  const { t, snapshot, sandbox } = stage;
  const { kinesis } = snapshot;
  const live = !stage.past.on && !document.documentElement.hasAttribute('data-recording');
  return h('div', { key: 'top', class: 'machines-top streams-top' },
    h('b', { class: 'gateway', 'data-testid': kinesis ? 'kinesis-gateway' : null }, kinesis ? 'Kinesis' : 'Kinesis Data Streams'),
    kinesis ? button(t(kinesis.throttling ? 'streams.limits.on' : 'streams.limits.off'), () => stage.order({ do: 'set_kinesis', throttle: !kinesis.throttling }), {
      kind: 'small limits', pressed: kinesis.throttling, title: t('streams.limits.told'), test: 'kinesis-throttle', held: stage.held,
    }) : null,
    live ? h('span', { class: 'streams-ways' },
      h('a', { href: addressOf(sandbox, { page: 'list' }), class: 'streams-way', 'data-testid': 'to-console' }, t('streams.console')),
      h('a', { href: `/s/${encodeURIComponent(sandbox)}/shell/`, class: 'streams-way', 'data-testid': 'to-shell' }, t('streams.shell')),
      button(t('streams.connect'), () => stage.select({ kind: 'connect-aws' }), { kind: 'small', test: 'aws-connect' })) : null,
    kinesis?.streams.length ? button(t('stream.new.short'), () => stage.select({ kind: 'new-stream' }), { kind: 'small', test: 'new-stream-open', held: stage.held }) : null);
}

/* probe: where the key that was typed falls. */
export function streamHead(stream, probe, hidden, stage) {
  const { t, view } = stage;
  const open = stream.shards.filter((shard) => shard.open).length;
  const closed = stream.shards.length - open;
  const select = (more) => stage.select({ stream: stream.name, ...more });
  return h('div', { key: 'head', class: 'stream-head' },
    h('div', { class: 'stream-line' },
      h('h3', {}, button(stream.name, () => select({ kind: 'stream' }), { kind: 'title stream-title', name: t('stream.open', { stream: stream.name }) })),
      h('span', { class: `stream-status ${stream.status.toLowerCase()}`, 'data-testid': 'stream-status' }, stream.status),
      h('span', { class: 'muted' }, t('stream.note', { mode: stream.mode, open, closed, hours: stream.retention_hours })),
      stream.encryption === 'KMS' ? h('span', { class: 'muted', title: t('stream.sealed.told') }, `🔒 ${t('stream.sealed')}`) : null,
      hidden ? h('span', { class: 'muted' }, t('stream.older', { hidden })) : null),
    h('div', { class: 'stream-line second' },
      h('input', {
        class: 'probe', maxlength: String(PROBE_MAX), autocomplete: 'off', spellcheck: 'false', placeholder: t('stream.probe'), 'aria-label': t('stream.probe'), 'data-testid': `probe-${stream.name}`,
        on: { input: ({ target }) => stage.change({ probe: { ...view.probe, [stream.name]: target.value } }) },
      }),
      h('output', { class: 'probe-says', 'data-testid': `probe-says-${stream.name}` }, probe ? t('stream.probe.says', { share: probe.share, shard: probe.shard ? numberOf(probe.shard.id) : -1 }) : ''),
      h('span', { class: 'stream-ways' },
        button(t('words.open'), () => select({ kind: 'words', about: 'stream', name: stream.name }), { kind: 'small', test: `words-${stream.name}`, title: t('words.told') }),
        button(t('stream.put'), () => select({ kind: 'put' }), { kind: 'small', test: `put-${stream.name}`, held: stage.held }))));
}

/* There is no stream yet: what one is, and the first one. */
export function invitation(stage) {
  const { t } = stage;
  return h('article', { key: 'none', class: 'card invitation', 'data-testid': 'streams-none', 'aria-labelledby': 'invited' },
    h('h3', { id: 'invited' }, t('streams.none')),
    h('p', {}, t('streams.none.what')), h('p', { class: 'muted' }, t('streams.none.how')),
    newStream(stage, 'invited'));
}

/* The form of a new stream; its console has more of it. */
export function newStream(stage, key = 'new-stream') {
  const { t } = stage;
  return form({
    key, test: 'new-stream', words: t('stream.new.send'), held: stage.held,
    fields: [
      field(t('stream.new.name'), { name: 'stream', required: true, maxlength: '128', initial: { value: 'ftf-meu-stream' } }, t('stream.new.name.told')),
      field(t('stream.new.shards'), { name: 'shards', type: 'number', min: '1', max: '50', initial: { value: '4' } }, t('stream.new.shards.told')),
    ],
    submit: async ({ stream, shards }) => {
      const wrong = faultOfName(stream.trim());
      if (wrong) return void stage.toast(t('stream.new.fault', { fault: wrong }));
      const done = await stage.order({ do: 'call_aws', operation: 'CreateStream', parameters: { StreamName: stream.trim(), ShardCount: Number(shards) || 1 } });
      if (done.ok) stage.select({ kind: 'stream', stream: stream.trim() });
    },
  });
}
