/* The right: the same bytes as names and values. A field can be pointed at, walked to with the arrows, and asked what
 * it is for; its bytes light up with it. */
import { h, patch } from '../dom.js';
import { fullDate, number, timeOfDay } from '../i18n.js';
import { size } from './folder.js';

const TIMES = new Set(['baseTimestamp', 'maxTimestamp', 'timestamp']);

export function drawFields(box, desk) {
  const { page, anatomy, t } = desk;
  if (!page || !page.bytes) {
    patch(box, []);
    return;
  }
  patch(box, [
    told(desk),
    h('div', {
      key: `list ${page.path} ${page.from}`, class: 'field-list', 'data-testid': 'fields',
      on: {
        pointerover: (event) => desk.point(fieldOf(event, anatomy)), pointerleave: () => desk.point(null),
        focusin: (event) => {
          const field = fieldOf(event, anatomy);
          if (field && desk.chosen !== field) desk.choose(field);
        },
        keydown: (event) => walk(event, desk),
      },
    }, anatomy.items.length ? anatomy.items.map((item) => group(item, desk)) : h('p', { class: 'muted' }, t('files.nothing-named'))),
  ]);
}

const fieldOf = (event, anatomy) => {
  const f = event.target.closest?.('[data-f]')?.dataset.f;
  return f === undefined ? null : anatomy.fields[Number(f)];
};

function walk(event, desk) {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  const here = fieldOf(event, desk.anatomy);
  if (!step || !here) return;
  event.preventDefault();
  const { fields } = desk.anatomy;
  const to = fields[Math.max(0, Math.min(fields.length - 1, here.id + step))];
  desk.choose(to);
  document.querySelector(`.field-list button[data-f="${to.id}"]`)?.focus();
}

/* What the chosen field is for, and where it lies. */
function told(desk) {
  const { t, chosen } = desk;
  return h('div', { key: 'told', class: 'field-told', 'aria-live': 'polite', 'data-testid': 'field-told' },
    chosen
      ? [h('h3', {}, h('span', { class: `swatch-f f-${chosen.family}`, 'aria-hidden': 'true' }), h('code', {}, chosen.name), ' ', h('span', { class: 'muted' }, chosen.type)),
        h('p', {}, t(`field.${chosen.name}`), ' ', h('span', { class: 'why' }, meaning(chosen, desk))),
        h('p', { class: 'muted num' }, t('files.where', { first: chosen.at, last: chosen.at + chosen.size - 1, bytes: chosen.size }))]
      : h('p', { class: 'muted' }, t('files.point')));
}

/* What its value comes to, where a number alone does not say it. */
function meaning(field, { t }) {
  const { name, value, item } = field;
  const about = item.about ?? {};
  if (TIMES.has(name) && value > 0) return fullDate(value);
  if (name === 'crc' && item.kind === 'batch') return t(about.crc_fits ? 'files.crc.fits' : 'files.crc.wrong');
  if (name === 'attributes' && item.kind === 'batch') {
    return t('files.attributes', { compression: about.compression, time: about.time, transactional: String(about.transactional), control: String(about.control) });
  }
  if (name === 'timestampDelta') return about.timestamp > 0 ? fullDate(about.timestamp) : '';
  if (name === 'offsetDelta' && item.kind === 'record') return t('files.offset', { offset: about.offset });
  if ((name === 'producerId' || name === 'baseSequence' || name === 'producerEpoch') && value === -1) return t('files.not-idempotent');
  if (value === -1 && name === 'valueLength') return t('files.tombstone');
  if (value === -1 && name === 'keyLength') return t('record.no-key');
  return '';
}

function group(item, desk) {
  const { t } = desk;
  const { kind, about } = item;
  const title = kind === 'batch' ? t('item.batch', about) : kind === 'record' ? t('item.record', { offset: about.offset })
    : kind === 'damaged' ? t(`item.damaged.${about.why}`, { bytes: item.size }) : kind === 'line' ? null
      : t(`item.${kind}`, { number: (about.number ?? 0) + 1 });
  return h('section', { key: `${kind} ${item.at}`, class: `item item-${kind}`, 'data-testid': `item-${kind}`, 'data-at': item.at },
    title ? h('h3', { class: 'item-title' }, title, kind === 'batch' ? crc(item, desk) : null, kind === 'batch' ? h('span', { class: 'muted num' }, ` ${size(item.size)}`) : null) : null,
    item.fields.length ? h('ul', { class: 'plain' }, item.fields.map((field) => line(field, desk))) : null,
    about.inside?.length ? h('ul', { class: 'plain inside' }, h('li', { class: 'muted' }, t('files.inside', { compression: about.compression })),
      about.inside.map((r) => h('li', { key: r.offset }, h('span', { class: 'num muted' }, `${r.offset} `), h('code', {}, r.key ?? '–'), ' → ', h('code', {}, r.value ?? '–')))) : null,
    item.items?.map((inner) => group(inner, desk)));
}

const crc = (item, { t }) => (item.about.crc_fits
  ? h('span', { class: 'good', title: t('files.crc.fits') }, ' CRC ✓')
  : h('span', { class: 'bad', title: t('files.crc.wrong') }, ' CRC ✕'));

function line(field, desk) {
  const chosen = desk.chosen === field;
  return h('li', { key: field.id }, h('button', {
    type: 'button', class: `field-line f-line-${field.family}`, 'data-f': field.id, 'data-name': field.name, 'aria-pressed': String(chosen),
    tabindex: chosen || (!desk.chosen && field.id === 0) ? '0' : '-1', on: { click: () => desk.choose(field) },
  }, h('span', { class: `swatch-f f-${field.family}`, 'aria-hidden': 'true' }), h('span', { class: 'mono field-name' }, field.name),
  h('span', { class: 'mono field-value' }, shown(field, desk)), h('span', { class: 'muted num field-size' }, `${field.size} B`)));
}

function shown({ name, value, type, item }, { t }) {
  if (value === null) return type === 'bytes' ? t('files.bytes-only') : t('files.packed', { compression: type });
  if (TIMES.has(name) && value > 86_400_000 * 366) return timeOfDay(value);
  if (name === 'crc' || name === 'attributes' || name === 'magic') return name === 'crc' ? `0x${Number(value).toString(16).padStart(8, '0')}` : String(value);
  if (typeof value === 'number' && item.kind !== 'line') return number(value);
  return String(value).length > 60 ? `${String(value).slice(0, 60)}…` : String(value);
}
