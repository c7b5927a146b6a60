/* The views of one snapshot: the same cluster, drawn from another angle. Their order is that of the tabs and of the
 * keys 1 to 6.
 *
 * A view's module exports draw(stage, box): make box show the snapshot. It is called for each picture while the view
 * is shown; box is empty when it is first called, and after the reader has been to another view. `leave(box,
 * stage)`, if a module exports it, is called when the reader goes. strip: the row of machines stands above the view.
 * offered(snapshot): whether there is a tab for it. */
import { Late } from '../lazy.js';

export const FIRST = 'tapes';

const always = () => true;
const view = (id, load, strip = true, offered = always) => ({ id, strip, offered, late: load && new Late(load) });

export const VIEWS = [
  view(FIRST, null), // drawn by cluster.js: what everybody sees first
  view('brokers', () => import('./brokers.js'), false),
  view('groups', () => import('./groups.js')),
  view('requests', () => import('../requests/view.js'), false),
  view('files', () => import('./files.js'), false),
  view('streams', () => import('./streams.js'), true, (snapshot) => Boolean(snapshot?.kinesis)),
];

export const viewOf = (id) => VIEWS.find((one) => one.id === id);
