/* What a scene turns the stage to when it begins: a view, one thing open in the drawer, and one in the light. */
import { read } from '../deeplink.js';
import { showView } from '../views/address.js';
import { elementOf } from './places.js';

const BROAD = 1400; // from here on the drawer covers nothing (stage.js)

/* show: {view, select, focus} of the document. */
export function enter(stage, { show = {} }) {
  if (location.hash.length > 1 && !stage.entered) { // a link that names something goes before the scene
    stage.entered = true;
    return;
  }
  stage.entered = true;
  showView(stage, show.view ?? 'tapes');
  const selected = show.select ? read(show.select) : null;
  if (selected && innerWidth >= BROAD) stage.select(selected);
  else stage.change({ drawer: false, selected: null, moment: null });
}

let lit = [];

/* What the scene is about is ringed, and what stands beside it is toned down (css/scene.css). Of a topic: its tapes. */
export function light({ show = {} }) {
  const wanted = show.focus ? spots(show.focus) : [];
  if (wanted.length === lit.length && wanted.every((one, i) => one === lit[i])) return;
  unlight();
  lit = wanted;
  for (const one of lit) one.toggleAttribute('data-in-light', lit.length === 1); // a ring round everything points at nothing
  if (lit.length) document.documentElement.dataset.light = Object.keys(show.focus)[0];
}

function spots(focus) {
  if (focus.topic === undefined || focus.partition !== undefined) return [elementOf(focus)].filter(Boolean);
  return [...document.querySelectorAll(`#tapes [data-testid^="tape-${CSS.escape(focus.topic)}-"]`)];
}

export function unlight() {
  for (const one of lit) one.removeAttribute('data-in-light');
  lit = [];
  delete document.documentElement.dataset.light;
}
