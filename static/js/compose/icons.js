/* Line drawings of the sources, in a box of 24 by 24. */
import { h } from '../dom.js';

const PATHS = {
  purchases: 'M3 4h2.4l2.4 11h9.6L20 8H6.4M9 19.2a1.2 1.2 0 1 0 .01 0M16.4 19.2a1.2 1.2 0 1 0 .01 0',
  temperatures: 'M10 13.4V5.2a2 2 0 1 1 4 0v8.2a4 4 0 1 1-4 0zM12 9v7.5M17.5 5h3M17.5 8.5h2M17.5 12h3',
  monitors: 'M2.5 12.5h4l2-5.5 3.2 11 2.6-8 1.4 2.5h5.8',
  ticks: 'M5 20V10M5 6V4M3.4 6.2h3.2v5.6H3.4zM12 20v-3M12 8V4M10.4 8.2h3.2v8.6h-3.2zM19 20v-6M19 5V3M17.4 5.2h3.2v8.6h-3.2z',
  clicks: 'M6 3.5l4.4 15 2.5-5.6 5.9-2.1zM13 13.5l5.5 6',
  rows: 'M3.5 4.5h17v15h-17zM3.5 9.5h17M3.5 14.5h17M9 4.5v15',
};

export const sourceIcon = (source) => h('svg', { class: 'source-icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d: PATHS[source] ?? PATHS.purchases }));
