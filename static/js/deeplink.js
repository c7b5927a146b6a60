/* What the reader looks at, as part of the page's address, so that it can be sent to somebody:
 *
 *   #view=brokers&select=record/pedidos/1/41&step=4711&ghost=pedidos/1/latest
 *
 * `select` is what is open in the drawer, `step` the moment looked back at, `ghost` the ghost consumer. Each part
 * belongs to one module (`view` to views/address.js); nobody touches the others'. What is selected makes an entry in
 * the browser's history, so Back leads to what was open before; the rest only changes the address that is there.
 *
 * Kinds of the drawer register how they are written: linkable('segment', 'broker:n', 'topic', 'partition:n', 'base:n').
 * Those that do not (forms) have no address. Other parts: stage.route.on(name, hear), stage.route.set(name, text). */

import { Ghost } from './inspect/ghost_state.js';

const SETTLES_MS = 250; // a drag is one change of the address; browsers allow only so many
const kinds = new Map();

/* fields: 'name' (a text) or 'name:n' (a whole number), in the order in which they are written. */
export function linkable(kind, ...fields) {
  kinds.set(kind, fields.map((field) => ({ name: field.replace(':n', ''), number: field.endsWith(':n') })));
}

linkable('record', 'topic', 'partition:n', 'offset:n');
linkable('partition', 'topic', 'partition:n');
linkable('topic', 'topic');
linkable('broker', 'id:n');
linkable('controller');
linkable('group', 'id');
linkable('member', 'group', 'id');
linkable('producer', 'id');
linkable('client', 'id');
linkable('moment', 'n:n');
linkable('segment', 'broker:n', 'topic', 'partition:n', 'base:n');
linkable('request', 'n:n', 'step:n');
linkable('why', 'about', 'name');
linkable('whynot', 'about', 'name');
linkable('stream', 'stream');
linkable('shard', 'stream', 'shard');
linkable('iterator', 'stream', 'shard', 'client');
linkable('stream-producer', 'id');
linkable('stream-consumer', 'id');
linkable('caller', 'client');
linkable('words', 'about', 'name');

/* "record/pedidos/1/41" of {kind: 'record', topic: 'pedidos', ...}; "" for what has no address. */
export function written(selected) {
  const fields = selected && kinds.get(selected.kind);
  return fields ? [selected.kind, ...fields.map(({ name }) => encodeURIComponent(selected[name]))].join('/') : '';
}

/* The other way; null for what is no address of ours. */
export function read(text) {
  const [kind, ...parts] = (text || '').split('/');
  const fields = kinds.get(kind);
  if (!fields || parts.length !== fields.length || parts.includes('')) return null;
  const selected = { kind };
  for (const [i, { name, number }] of fields.entries()) {
    const value = decoded(parts[i]);
    if (value === null || (number && !/^\d{1,15}$/.test(value))) return null;
    selected[name] = number ? Number(value) : value;
  }
  return selected;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/* The fragment as {name: text}; the texts are as they stand there, for names may hold a slash of their own. */
function parts() {
  const found = {};
  for (const part of location.hash.slice(1).split('&')) {
    const at = part.indexOf('=');
    if (at > 0) found[part.slice(0, at)] = part.slice(at + 1);
  }
  return found;
}

function address(changes) {
  const all = { ...parts(), ...changes };
  const text = Object.entries(all).filter(([, value]) => value !== '' && value !== null).map(([name, value]) => `${name}=${value}`).join('&');
  return location.pathname + location.search + (text ? `#${text}` : '');
}

/* "#record=pedidos/1/41", as people write it by hand, means "#select=record/pedidos/1/41". */
function unshorten() {
  const all = parts();
  const kind = Object.keys(all).find((name) => kinds.has(name));
  if (kind) history.replaceState(history.state, '', address({ [kind]: '', select: `${kind}/${all[kind]}` }));
}

class Route {
  constructor() {
    unshorten();
    Object.assign(this, { hears: new Map(), known: {}, timer: null, waiting: {}, page: parts() });
    const heard = () => this.hear();
    addEventListener('popstate', heard);
    addEventListener('hashchange', heard);
  }

  get(name) {
    return this.waiting[name] ?? parts()[name] ?? '';
  }

  /* hear(text) is called at once with what the address says, if it says anything, and whenever that is changed there. */
  on(name, hear) {
    this.hears.set(name, hear);
    this.known[name] = this.get(name);
    if (this.known[name]) hear(this.known[name]);
  }

  /* deep: as an entry of its own in the browser's history. */
  set(name, text, deep = false) {
    if (this.known[name] === text) return;
    this.known[name] = text;
    this.waiting[name] = text;
    clearTimeout(this.timer);
    if (deep) this.write(true);
    else this.timer = setTimeout(() => this.write(), SETTLES_MS);
  }

  write(deep = false) {
    const changes = this.waiting;
    clearTimeout(this.timer);
    this.waiting = {};
    const to = address(changes);
    if (to === location.pathname + location.search + location.hash) return;
    if (deep) history.pushState(null, '', to);
    else history.replaceState(history.state, '', to);
    this.page = parts();
  }

  hear() {
    unshorten();
    const [all, before] = [parts(), this.page];
    this.page = all;
    for (const [name, hear] of this.hears) {
      const text = all[name] ?? '';
      if (text !== (before[name] ?? '')) delete this.waiting[name]; // what was chosen in the address last counts
      if (name in this.waiting || text === this.known[name]) continue;
      this.known[name] = text;
      hear(text);
    }
  }

  /* The whole address of what is seen now. */
  link(changes = {}) {
    return location.origin + address({ ...this.waiting, ...changes });
  }
}

/* To be called when the first state has come. From here on the address follows the reader, and the other way round. */
export function follow(stage) {
  const route = new Route();
  stage.route = route;
  route.on('select', (text) => {
    const selected = read(text);
    if (selected) stage.select(selected);
    else if (!text && stage.view.selected) stage.change({ selected: null });
  });
  route.on('step', (text) => {
    const step = /^\d{1,15}$/.test(text) ? Number(text) : null;
    if (step === null) stage.past.return();
    else if (step !== stage.past.state?.step) stage.past.look({ step });
  });
  stage.ghost = new Ghost(stage);
  route.on('ghost', (text) => (text ? stage.ghost.read(text) : stage.ghost.where && stage.ghost.clear()));
  return () => {
    const { view, past } = stage;
    stage.ghost.refresh();
    const open = view.drawer && view.tab === 'detail';
    const shown = open ? written(view.selected) : '';
    if (shown !== route.known.select) route.set('select', shown, Boolean(shown));
    if (!past.busy) route.set('step', past.on ? String(past.state.step) : '');
  };
}

/* The address of one thing, as it is at the moment that is seen: what a copy button copies. */
export function linkTo(stage, selected) {
  const changes = { select: written(selected), ghost: '' };
  if (stage.past.on) changes.step = String(stage.past.state.step);
  else changes.step = '';
  return stage.route.link(changes);
}
