/* The left column: which broker, how full its disk is, its folders and files, and the whole of it as a zip. */
import { sandboxPath } from '../api.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { backIcon } from '../lookback.js';

const LETTERS = { log: '≡', index: '#', timeindex: '◷', txnindex: '⊘', snapshot: '◉', epochs: '★', other: '·' };

export function drawFolder(desk) {
  const { t, listing, brokers, broker } = desk;
  const ids = brokers.length ? brokers.map((b) => b.id) : [broker];
  return [
    h('nav', { key: 'brokers', class: 'broker-tabs', 'aria-label': t('brokers') }, ids.map((id) => {
      const state = brokers.find((b) => b.id === id)?.state ?? '';
      return h('a', { key: id, href: `#${id}/`, 'aria-current': id === broker ? 'page' : null, 'data-testid': `files-broker-${id}`, class: state },
        t('broker.title', { id }), state === 'crashed' || state === 'stopped' ? h('span', { class: 'bad', title: t(`broker.state.${state}`) }, ' ✕') : null);
    })),
    desk.then ? h('p', { key: 'past', class: 'files-past', 'data-testid': 'files-past' }, backIcon(), h('b', {}, t('files.past', { at: desk.at ?? desk.listing?.at_ms ?? 0 })), h('a', { href: `${location.pathname}${location.hash}` }, t('files.now'))) : null,
    desk.problem ? h('p', { key: 'problem', class: 'bad', role: 'alert' }, `! ${desk.explain(desk.problem)}`) : null,
    listing ? [disk(desk, listing), tree(desk, listing),
      h('p', { key: 'zip', class: 'zip' },
        h('a', { class: 'button primary', href: sandboxPath(desk.sandbox, `/files/${broker}.zip${desk.then && `?${desk.then}`}`), download: '', 'data-testid': 'zip' }, t('files.zip')),
        h('span', { class: 'hint' }, t('files.zip.told')))] : h('p', { key: 'wait', class: 'muted' }, t('files.wait')),
  ];
}

function disk({ t }, { used, quota }) {
  const share = Math.min(1, used / Math.max(1, quota));
  return h('p', { key: 'disk', class: 'disk' },
    h('span', { class: 'disk-bar', 'aria-hidden': 'true' }, h('i', { class: share > 0.9 ? 'full' : null, vars: { '--share': String(Math.max(0.004, share)) } })),
    h('span', { class: 'muted num' }, t('files.disk', { used: size(used), quota: size(quota) })));
}

function tree(desk, listing) {
  const loose = listing.files.filter((file) => !file.path.includes('/'));
  const inner = listing.folders.map((folder) => {
    const files = listing.files.filter((file) => file.path.startsWith(`${folder.name}/`));
    const open = desk.unfolded.get(folder.name) ?? (!folder.name.startsWith('__') || desk.path.startsWith(`${folder.name}/`));
    return h('li', { key: folder.name, class: 'tree-folder' },
      h('button', {
        type: 'button', class: 'quiet folder-name', 'aria-expanded': String(open),
        on: {
          click: () => {
            desk.unfolded.set(folder.name, !open);
            desk.redraw();
          },
        },
      }, h('span', { 'aria-hidden': 'true' }, open ? '▾ ' : '▸ '), folder.leader ? h('span', { class: 'leader', title: desk.t('replica.leader') }, '★ ') : null,
      h('span', { class: 'mono' }, `${folder.name}/`), h('span', { class: 'muted num' }, ` ${size(files.reduce((sum, file) => sum + file.bytes, 0))}`)),
      open ? h('ul', { class: 'plain' }, files.map((file) => line(file, file.path.slice(folder.name.length + 1), desk))) : null);
  });
  return h('ul', { key: 'tree', class: 'plain file-tree', 'data-testid': 'file-tree' }, inner, loose.map((file) => line(file, file.path, desk)));
}

function line(file, name, desk) {
  const { t, broker, path } = desk;
  const unsynced = file.bytes > file.synced;
  return h('li', { key: file.path },
    h('a', {
      href: `#${broker}/${file.path}`, class: `file ${file.kind}`, 'aria-current': file.path === path ? 'page' : null, 'data-testid': 'file', 'data-path': file.path,
      title: t(`file.${file.kind}`),
    },
    h('span', { class: 'glyph', 'aria-hidden': 'true' }, LETTERS[file.kind] ?? '≣'), h('span', { class: 'mono file-name' }, parted(name)),
    h('span', { class: 'muted num file-size' }, size(file.bytes), unsynced ? h('span', { class: 'unsynced-mark', title: t('files.unsynced', { bytes: file.bytes - file.synced }) }, ' ◌') : null)));
}

/* The zeros of a long name may be cut short, what tells files apart may not. */
function parted(name) {
  const [, stem, tail] = /^(\d{16})(\d{4}\..*)$/.exec(name) ?? [null, '', name];
  return [stem ? h('span', { class: 'file-stem' }, stem) : null, h('span', { class: 'file-tail' }, tail)];
}

/* 1.701 B, 12 KiB, 3,4 MiB */
export function size(bytes) {
  if (bytes < 10_000) return `${number(bytes)} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < 2) {
    value /= 1024;
    unit += 1;
  }
  return `${number(Math.round(value * 10) / 10)} ${units[unit]}`;
}
