/* The lag strip of a big topic: the partitions whose slowest group is furthest behind, worst first. A press opens the tape. */
import { h } from './dom.js';
import { number } from './i18n.js';

export function behindRow(row, plan, stage) {
  const { topic, behind } = row;
  const { t, view } = stage;
  const most = behind[0].lag;
  return h('div', { key: row.key, class: 'behind', role: 'group', 'aria-label': t('behind.name', { topic: topic.name }), 'data-testid': `behind-${topic.name}`, vars: { '--y': `${row.y}px`, '--h': `${row.h}px` } },
    h('span', { class: 'warn behind-title', vars: { '--x': `${behind[0].x - 8}px` } }, t('behind')),
    behind.map(({ partition, lag, x, w }, i) => {
      const pinned = view.pinned.has(`${topic.name}-${partition}`);
      return h('button', {
        key: i, type: 'button', class: 'behind-one', 'aria-pressed': String(pinned), 'data-partition': partition, 'data-lag': lag,
        'aria-label': t('behind.one', { partition, lag }), title: t(pinned ? 'partition.unpin' : 'partition.pin'),
        vars: { '--x': `${x}px`, '--w': `${w}px`, '--share': String(Math.max(0.03, lag / most)) },
        on: { click: () => stage.pin(`${topic.name}-${partition}`) },
      }, h('b', {}, String(partition)), h('span', { class: 'num' }, number(lag)));
    }));
}
