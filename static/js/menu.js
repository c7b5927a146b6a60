/* The tools of the page, behind one button in the header. Whatever has a tool to offer adds it here:
 *
 *   menu.add({ id: 'doctor', label: 'doctor', icon: 'M2 8h12', act: (stage) => import('./doctor/page.js').then(({ open }) => open(stage)) });
 *
 * label, and hint if there is more to say: keys of the catalogues. icon: a path in a box of 16 by 16, drawn as a line.
 * act(stage): what it does; or href(stage): where it leads. shows(stage), if given: whether it is offered now. Where it
 * stands is written in ORDER, so that nothing changes places with the order in which modules happen to load. */
import { h } from './dom.js';
import { enter } from './entering.js';

const ORDER = ['levels', 'lecture', 'author', 'streams', 'console', 'shell', 'connect', 'doctor', 'code', 'compare', 'report', 'recording', 'picture', 'embed', 'tour', 'help'];
const entries = new Map();

export const menu = {
  add(entry) {
    entries.set(entry.id, entry);
  },
  get entries() {
    const place = ({ id }) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
    return [...entries.values()].sort((a, b) => place(a) - place(b) || a.id.localeCompare(b.id));
  },
};

export function toolMenu(stage) {
  const { t, view } = stage;
  const open = Boolean(view.tools);
  const offered = menu.entries.filter((entry) => entry.shows?.(stage) ?? true);
  if (!offered.length) return null;
  return h('div', {
    class: 'toolbox', key: 'toolbox',
    on: {
      focusout: (event) => event.relatedTarget && !event.currentTarget.contains(event.relatedTarget) && stage.view.tools && stage.change({ tools: false }),
    },
  },
  h('button', {
    key: 'open', type: 'button', id: 'tools-open', class: 'toolbox-open', 'aria-haspopup': 'menu', 'aria-expanded': String(open), 'aria-controls': open ? 'tools-menu' : null,
    title: t('tools.title'), 'data-testid': 'tools-open',
    on: { click: () => turn(stage, !open), keydown: (event) => !open && ['ArrowDown', 'ArrowUp'].includes(event.key) && hold(event, () => turn(stage, true, event.key === 'ArrowUp' ? -1 : 0)) },
  }, menuIcon(TOOLS), h('span', { class: 'toolbox-word' }, t('tools'))),
  open ? h('ul', { key: 'menu', id: 'tools-menu', class: 'tool-menu', role: 'menu', 'aria-label': t('tools'), 'data-testid': 'tools-menu', on: { keydown: (event) => walk(event, stage) } },
    offered.map((entry) => item(entry, stage))) : null);
}

function item(entry, stage) {
  const { t } = stage;
  const words = [entry.icon ? menuIcon(entry.icon) : h('span'), h('span', { class: 'tool-name' }, t(entry.label)), entry.hint ? h('small', {}, t(entry.hint)) : null];
  const common = { role: 'menuitem', tabindex: '-1', 'data-testid': `tool-${entry.id}` };
  return h('li', { key: entry.id, role: 'none' }, entry.href
    ? h('a', { ...common, href: entry.href(stage), class: 'tool' }, words)
    : h('button', { ...common, type: 'button', class: 'tool', on: { click: () => choose(entry, stage) } }, words));
}

function choose(entry, stage) {
  turn(stage, false);
  document.getElementById('tools-open')?.focus(); // a dialog gives the focus back to it
  entry.act(stage);
}

/* Open or close it. at: which of its lines gets the focus, counted from the end when below zero. */
function turn(stage, open, at = 0) {
  stage.change({ tools: open, switcher: false });
  if (open) enter(() => lines().at(at));
}

const lines = () => [...document.querySelectorAll('#tools-menu [role="menuitem"]')];

function hold(event, act) {
  event.preventDefault();
  event.stopPropagation();
  act();
}

function walk(event, stage) {
  const all = lines();
  const at = all.indexOf(document.activeElement);
  const to = (index) => hold(event, () => all.at(index % all.length)?.focus());
  if (event.key === 'ArrowDown') to(at + 1);
  else if (event.key === 'ArrowUp') to(at - 1);
  else if (event.key === 'Home') to(0);
  else if (event.key === 'End') to(-1);
  else if (event.key === 'Escape') {
    hold(event, () => {
      turn(stage, false);
      document.getElementById('tools-open')?.focus();
    });
  } else if (event.key === 'Tab') turn(stage, false);
  else event.stopPropagation(); // no single-key shortcut while a line of the menu is chosen
}

const TOOLS = 'M2 4.2h12M2 8h12M2 11.8h12';

export const menuIcon = (d) => h('svg', { class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, h('path', { d }));
