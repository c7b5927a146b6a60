/* Enhanced fan-out: consumers that are registered, each with a throughput of its own, to which records are pushed. */
import { button } from '../controls.js';
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { fullDate } from '../i18n.js';
import { faultOfName } from './limits.js';
import { card, doing, form, labelled, refusal, rich, slot, status, typed } from './parts.js';
import { open, numberOf } from './hashes.js';
import { twinBox } from './twins.js';

const CONSUMERS_MAX = 20;

export function fanout(desk, stream) {
  const { say } = desk;
  const draft = desk.draft(`fanout ${stream.name}`, () => ({ name: '', turn: 0 }));
  const steps = (name) => [{ operation: 'RegisterStreamConsumer', shown: true, parameters: { StreamARN: stream.arn, ConsumerName: name || 'meu-consumidor' } }];
  const register = async () => {
    if (faultOfName(draft.name)) return void document.getElementById('c-name')?.focus();
    const done = await desk.calls.run('register', steps(draft.name));
    if (done.ok) desk.drafts.set(`fanout ${stream.name}`, { name: '', turn: draft.turn + 1 });
    desk.redraw();
  };
  return [
    h('p', { key: 'told', class: 'hint k-intro' }, rich(desk, 'fanout.told')),
    slot('consumers', stream.consumers.length ? table(desk, stream) : h('p', { key: 'none', class: 'notice', 'data-testid': 'no-consumers' }, rich(desk, 'fanout.none'))),
    card({ title: say('fanout.register'), key: 'register' },
      form(desk, 'register', register, { class: 'k-inline-form', key: `register-${draft.turn}` },
        labelled('c-name', say('fanout.name'), typed(desk, draft, 'name', { class: 'mono', maxlength: 128, placeholder: 'meu-consumidor', 'data-testid': 'consumer-name' }), { hint: say('fanout.limit', { consumers: stream.consumers.length, most: CONSUMERS_MAX }), fault: draft.name && faultOfName(draft.name) ? say(`fault.name.${faultOfName(draft.name)}`) : null }),
        doing(desk, 'register', say('fanout.send'), null, { test: 'consumer-send' })),
      refusal(desk, 'register'),
      twinBox(desk, steps(draft.name), { test: 'consumer-twin' })),
    refusal(desk, 'deregister'),
  ];
}

function table(desk, stream) {
  const { say } = desk;
  const heads = ['consumer', 'status', 'created', 'subscribed'];
  return h('div', { key: 'consumers', class: 'k-card k-table-card' }, h('table', { class: 'k-table', 'data-testid': 'consumers' },
    h('caption', { class: 'visually-hidden' }, say('tab.fanout')),
    h('thead', {}, h('tr', {}, heads.map((key) => h('th', { scope: 'col', key }, say(`col.${key}`))), h('th', { scope: 'col', key: 'acts' }, h('span', { class: 'visually-hidden' }, say('col.acts'))))),
    h('tbody', {}, stream.consumers.map((consumer) => [row(desk, stream, consumer), desk.kept.get('consumer') === consumer.arn ? how(desk, stream, consumer) : null]))));
}

function row(desk, stream, consumer) {
  const { say } = desk;
  const cell = (key, ...words) => h('td', { key, 'data-label': say(`col.${key}`) }, words);
  const unfolded = desk.kept.get('consumer') === consumer.arn;
  return h('tr', { key: consumer.arn, 'data-testid': `consumer-${consumer.name}` },
    h('th', { scope: 'row' }, h('button', {
      type: 'button', class: 'k-fold mono', 'aria-expanded': String(unfolded), title: say('fanout.how'), on: {
        click: () => {
          desk.kept.set('consumer', unfolded ? null : consumer.arn);
          desk.redraw();
        },
      },
    }, h('span', { 'aria-hidden': 'true' }, unfolded ? '▾ ' : '▸ '), consumer.name)),
    cell('status', status(desk, consumer.status)),
    cell('created', fullDate(consumer.created)),
    cell('subscribed', consumer.subscribed.length ? h('span', {}, consumer.subscribed.map((id) => h('span', { key: id, class: 'k-chip mono' }, say('shard.short', { shard: numberOf(id) })))) : h('span', { class: 'muted' }, say('fanout.nobody'))),
    h('td', { key: 'acts', class: 'k-row-acts' }, button(say('fanout.deregister'), () => desk.calls.run('deregister', [{ operation: 'DeregisterStreamConsumer', parameters: { StreamARN: stream.arn, ConsumerName: consumer.name } }]),
      { kind: 'small danger', name: say('fanout.deregister.name', { consumer: consumer.name }), off: consumer.status === 'DELETING', test: 'deregister' })));
}

/* How a program reads as this consumer. */
function how(desk, stream, consumer) {
  const shard = open(stream)[0]?.id ?? '';
  return h('tr', { key: `how ${consumer.arn}`, class: 'k-detail' }, h('td', { colspan: '5' },
    h('p', { class: 'k-arn' }, h('code', {}, consumer.arn), copyButton(consumer.arn, desk.say('arn.copy'), desk.toast)),
    h('p', { class: 'hint' }, rich(desk, 'fanout.how.told')),
    twinBox(desk, [{ operation: 'SubscribeToShard', parameters: { ConsumerARN: consumer.arn, ShardId: shard, StartingPosition: { Type: 'TRIM_HORIZON' } } }], { test: 'subscribe-twin', title: desk.say('fanout.program') })));
}
