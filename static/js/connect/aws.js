/* The AWS side of connecting: keys and lines for one's own terminal, and who has come, the moment they come. */
import { ask, sandboxPath } from '../api.js';
import { clientOf, chosenForm } from '../code/place.js';
import { codeBlock, formTabs, told } from '../code/shown.js';
import { copyButton } from '../copying.js';
import { link } from '../controls.js';
import { h } from '../dom.js';
import { explain } from '../i18n.js';
import { AWS_FORMS } from './aws_lines.js';

const CALLS_SHOWN = 3;
const known = { sandbox: '', answer: null, busy: false };

/* Where the API listens and with which keys: asked for once a page. */
function access(stage) {
  if (known.sandbox !== stage.sandbox) Object.assign(known, { sandbox: stage.sandbox, answer: null, busy: false });
  if (!known.answer && !known.busy) {
    known.busy = true;
    ask(sandboxPath(stage.sandbox, '/aws/access')).then((answer) => {
      Object.assign(known, { answer, busy: false });
      stage.redraw();
    });
  }
  return known.answer;
}

export function awsSide(stage, say) {
  const answer = access(stage);
  if (!answer) return [h('p', { key: 'wait', class: 'muted', role: 'status' }, stage.t('lazy.coming'))];
  if (!answer.ok) return [h('p', { key: 'none', class: 'code-cannot', role: 'alert', 'data-testid': 'aws-refused' }, said(answer.error))];
  const chosen = chosenForm(stage);
  const form = AWS_FORMS.find((one) => one.id === chosen) ?? AWS_FORMS[0];
  const client = clientOf('aws');
  const made = { ends: true, language: form.language, ...form.makes({ ...answer, client }) };
  const callers = stage.live.kinesis?.clients ?? [];
  const mine = callers.find((one) => one.client === client);
  return [
    h('section', { key: 'address', class: 'kafka-at', 'aria-label': say('aws.address') },
      h('div', { class: 'address-main' }, h('code', { 'data-testid': 'aws-endpoint' }, answer.endpoint), copyButton(answer.endpoint, say('aws.copy'), stage.toast, 'aws-endpoint-copy')),
      h('p', { class: 'muted' }, say('aws.keys', { key: answer.access_key, region: answer.region }))),
    own(mine, client, stage, say),
    formTabs(stage, AWS_FORMS, say),
    codeBlock(made, stage, say),
    h('p', { key: 'shell', class: 'hint' }, told(say.parts('aws.shell')), ' ', h('a', { href: `/s/${encodeURIComponent(stage.sandbox)}/shell/`, 'data-testid': 'aws-to-shell' }, say('aws.shell.open'))),
    others(callers.filter((one) => one !== mine), stage, say),
  ];
}

const said = ({ code, reason }) => `${explain(code) || code}${reason ? `: ${reason}` : ''}`;

/* The reader's own terminal: waited for until its first call, then what it called. */
function own(mine, client, stage, say) {
  const gone = !mine && stage.book.events.findLast((event) => event.code === 'aws_client_gone' && event.params.client === client);
  return h('section', { key: 'own', class: 'arrivals', 'aria-label': say('connect.yours') },
    h('div', { role: 'status', 'data-testid': 'aws-status', 'data-connected': String(Boolean(mine)) },
      mine ? visitor(mine, stage, say, true)
        : h('p', { class: 'waiting-for' }, h('span', { class: 'lamp starting', 'aria-hidden': 'true' }), h('span', {}, told(say.parts(gone ? 'aws.left' : 'aws.waiting', { client }))))),
    stage.live.pace.paused ? h('p', { key: 'paused', class: 'hint' }, say('connect.paused')) : null);
}

function others(list, stage, say) {
  if (!list.length) return null;
  return h('section', { key: 'others', class: 'arrivals', 'aria-label': say('connect.list') }, h('h4', {}, say('connect.list')),
    h('ul', { class: 'plain', 'data-testid': 'aws-list' }, list.slice(0, 8).map((one) => h('li', { key: one.client }, visitor(one, stage, say, false)))));
}

function visitor(one, stage, say, mine) {
  const calls = (stage.live.kinesis?.calls ?? []).filter((it) => it.client === one.client).slice(-CALLS_SHOWN);
  const came = stage.book.events.findLast((event) => event.code === 'aws_client_connected' && event.params.client === one.client);
  return h('article', { class: `visitor there${mine ? ' mine' : ''}`, 'data-testid': `aws-visitor-${one.client}` },
    h('p', { class: 'visitor-head' }, h('span', { class: 'lamp running', 'aria-hidden': 'true' }), h('span', {}, told(say.parts('aws.connected', { software: one.software, version: one.version })))),
    h('p', { class: 'mono visitor-id' }, one.client, mine ? h('span', { class: 'yours' }, say('connect.yours')) : null),
    h('ul', { class: 'plain visitor-facts' }, h('li', {}, say('aws.calls', { calls: one.calls })), calls.map((it) => h('li', { key: it.n }, h('code', {}, it.operation), it.stream ? ` ${it.stream}` : '', it.error ? h('b', { class: 'bad' }, ` ${it.error}`) : null))),
    h('p', { class: 'visitor-ways' }, link(say('connect.open'), () => stage.select({ kind: 'caller', client: one.client })),
      came && stage.book.byEvent.has(came.n) ? link(say('connect.moment'), () => stage.showMoment(stage.book.byEvent.get(came.n))) : null));
}
