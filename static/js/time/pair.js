/* The page of two branches side by side: two stages, each in a frame of its own, and one hand on both.
 *
 * The stages say when they have drawn (beside.js); what is shown here is made from their two snapshots and nothing else.
 * What is done to both goes to the server as one command, which carries it out in both at the same virtual moment. */
import { ask } from '../api.js';
import { h, patch } from '../dom.js';
import { onceAFrame } from '../frame.js';
import { explain, speak, t } from '../i18n.js';
import { prefs } from '../prefs.js';
import { Toasts } from '../toasts.js';
import { differences } from './differ.js';
import { table, tiles } from './difference.js';
import { about, hand, heads } from './hand.js';
import { Losses } from './lost.js';

const SIDES = 14; // what the foot keeps free at each side (css/compare.css)
const root = document.querySelector('[data-compare]');
const place = (id) => document.getElementById(id);
const ids = [root.dataset.a, root.dataset.b];
const toasts = new Toasts(place('toasts'));
const redraw = onceAFrame(draw);

const pair = {
  ids, t, toasts, stages: [null, null], told: null, problem: null, both: true, view: { span: 0, drag: null, speedAsked: null, broker: 1 }, before: {}, found: [], kept: [null, null],
  get states() {
    return this.stages.map((stage) => stage?.snapshot ?? null);
  },
  get ready() {
    return this.states.every(Boolean);
  },
  get back() {
    return this.stages.some((stage) => stage?.past.on);
  },
  redraw,
  order,
  look,
  live,
};
pair.losses = new Losses(pair);

function draw() {
  patch(place('about'), about(pair));
  frames();
  if (!pair.ready) return;
  compare();
  patch(place('differences'), [tiles(pair), table(pair)]);
  patch(place('hand'), hand(pair, root.clientWidth - 2 * SIDES));
  root.toggleAttribute('data-back', pair.back);
  window.riachoPair = pair;
}

/* The frames are made once: a frame that is made anew begins anew. */
function frames() {
  const sides = place('sides');
  if (!sides.childElementCount) {
    patch(sides, ids.map((id, i) => h('article', { key: id, class: `one side-${'ab'[i]}`, 'aria-label': 'AB'[i], 'data-testid': `side-${'ab'[i]}` },
      h('div', { class: 'one-head' }), h('iframe', { src: `/s/${id}/?embed=bare&theme=${prefs.theme}`, title: `${'AB'[i]}: ${id}`, 'data-testid': `frame-${'ab'[i]}` }))));
  }
  [...sides.children].forEach((side, i) => patch(side.firstElementChild, heads(pair, i)));
}

function compare() {
  const [a, b] = pair.states;
  const changed = pair.kept[0] !== a || pair.kept[1] !== b;
  if (!changed) return;
  pair.found = differences(a, b, pair.before);
  if (pair.kept[0] !== a) pair.before.a = pair.kept[0];
  if (pair.kept[1] !== b) pair.before.b = pair.kept[1];
  pair.kept = [a, b];
  const lit = new Set(pair.found.map((one) => one.test));
  const same = (other) => other && other.size === lit.size && [...lit].every((one) => other.has(one));
  for (const stage of pair.stages) {
    if (same(stage.lit)) continue;
    stage.lit = lit;
    stage.redraw();
  }
  pair.losses.follow();
}

/* Done to both, at the same virtual moment. Answers {ok} as one command does. */
async function order(command) {
  if (pair.back) {
    toasts.show(t('past.held'), { code: 'LOOKING_BACK' });
    return { ok: false, error: { code: 'LOOKING_BACK', reason: '' } };
  }
  const done = await ask(`/api/compare/${ids[0]}/${ids[1]}/commands`, { method: 'POST', json: command });
  if (!done.ok) refuse(done.error);
  else for (const [i, answer] of (done.answers ?? []).entries()) if (!answer.ok) refuse(answer.error, 'AB'[i]);
  redraw();
  return done.ok ? { ...done.answers[0], ok: true } : done;
}

function refuse({ code, reason }, side = '') {
  const said = explain(code) || t('refused');
  toasts.show((side ? `${side}: ` : '') + said[0].toUpperCase() + said.slice(1), { code, more: reason });
}

/* Both look at that moment. */
function look(ms) {
  for (const stage of pair.stages) stage.past.look({ ms: Math.max(stage.live.history?.from_ms ?? 0, ms) });
}

function live() {
  for (const stage of pair.stages) stage.backToLive();
}

addEventListener('riacho:stage', ({ detail: stage }) => {
  const side = ids.indexOf(stage.sandbox);
  if (side < 0) return;
  pair.stages[side] = stage;
  const alone = stage.order;
  stage.order = (command) => (pair.both ? order(command) : alone.call(stage, command));
  redraw();
});
addEventListener('riacho:drawn', redraw);
addEventListener('resize', redraw);

/* The reader's theme is the frames' too. */
new MutationObserver(() => {
  for (const frame of document.querySelectorAll('#sides iframe')) {
    const there = frame.contentDocument?.documentElement;
    if (there) there.dataset.theme = prefs.theme;
  }
  for (const stage of pair.stages) stage?.redraw();
  redraw();
}).observe(document.documentElement, { attributeFilter: ['data-theme', 'data-projector'] });

addEventListener('keydown', (event) => {
  if (!prefs.shortcuts || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !pair.ready) return;
  if (event.target.closest('input, textarea, select, [role=slider], [role=button]') || (event.key === ' ' && event.target.closest('button, a'))) return;
  const { paused } = pair.stages[0].live.pace;
  const acts = {
    ' ': () => order({ do: paused ? 'resume' : 'pause' }), b: () => order({ do: paused ? 'resume' : 'pause' }), '.': () => order({ do: paused ? 'resume' : 'pause' }),
    ArrowRight: () => (pair.back ? look(pair.states[0].at_ms + 1000) : order(event.shiftKey ? { do: 'advance', ms: 1000 } : { do: 'step' })),
    ArrowLeft: () => look(pair.states[0].at_ms - 1000), l: live, Escape: live,
  };
  const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

await speak(document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', { 'pt-BR': root.dataset.textsPt, en: root.dataset.textsEn });
redraw();
const told = await ask(`/api/compare/${ids[0]}/${ids[1]}`);
if (told.ok) pair.told = told;
else pair.problem = told.error;
redraw();
