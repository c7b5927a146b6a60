/* What a producer that is there writes about: on its card, on its page, and how it is changed. */
import { field } from '../controls.js';
import { h } from '../dom.js';
import { sourceIcon } from './icons.js';

/* For its page: what it writes about, and how much of it is late or comes twice. Purchases that were never meant to be
 * late stay as they are. */
export function sourceFacts(producer, { t }) {
  if (!producer.source) return [];
  const { source, rows } = producer;
  return [
    [t('source'), h('span', { class: 'with-icon' }, sourceIcon(source), t(`source.${source}`)), 'producer-source'],
    rows ? [t('rows'), t('rows.progress', { sent: rows[0], all: rows[1] }), 'producer-rows'] : null,
  ];
}

export function mishaps(producer, stage) {
  const { t } = stage;
  const { id, source, late, repeated } = producer;
  if (!source || (source === 'purchases' && !late && !repeated)) return null;
  const choose = (name, now) => field(t(`source.${name}`), {
    name: `${name}-${id}`, value: String(now), disabled: Boolean(stage.held), title: stage.held || null, 'data-testid': `producer-${name}`,
    options: [...new Set([0, 1, 2, 5, 10, 25, 50, now])].sort((a, b) => a - b).map((percent) => [String(percent), t('source.percent', { percent })]),
    on: { change: (e) => stage.order({ do: 'set_producer', producer: id, [name]: Number(e.target.value) }) },
  }, t(`source.${name}.hint`));
  return h('div', { class: 'pair', key: 'mishaps' }, choose('late', late), choose('repeated', repeated));
}

/* "temperatures" on its card, with its drawing. */
export function sourceTag(producer, { t }) {
  if (!producer.source || (producer.source === 'purchases' && !producer.late && !producer.repeated)) return null;
  const { source, rows } = producer;
  return h('p', { class: 'muted with-icon', key: 'source', 'data-testid': `source-of-${producer.id}` }, sourceIcon(source),
    h('span', {}, t(`source.${source}`), rows ? ` · ${t('rows.progress', { sent: rows[0], all: rows[1] })}` : null));
}

