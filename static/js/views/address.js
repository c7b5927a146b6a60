/* The view in the page's address (#view=brokers), so that a link shows what the reader saw. The rest of the fragment
 * belongs to others (deeplink.js). */
import { FIRST, viewOf } from './registry.js';

/* For the first picture, before the address is followed. */
export function viewInAddress() {
  const [, asked] = /(?:^#|&)view=([a-z]+)/.exec(location.hash) ?? [];
  return viewOf(asked) ? asked : FIRST;
}

/* From here on a changed address changes the view. */
export function followView(stage) {
  stage.route.on('view', (text) => stage.change({ view: viewOf(text) ? text : FIRST }));
}

/* Show a view; of what is selected nothing changes. No entry in the history for each angle: the way back leads out of
 * the stage, not round it. */
export function showView(stage, id) {
  if (!viewOf(id) || stage.view.view === id) return;
  stage.change({ view: id });
  stage.route?.set('view', id === FIRST ? '' : id);
}
