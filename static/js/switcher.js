/* The sandboxes of this playground, from the stage's header: the tree of branches, and the pages beyond the stage. */
import { ask } from './api.js';
import { button } from './controls.js';
import { h } from './dom.js';
import { forkIcon } from './lookback.js';

/* Parents before their branches, each with its depth; a branch whose parent is gone stands by itself. */
export function tree(rows) {
  const ids = new Set(rows.map((row) => row.id));
  const children = new Map();
  for (const row of rows) {
    const parent = ids.has(row.parent) ? row.parent : '';
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const walk = (parent, depth) => (children.get(parent) ?? []).flatMap((row, i, all) => [{ ...row, depth, last: i === all.length - 1 }, ...walk(row.id, depth + 1)]);
  return walk('', 0);
}

export async function loadSandboxes(stage) {
  const answer = await ask('/api/sandboxes');
  if (!answer.ok) return;
  stage.rows = answer.sandboxes.map((row) => ({ ...row, id: row.id ?? row.name }));
  stage.branches = stage.rows.filter((row) => row.parent === stage.sandbox);
  stage.title = stage.rows.find((row) => row.id === stage.sandbox)?.name || stage.sandbox;
  stage.redraw();
}

export function switcher(stage) {
  const { t, view } = stage;
  const open = Boolean(view.switcher);
  return [
    h('button', {
      key: 'open', type: 'button', class: 'quiet switcher', 'aria-expanded': String(open), 'aria-controls': 'switcher', 'aria-label': t('switcher.open', { name: stage.title }),
      'data-testid': 'switcher-open',
      on: {
        click: () => {
          stage.change({ switcher: !open });
          if (!open) loadSandboxes(stage);
        },
      },
    }, h('b', {}, stage.title), h('span', { 'aria-hidden': 'true' }, ' ▾')),
    open ? menu(stage) : null,
  ];
}

function menu(stage) {
  const { t } = stage;
  const close = () => stage.change({ switcher: false });
  const then = stage.past.on ? `?step=${stage.snapshot.step}&ms=${stage.snapshot.at_ms}` : '';
  return h('nav', {
    key: 'menu', id: 'switcher', class: 'menu', 'aria-label': t('switcher'), 'data-testid': 'switcher',
    on: {
      keydown: (event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
        document.querySelector('[data-testid="switcher-open"]')?.focus();
      },
    },
  },
  h('ul', { class: 'plain tree' }, tree(stage.rows ?? []).map((row) => h('li', { key: row.id, vars: { '--depth': String(row.depth) } },
    h('a', { href: row.id === 'demo' ? '/' : `/s/${row.id}/`, 'aria-current': row.id === stage.sandbox ? 'page' : null, class: row.depth ? 'twig' : null },
      row.depth ? forkIcon() : null, h('span', {}, row.name || row.id), row.problem ? h('span', { class: 'bad' }, ' !') : row.paused ? h('span', { class: 'muted' }, ` · ${t('paused.short')}`) : null)))),
  h('p', { class: 'menu-more' },
    h('a', { href: '/sandboxes/', 'data-testid': 'all-sandboxes' }, t('switcher.all')),
    h('a', { href: `/s/${stage.sandbox}/files/${then}`, 'data-testid': 'to-files' }, t(then ? 'switcher.files.then' : 'switcher.files'))),
  button('✕', close, { kind: 'quiet small close', name: t('close') }));
}
