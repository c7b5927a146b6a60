/* Connect a program: the address, code with a client id of its own, and who has come, the moment they come. */
import { clientOf, chosenForm, placeFor } from '../code/place.js';
import { codeBlock, coming, formTabs, told } from '../code/shown.js';
import { FORMS, snippet } from '../code/snippets.js';
import { words } from '../code/page.js';
import { copy, copyButton } from '../copying.js';
import { button, link } from '../controls.js';
import { h } from '../dom.js';
import { awsSide } from './aws.js';
import { softwareOf, visitors } from './clients.js';

const SIDES = ['kafka', 'aws'];
const PURPOSES = ['produce', 'consume', 'look'];
const CLIENTS = FORMS.filter((form) => form.makes);

/* chosen: {kind: 'connect', purpose?, topic?}, or {kind: 'connect-aws'} for the other side. */
export function page(chosen, stage) {
  const say = words.in(stage);
  if (!say) return coming(words, stage);
  const side = chosen.kind === 'connect-aws' ? 'aws' : 'kafka';
  const sides = h('div', { key: 'sides', class: 'purposes', role: 'group', 'aria-label': say('connect.sides') }, SIDES.map((it) => button(say(`connect.side.${it}`), () => stage.select({ kind: it === 'aws' ? 'connect-aws' : 'connect' }), { kind: 'small', pressed: it === side, test: `side-${it}` })));
  if (side === 'aws') return h('div', { key: 'workshop', class: 'workshop', 'data-testid': 'connect-page' }, h('h3', { key: 'head', class: 'page-title' }, say('aws.title')), sides, h('p', { key: 'lead', class: 'muted' }, say('aws.lead')), awsSide(stage, say));
  const state = stage.live;
  const purpose = PURPOSES.includes(chosen.purpose) ? chosen.purpose : 'consume';
  const topics = state.topics.filter((it) => !it.internal).map((it) => it.name);
  const topic = topics.includes(chosen.topic) ? chosen.topic : topics[0];
  const form = CLIENTS.find((it) => it.id === chosenForm(stage))?.id ?? CLIENTS[0].id;
  const task = topic ? taskFor(purpose, topic) : { act: 'look' };
  const list = visitors(stage.book.events, state);
  const mine = list.find((it) => it.id === clientOf(form));
  return h('div', { key: 'workshop', class: 'workshop', 'data-testid': 'connect-page' },
    h('h3', { key: 'head', class: 'page-title' }, say('connect.title')),
    sides,
    h('p', { key: 'lead', class: 'muted' }, say('connect.lead')),
    address(stage, say),
    own(mine, form, stage, say),
    h('div', { key: 'choice', class: 'connect-choices' },
      h('div', { class: 'purposes', role: 'group', 'aria-label': say('connect.purpose') }, PURPOSES.map((it) => button(say(`connect.${it}`), () => stage.select({ ...chosen, purpose: it }), { kind: 'small', pressed: it === purpose, test: `purpose-${it}` }))),
      topics.length > 1 && purpose !== 'look' ? h('label', { class: 'topic-choice' }, h('span', {}, say('connect.topic')), h('select', { 'data-testid': 'connect-topic', on: { change: (e) => stage.select({ ...chosen, topic: e.target.value }) } },
        topics.map((it) => h('option', { key: it, value: it, selected: it === topic }, it)))) : null),
    formTabs(stage, CLIENTS, say),
    codeBlock(snippet(form, task, placeFor(form, stage, say)), stage, say),
    others(list.filter((it) => it !== mine), stage, say),
    elsewhere(stage, say),
    h('p', { key: 'more', class: 'actions' }, button(say('to.doctor'), () => stage.select({ kind: 'doctor' }), { kind: 'quiet', test: 'connect-to-doctor' })));
}

function taskFor(purpose, topic) {
  if (purpose === 'produce') return { act: 'produce', topic, key: 'cliente-5', value: '{"produto": "café"}', headers: {}, partition: null };
  if (purpose === 'look') return { act: 'look' };
  return { act: 'consume', group: 'turma', topic, assignor: 'range', poll_ms: 1000, max_poll_records: 500, start_at: 'earliest' };
}

