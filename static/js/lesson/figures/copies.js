/* Replicas: each broker has its own copy of the log, and makes its own table from it. The same log in the same order makes
 * the same table; a copy that is behind makes an earlier one.
 *
 * What is below the high watermark is the same in every copy, so each table is made from that: as far as its copy goes. */
import { beside } from './beside.js';
import { shown } from './kit.js';
import { Records } from './records.js';

export function figure(box, { lang, stage }) {
  const records = new Records(stage);
  const who = (_, __, { replicas, hw, leader }) => [...replicas].sort((a, b) => a.broker - b.broker).map(({ broker, end, alive }) => ({
    id: String(broker), title: `${broker === leader ? '★ ' : ''}B${broker}`, upto: Math.min(end, hw), kind: alive ? '' : 'down',
  }));
  return shown(box, lang, (say) => beside(stage, records, say, { who, name: 'copies' }));
}
