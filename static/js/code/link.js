/* "As code", at the foot of every page of the drawer whose subject a program could have made. */
import { button } from '../controls.js';
import { linkable } from '../deeplink.js';
import { h } from '../dom.js';

linkable('code');
linkable('connect');
linkable('connect-aws');
linkable('doctor');

const KINDS = new Set(['record', 'partition', 'topic', 'group', 'member', 'producer', 'client', 'compose', 'stream', 'shard']);

export function codeLink(selected, stage) {
  if (!KINDS.has(selected.kind)) return null;
  return h('p', { key: 'as-code', class: 'as-code' },
    button(stage.t('code.as'), () => stage.select({ kind: 'code', about: selected, ...(selected.kind === 'compose' ? {} : { recipe: firstFor(selected) }) }), { kind: 'small', test: 'as-code' }));
}

/* Which recipe is about what was chosen: the one that reads it. */
const firstFor = ({ kind }) => ({ record: 'read', partition: 'describe_topic', topic: 'describe_topic', group: 'describe_group', member: 'consume', producer: 'produce', client: 'look' })[kind] ?? 0; // of a stream the first of its own
