/* One request in the drawer: what it said, what was answered, what led to it, and what came of it. */
import { ask, sandboxPath } from '../api.js';
import { button, facts, link, sentence } from '../controls.js';
import { linkable } from '../deeplink.js';
import { h } from '../dom.js';
import { tell } from '../i18n.js';
import { laneName, moment } from './names.js';

linkable('request', 'n:n', 'step:n');

const CAUSES_SHOWN = 6;
const kept = { name: '', told: null, error: null, asking: false, all: false };

export function requestPage(chosen, stage) {
  const { t } = stage;
  bring(chosen, stage);
  if (kept.error) return h('p', { key: 'error', class: 'bad', role: 'alert', 'data-testid': 'request-error' }, t('request.gone', { code: kept.error.code }));
  if (!kept.told) return h('p', { key: 'coming', class: 'muted', role: 'status', 'data-testid': 'coming' }, t('lazy.coming'));
  const { request, answer, answer_causes: because = [], causes, led_to: led, events, whole } = kept.told;
  const took = answer && answer.at_ms !== null ? answer.at_ms - request.sent_ms : null;
  return h('div', { key: `request ${request.n}`, 'data-testid': 'request-page', 'data-request': request.n },
    h('h3', {}, request.api || t('request.answer')),
    h('p', { class: 'way' }, h('b', {}, laneName(request.from)), ' → ', h('b', {}, laneName(request.to))),
    about(request, t),
    facts([
      [t('request.sent'), time(request.sent_ms), 'request-sent'],
      [t('request.arrived'), request.lost ? h('span', { class: 'bad' }, t('request.lost')) : request.at_ms === null ? t('request.stuck') : [time(request.at_ms), ' ', after(request.at_ms - request.sent_ms, t)], 'request-arrived'],
      [t('request.answered'), answered(request, answer, took, t), 'request-answered'],
      request.client ? [t('request.client'), h('code', {}, request.client), 'request-client'] : null,
    ]),
    h('p', { class: 'row' }, button(t('request.look'), () => stage.past.look({ step: request.step }), { kind: 'small', test: 'request-look', off: !request.step })),
    h('h4', {}, t('request.says')),
    tree(request.fields, 'request-fields'),
    answer ? [h('h4', { key: 'answer head' }, t('request.answers')), tree(answer.fields, 'answer-fields')] : null,
    h('h4', {}, t('request.why')),
    chain(causes, whole, stage),
    because.length && because[0].n !== request.n ? [h('h4', { key: 'because head' }, t('request.because')),
      h('ol', { key: 'because', class: 'chain', 'data-testid': 'request-because' }, because.slice(0, CAUSES_SHOWN).map((one) => h('li', { key: one.n }, linkWords(one, stage))))] : null,
    led.length ? [h('h4', { key: 'led head' }, t('request.led')), h('ul', { key: 'led', class: 'plain chain', 'data-testid': 'request-led' }, led.map((one) => h('li', { key: one.n }, linkWords(one, stage))))] : null,
    events.length ? [h('h4', { key: 'told head' }, t('request.told')), h('ul', { key: 'told', class: 'plain chain', 'data-testid': 'request-events' }, events.map((event) => h('li', { key: event.n }, sentence(tell(event)))))] : null);
}

/* Fetched when it is first drawn, and once more when its answer has come meanwhile. */
async function bring({ n, step }, stage) {
  const { past, feed } = stage;
  const moment = past.on ? `&step=${past.state.step}&ms=${past.state.at_ms}` : '';
  const come = feed.rows.some((row) => row.of === n);
  const name = `${stage.sandbox} ${n} ${moment}${come ? ' answered' : ''}`;
  if (kept.name === name) return;
  if (!kept.name.startsWith(`${stage.sandbox} ${n} `)) Object.assign(kept, { told: null, all: false });
  Object.assign(kept, { name, error: null });
  const told = await ask(sandboxPath(stage.sandbox, `/requests/${n}?at_step=${step}${moment}`));
  if (kept.name !== name) return;
  Object.assign(kept, told.ok ? { told } : { error: told.error });
  stage.redraw();
}

/* What this kind of request is for, in a sentence. */
function about({ api }, t) {
  const key = `request.about.${api}`;
  const words = t(key);
  return words === key ? null : h('p', { class: 'muted' }, words);
}

function answered(request, answer, took, t) {
  if (answer) return [time(answer.at_ms), ' ', after(took, t)];
  if (request.api === 'Produce' && request.params.acks === 0) return t('request.no-answer');
  return t('request.not-yet');
}

const time = (ms) => h('span', { class: 'num' }, moment(ms));
const after = (ms, t) => h('small', { class: 'muted num' }, t('request.after', { ms }));

/* Causes, the nearest first. */
function chain(causes, whole, stage) {
  const { t } = stage;
  if (!causes.length) return h('p', { key: 'root', class: 'muted', 'data-testid': 'request-causes' }, t(whole ? 'request.root' : 'request.before'));
  const shown = kept.all ? causes : causes.slice(0, CAUSES_SHOWN);
  return h('ol', { key: 'causes', class: 'chain', 'data-testid': 'request-causes' },
    shown.map((one) => h('li', { key: one.n }, linkWords(one, stage))),
    shown.length < causes.length ? h('li', { key: 'more' }, link(t('request.more', { count: causes.length - shown.length }), () => {
      kept.all = true;
      stage.redraw();
    }, 'request-more')) : null,
    shown.length === causes.length ? h('li', { key: 'end', class: 'muted' }, t(whole ? 'request.root' : 'request.before')) : null);
}

/* One link of the chain, in words; a request leads to its own page. */
function linkWords(one, stage) {
  const { t } = stage;
  const params = { name: one.name, node: laneName(one.node), from: laneName(one.from), at: one.at_ms };
  const known = ['request', 'response', 'alarm', 'order', 'opened', 'refused', 'accepted', 'closed', 'synced', 'frame', 'calendar'];
  const words = t(`request.cause.${known.includes(one.kind) ? one.kind : 'other'}`, params);
  const leads = one.kind === 'request' || one.kind === 'response' || one.kind === 'frame';
  return [
    h('span', { class: 'num muted when' }, moment(one.at_ms)), ' ',
    leads ? link(words, () => stage.select({ kind: 'request', n: one.n, step: one.step }), `cause-${one.n}`) : words,
  ];
}

/* Fields and values as deep as they are told. */
function tree(value, test = null) {
  if (Array.isArray(value)) {
    return h('ul', { class: 'tree' }, value.length ? value.map((one, i) => h('li', { key: i }, tree(one))) : h('li', { class: 'muted' }, '[]'));
  }
  if (value !== null && typeof value === 'object') {
    return h('dl', { class: 'tree', 'data-testid': test }, Object.entries(value).map(([name, one]) => [
      h('dt', { key: `t ${name}` }, name), h('dd', { key: `d ${name}` }, tree(one)),
    ]));
  }
  return h('code', {}, value === null ? 'null' : String(value));
}
