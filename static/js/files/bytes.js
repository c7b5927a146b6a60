/* The middle: what the file is, its bytes sixteen a line (on a telephone eight), and the pages.
 *
 * Each byte knows its field (data-f). Bytes of a field carry its family's tint; the first byte of a batch has a bar
 * above its line's left, of a record a thin one. The addresses of what fsync has not made durable yet stand on dots. */
import { button } from '../controls.js';
import { h, patch } from '../dom.js';
import { number } from '../i18n.js';

const PAGE = 4096;
const NARROW = 900; // up to this width (css/files.css) a line has eight bytes
const hex = (value, width = 2) => value.toString(16).padStart(width, '0');

export function drawBytes(box, desk) {
  const { page, path, t } = desk;
  patch(box, !page ? h('p', { class: 'muted wait', key: 'wait' }, path ? t('files.wait') : t('files.choose')) : [
    head(desk),
    page.bytes ? rows(desk) : h('p', { key: 'empty', class: 'muted wait', 'data-testid': 'file-empty' }, t('files.empty')),
  ]);
}

function head(desk) {
  const { page, t, broker } = desk;
  const last = Math.max(0, Math.ceil(page.bytes / PAGE) - 1);
  const here = Math.floor(page.from / PAGE);
  const go = (number) => desk.open(broker, page.path, Math.max(0, Math.min(last, number)) * PAGE);
  return h('header', { key: 'head', class: 'bytes-head' },
    h('h2', { class: 'mono file-title', 'data-testid': 'file-title' }, page.path),
    h('p', { class: 'told' }, t(`file.${page.kind}`), page.passing ? h('b', { class: 'warn' }, ` ${t(`file.passing.${page.passing}`)}`) : null),
    page.sealed ? h('p', { class: 'told', 'data-testid': 'file-sealed' }, t('file.sealed')) : null,
    h('div', { class: 'row pager' },
      h('span', { class: 'num muted', 'data-testid': 'file-bytes' }, t('files.bytes', { bytes: page.bytes }), page.synced < page.bytes ? h('span', { class: 'unsynced-told' }, ` · ◌ ${t('files.unsynced', { bytes: page.bytes - page.synced })}`) : ` · ${t('files.synced')}`),
      last > 0 ? h('span', { class: 'row pages' },
        button('«', () => go(0), { kind: 'small', name: t('files.first'), off: here === 0 }),
        button('◂', () => go(here - 1), { kind: 'small', name: t('files.previous'), off: here === 0, test: 'page-previous' }),
        h('span', { class: 'num', 'data-testid': 'file-page' }, t('files.page', { page: here + 1, pages: last + 1 })),
        button('▸', () => go(here + 1), { kind: 'small', name: t('files.next'), off: here === last, test: 'page-next' }),
        button('»', () => go(last), { kind: 'small', name: t('files.last'), off: here === last })) : null));
}

function rows(desk) {
  const { page, anatomy } = desk;
  const lines = [];
  const across = innerWidth <= NARROW ? 8 : 16;
  for (let at = 0; at < anatomy.bytes.length; at += across) lines.push(line(desk, at, across));
  const width = page.bytes > 0xffff ? 8 : 4;
  return h('div', {
    key: `rows ${page.path} ${page.from} ${across}`, class: 'hex mono', 'data-testid': 'hex', role: 'img', tabindex: '0', 'aria-label': desk.t('files.hex', { path: page.path, bytes: number(anatomy.bytes.length) }),
    vars: { '--address': `${width + 1}ch` },
    on: {
      pointerover: (event) => desk.point(fieldOf(event, anatomy)),
      pointerleave: () => desk.point(null),
      click: (event) => {
        const field = fieldOf(event, anatomy);
        if (field) desk.choose(field);
      },
    },
  }, ruler(across), lines);
}

const fieldOf = (event, anatomy) => {
  const { f } = event.target.dataset;
  return f === undefined ? null : anatomy.fields[Number(f)];
};

const ruler = (across) => h('p', { key: 'ruler', class: 'hex-row ruler', 'aria-hidden': 'true' }, h('span', { class: 'address' }, ''),
  h('span', { class: 'octets' }, [...Array(across).keys()].map((i) => h('i', { key: i }, hex(i)))), h('span', { class: 'letters' }, ''));

function line(desk, start, across) {
  const { page, anatomy } = desk;
  const cells = [];
  const letters = [];
  for (let i = start; i < Math.min(start + across, anatomy.bytes.length); i++) {
    const at = page.from + i;
    const value = anatomy.bytes[i];
    const field = anatomy.at(at);
    const begins = anatomy.starts.get(at);
    const kind = `${field ? `f-${field.family}` : anatomy.damaged(at) ? 'f-damaged' : ''}${begins ? ` begins-${begins}` : ''}${at === page.synced && at > page.from ? ' synced-upto' : ''}`;
    const f = field ? field.id : null;
    cells.push(h('i', { key: i, class: kind || null, 'data-f': f }, hex(value)));
    letters.push(h('i', { key: i, class: field ? `f-${field.family}` : null, 'data-f': f }, value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : '·'));
  }
  return h('p', { key: `line ${start}`, class: page.from + start >= page.synced ? 'hex-row loose' : 'hex-row' }, h('span', { class: 'address' }, hex(page.from + start, page.bytes > 0xffff ? 8 : 4)),
    h('span', { class: 'octets' }, cells), h('span', { class: 'letters', 'aria-hidden': 'true' }, letters));
}
