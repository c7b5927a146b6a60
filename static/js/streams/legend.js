/* How to read the streams: each sign as it is drawn, and what it says. */
import './texts.js';
import { h } from '../dom.js';
import { caretIcon, tagIcon } from '../markers.js';

export function signs(stage) {
  const { t } = stage;
  const row = (sign, key) => h('div', { class: 'sign', key }, h('span', { class: 'drawn', 'aria-hidden': 'true' }, sign), h('span', {}, t(key)));
  const drawing = (paths) => h('svg', { class: 'lane-drawing', viewBox: '0 0 56 30', width: 56, height: 30 }, paths.map(([kind, d], i) => h('path', { key: i, class: kind, d })));
  return h('div', { key: 'streams', class: 'streams-legend', 'data-testid': 'legend-streams' },
    h('h4', {}, t('legend.streams')),
    row(drawing([['hash-axis', 'M6 2v26M2 2h4M2 28h4'], ['box', 'M12 3h42v11h-42z'], ['box', 'M12 17h42v11h-42z']]), 'legend.shard'),
    row(drawing([['box', 'M2 4h20v22h-20z'], ['cap', 'M21 6v18'], ['descent', 'M22 4h10v10h-10zM22 16h10v10h-10z'], ['box', 'M32 4h22v10h-22z'], ['box', 'M32 16h22v10h-22z']]), 'legend.descent'),
    row(drawing([['box', 'M2 4h52v22h-52z'], ['gauge', 'M26 10h24v6h-24z'], ['gauge-fill', 'M26 10h14v6h-14z']]), 'legend.gauge'),
    row(drawing([['box throttled', 'M2 4h52v22h-52z'], ['gauge full', 'M26 10h24v6h-24z'], ['gauge-fill full', 'M26 10h24v6h-24z']]), 'legend.throttled'),
    row(tagIcon(0, 'app'), 'legend.lease'), row(caretIcon(0), 'legend.checkpoint'), row(tagIcon(1, 'app'), 'legend.fan'), row(tagIcon(2, 'aws', true), 'legend.iterator'));
}
