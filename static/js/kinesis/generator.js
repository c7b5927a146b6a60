/* Data that do not end: simulated applications of the playground that write to the stream, as on the stage. No part of
 * AWS, so there is no other way to write it; what they ask for are PutRecord and PutRecords like anybody's. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { card, rich } from './parts.js';
import { rounded } from './units.js';

const BATCH = 100; // records a call, where they are many
const OFFERS = [
  ['calm', { rate: 5, keys: 'few', source: 'purchases' }],
  ['busy', { rate: 400, keys: 'many', source: 'temperatures', batch: BATCH }],
  ['hot', { rate: 1500, keys: 'hot', source: 'clicks', batch: BATCH }],
];

export function generator(desk, stream) {
  const { say, kinesis } = desk;
  const mine = (kinesis.producers ?? []).filter((one) => one.stream === stream.name);
  return card({ title: say('generator'), key: 'generator', test: 'generator', note: say('generator.told') },
    h('p', { class: 'row' }, OFFERS.map(([id, offer]) => button(say(`generator.${id}`, { rate: offer.rate }), () => desk.order({ do: 'add_stream_producer', stream: stream.name, ...offer }), { kind: 'small', test: `generator-${id}` }))),
    mine.length ? h('ul', { class: 'plain k-sources', 'data-testid': 'generators' }, mine.map((one) => source(desk, one))) : null,
    mine.some((one) => one.throttled > 0) ? h('p', { class: 'k-note', role: 'status', 'data-testid': 'generator-throttled' }, rich(desk, 'generator.throttled')) : null);
}

function source(desk, one) {
  const { say } = desk;
  return h('li', { key: one.id }, h('span', { class: `lamp ${one.running ? 'running' : 'crashed'}`, 'aria-hidden': 'true' }),
    h('span', {}, h('b', {}, one.id), ' ', h('small', { class: 'muted num' }, say('generator.now', { rate: rounded(one.rate), acked: one.acked, throttled: one.throttled }))),
    button(say(one.running ? 'generator.stop' : 'generator.start'), () => desk.order({ do: 'set_stream_producer', producer: one.id, running: !one.running }), { kind: 'small', name: say(one.running ? 'generator.stop.name' : 'generator.start.name', { producer: one.id }) }),
    button('✕', () => desk.order({ do: 'remove_stream_producer', producer: one.id }), { kind: 'quiet small', name: say('generator.remove', { producer: one.id }) }));
}
