/* How to read the stage: each sign as it is drawn, and what it says. Key colours are said in words nowhere else. */
import { h } from './dom.js';
import { caretIcon, tagIcon } from './markers.js';
import { lazy } from './lazy.js';
import { motionSigns } from './motion/legend.js';

const streamSigns = lazy(() => import('./streams/legend.js'), 'signs');

export function legend(stage) {
  const { t } = stage;
  const row = (sign, key) => h('div', { class: 'sign', key }, h('span', { class: 'drawn', 'aria-hidden': 'true' }, sign), h('span', {}, t(`legend.${key}`)));
  const cell = (kind, words = '') => h('span', { class: `cell ${kind}` }, words);
  return [
    h('h3', { key: 'title', class: 'page-title' }, t('tab.legend')),
    stage.view.view === 'streams' ? streamSigns(stage) : null,
    h('p', { key: 'intro' }, t('legend.intro')),
    h('h4', { key: 'records' }, t('legend.records')),
    row([cell('key0', '1'), cell('key2', '3')], 'key'),
    row(cell('none', '·'), 'no-key'),
    row([cell('key3', '4'), cell('open', '4')], 'open'),
    row(h('span', { class: 'line-sign watermark' }), 'watermark'),
    row(cell('next'), 'next'),
    h('h4', { key: 'replicas' }, t('legend.replicas')),
    row(h('b', { class: 'leader' }, '★ B1'), 'leader'),
    row(h('span', { class: 'lane-sign' }), 'follower'),
    row(h('span', { class: 'lane-sign out' }), 'out'),
    row([h('span', { class: 'lane-sign dead' }), h('b', { class: 'bad' }, '✕')], 'dead'),
    h('h4', { key: 'readers' }, t('legend.readers')),
    row([tagIcon(0, 'A-1'), tagIcon(1, 'B-1')], 'position'),
    row(tagIcon(0, 'py', true), 'fetched'),
    row([caretIcon(0), caretIcon(1)], 'committed'),
    row([cell('key4', '5'), cell('key1', '2'), tagIcon(0, 'A-1')], 'lag'),
    motionSigns(stage),
  ];
}