function address(stage, say) {
  const all = stage.live.brokers.map((b) => ({ id: b.id, at: `${b.host}:${b.port}`, runs: b.state === 'running' }));
  return h('section', { key: 'address', class: 'kafka-at', 'aria-label': say('connect.address') },
    h('div', { class: 'address-main' }, h('code', { 'data-testid': 'connect-address' }, stage.bootstrap()), copyButton(stage.bootstrap(), stage.t('kafka.copy'), stage.toast, 'address-copy')),
    h('p', { class: 'address-all' }, all.map(({ id, at, runs }) => h('span', { key: id, class: runs ? 'address-one' : 'address-one down' }, h('span', { class: runs ? 'lamp running' : 'lamp crashed', 'aria-hidden': 'true' }),
      stage.t('broker.title', { id }), ' ', h('code', {}, `:${at.split(':').at(-1)}`))), all.length > 1 ? button(say('connect.copy-all'), () => copyAll(all.map((it) => it.at).join(','), stage), { kind: 'quiet small', test: 'address-copy-all' }) : null),
    h('p', { class: 'muted' }, say('connect.one')));
}

async function copyAll(text, stage) {
  stage.toast((await copy(text)) ? stage.t('copied') : stage.t('copy.failed', { text }));
}

/* The reader's own code: waited for until it comes, then how it is doing. */
function own(mine, form, stage, say) {
  return h('section', { key: 'own', class: 'arrivals', 'aria-label': say('connect.yours') },
    h('div', { role: 'status', 'data-testid': 'connect-status', 'data-connected': String(Boolean(mine?.row)) },
      mine ? visitorCard(mine, stage, say, form) : h('p', { class: 'waiting-for' }, h('span', { class: 'lamp starting', 'aria-hidden': 'true' }), h('span', {}, told(say.parts('connect.waiting', { client: clientOf(form) }))))),
    stage.live.pace.paused ? h('p', { key: 'paused', class: 'hint' }, say('connect.paused')) : null,
    stage.past.on ? h('p', { key: 'now', class: 'hint' }, say('connect.now')) : null);
}

function others(list, stage, say) {
  if (!list.length) return null;
  return h('section', { key: 'others', class: 'arrivals', 'aria-label': say('connect.list') },
    h('h4', {}, say('connect.list')),
    h('ul', { class: 'plain', 'data-testid': 'connect-list' }, list.map((it) => h('li', { key: it.id }, visitorCard(it, stage, say)))));
}

/* form: of the reader's own code; "" if it is somebody else's. */
function visitorCard(visitor, stage, say, form = '') {
  const { id, version, row, member, sent, n } = visitor;
  const there = Boolean(row);
  const mine = Boolean(form);
  const name = softwareOf(visitor, form);
  const facts = [
    !softwareOf(visitor) ? say('connect.nameless', { client: id }) : null,
    visitor.broker === null ? null : say('connect.since', visitor),
    there ? say('connect.connections', { connections: row.connections }) : visitor.gave_up ? say('connect.gave-up') : visitor.gone_ms !== null ? say('connect.gone', { at_ms: visitor.gone_ms }) : null,
    ...sent.filter((it) => it.topic).map((it) => say('connect.sent', it)),
    member ? say('connect.member', member) : null,
    member && member.parts.length ? say('connect.lag', member) : null,
    member ? say('connect.heartbeat', member) : null,
    there && !member && !sent.length ? say('connect.quiet') : null,
  ].filter(Boolean);
  return h('article', { class: `visitor${there ? ' there' : ''}${mine ? ' mine' : ''}`, 'data-testid': `visitor-${id}`, 'data-there': String(there) },
    h('p', { class: 'visitor-head' }, h('span', { class: there ? 'lamp running' : 'lamp crashed', 'aria-hidden': 'true' }),
      h('span', {}, told(say.parts('connect.connected', { software: name, version: version || '', client: id })))),
    h('p', { class: 'mono visitor-id' }, id, mine ? h('span', { class: 'yours' }, say('connect.yours')) : null),
    h('ul', { class: 'plain visitor-facts' }, facts.map((it) => h('li', { key: it }, it))),
    h('p', { class: 'visitor-ways' },
      there ? link(say('connect.open'), () => stage.select(member ? { kind: 'member', group: member.group, id: member.id } : { kind: 'client', id })) : null,
      n !== null && stage.book.byEvent.has(n) ? link(say('connect.moment'), () => stage.showMoment(stage.book.byEvent.get(n))) : null));
}

function elsewhere(stage, say) {
  const line = 'python manage.py play --host 0.0.0.0 --advertise 192.168.0.10';
  return h('details', { key: 'elsewhere', class: 'connect-elsewhere' },
    h('summary', {}, say('connect.elsewhere')),
    h('p', {}, told(say.parts('connect.elsewhere.why'))),
    h('p', { class: 'run-line' }, h('code', {}, line), copyButton(line, say('copy'), stage.toast)));
}
