/* Several tables made from one log, each as far as somebody has got with it: copies.js and readers.js say who. */
import { h } from '../../dom.js';
import { rich, topicOf } from './kit.js';
import { fold, hues, sign, strip, table } from './table.js';

/* who(snapshot, topic, partition): [{id, title, upto, kind, behind}]. told: the key of what is said of them all. */
export function beside(stage, records, say, { who, name }) {
  const { snapshot } = stage;
  const topic = topicOf(snapshot);
  const partition = topic?.partitions[0];
  const all = partition ? who(snapshot, topic, partition) : [];
  if (!all.length) return h('p', { class: 'fig-none muted' }, say('none'));
  const found = records.of(topic.name, partition);
  const hueOf = hues(partition)(found);
  const made = all.map((one) => ({ ...one, rows: fold(found, one.upto) }));
  const signs = new Set(made.map(({ rows }) => sign(rows)));
  const same = signs.size === 1;
  return h('div', { class: `fig beside ${name}`, 'data-testid': name, 'data-same': String(same) },
    h('div', { class: 'fig-marked' }, strip(found.slice(-SHOWN), hueOf, { at: Math.max(...made.map(({ upto }) => upto)), say })),
    h('div', { class: 'fig-tables many' }, made.map(({ id, title, upto, kind, rows }) => table(rows, hueOf, {
      id, title, kind, told: say(`${name}.upto`, { upto, behind: Math.max(0, partition.hw - upto), state: kind || 'ok', sign: sign(rows) }), newest: found.findLast(({ offset, gone }) => !gone && offset < upto)?.offset ?? -1, say,
    }))),
    h('p', { class: 'fig-verdict', role: 'status', 'data-testid': `${name}-told` }, rich(say.parts(same ? `${name}.same` : `${name}.differ`, { tables: made.length }), h)));
}

const SHOWN = 30; // of the newest records
