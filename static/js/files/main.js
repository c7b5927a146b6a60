/* The hex inspector: a broker's folder at the left, a file's bytes in the middle, its fields named at the right.
 *
 * What is looked at stands in the address (#broker/path@byte), so it can be linked and gone back to. The folder
 * is asked for again every two seconds while the page is seen; a page of bytes only when its file has changed.
 * With step and ms in the address all of it is as it was at that moment, and stays so. */
import { ask, sandboxPath } from '../api.js';
import { patch } from '../dom.js';
import { explain, speak, t } from '../i18n.js';
import { drawBytes } from './bytes.js';
import { drawFields } from './fields.js';
import { drawFolder } from './folder.js';
import { anatomyOf } from './anatomy.js';

const REFRESH_MS = 2000;

const place = (id) => document.getElementById(id);
const root = place('files');
const { sandbox } = root.dataset;
const asked = new URLSearchParams(location.search);
// a moment of the past (step and ms), as the stage's link gives it
const then = new URLSearchParams([...asked].filter(([name]) => name === 'step' || name === 'ms')).toString();

const desk = {
  sandbox, t, then, at: asked.get('ms') === null ? null : Number(asked.get('ms')), brokers: [], broker: 1, listing: null, path: '', from: 0, page: null, anatomy: null, chosen: null, hovered: null, problem: null,
  unfolded: new Map(), // folders opened or closed by hand
  open(broker, path, from = 0) {
    location.hash = `${broker}/${path}${from ? `@${from}` : ''}`;
  },
  /* Fields light up together with their bytes: the one under the pointer or, without one, the one chosen. */
  point(field) {
    if (desk.hovered === field) return;
    desk.hovered = field;
    light();
  },
  choose(field, reveal = true) {
    Object.assign(desk, { chosen: field, hovered: null });
    drawFields(place('fields'), desk);
    light(reveal);
  },
};

function read() {
  const [, broker, path, from] = /^#(\d+)(?:\/([^@]*))?(?:@(\d+))?$/.exec(decodeURIComponent(location.hash)) ?? [];
  return { broker: Number(broker ?? 1), path: path ?? '', from: Number(from ?? 0) };
}

async function follow() {
  const wanted = read();
  const moved = wanted.path !== desk.path || wanted.broker !== desk.broker || wanted.from !== desk.from;
  if (wanted.broker !== desk.broker) desk.listing = null;
  Object.assign(desk, wanted, moved ? { page: null, anatomy: null, chosen: null, hovered: null } : {});
  draw();
  await refresh(true);
}

let asking = false;
async function refresh(anew = false) {
  if (asking && !anew) return;
  asking = true;
  const { broker, path, from } = desk;
  const [state, listing] = await Promise.all([desk.brokers.length && !anew ? null : ask(sandboxPath(sandbox, then ? `/moment?${then}` : '/state')), ask(sandboxPath(sandbox, `/files/${broker}${then && `?${then}`}`))]);
  asking = false;
  if (broker !== desk.broker || path !== desk.path || from !== desk.from) return;
  if (state?.ok) desk.brokers = (state.state ?? state).brokers;
  desk.problem = listing.ok ? null : listing.error;
  if (listing.ok) desk.listing = listing;
  if (listing.ok && !path) {
    const logs = listing.files.filter((file) => file.kind === 'log' && !file.path.startsWith('__'));
    const first = logs.sort((a, b) => b.bytes - a.bytes)[0] ?? listing.files[0];
    if (first) {
      history.replaceState(null, '', `#${broker}/${first.path}`);
      desk.path = first.path;
      await turn();
      return;
    }
  }
  const now = listing.ok && listing.files.find((file) => file.path === path);
  if (path && (!desk.page || !now || now.bytes !== desk.page.bytes || now.synced !== desk.page.synced)) await turn();
  else draw();
}

async function turn() {
  const { broker, path, from } = desk;
  const page = await ask(sandboxPath(sandbox, `/files/${broker}/${path.split('/').map(encodeURIComponent).join('/')}?from=${from}${then && `&${then}`}`));
  if (broker !== desk.broker || path !== desk.path || from !== desk.from) return;
  if (page.ok) {
    const { chosen } = desk;
    desk.page = page;
    desk.anatomy = anatomyOf(page);
    // the same field of the same bytes, if it is still there
    desk.chosen = desk.anatomy.fields.find((field) => field.at === chosen?.at && field.name === chosen?.name) ?? null;
    desk.hovered = null;
  } else {
    Object.assign(desk, { page: null, anatomy: null, problem: page.error });
  }
  draw();
}

function draw() {
  patch(place('folder'), drawFolder(desk));
  drawBytes(place('content'), desk);
  drawFields(place('fields'), desk);
  light();
}

function light(reveal = false) {
  const field = desk.hovered ?? desk.chosen;
  for (const node of root.querySelectorAll('.lit')) node.classList.remove('lit');
  if (!field) return;
  const nodes = root.querySelectorAll(`[data-f="${field.id}"]`);
  for (const node of nodes) node.classList.add('lit');
  if (reveal) {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const box of ['content', 'fields']) place(box).querySelector(`[data-f="${field.id}"]`)?.scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
  }
}

desk.redraw = draw;
desk.explain = (error) => explain(error.code) || error.reason || error.code;
await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', { 'pt-BR': root.dataset.textsPt, en: root.dataset.textsEn });
addEventListener('hashchange', follow);
addEventListener('resize', draw);
setInterval(() => {
  if (!document.hidden && !then) refresh();
}, REFRESH_MS);
document.documentElement.toggleAttribute('data-past', Boolean(then));
window.riachoFiles = desk;
await follow();
document.documentElement.dataset.ready = '';
