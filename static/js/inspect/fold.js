/* A part of a page that is closed until somebody wants it: what is in it is made, and asked for, only then. */
import { h } from '../dom.js';

export function fold(stage, id, words, make, test = null) {
  const { view } = stage;
  view.folds ??= new Set();
  const open = view.folds.has(id);
  return h('details', {
    key: `fold ${id}`, class: 'fold', open, 'data-testid': test,
    on: {
      toggle: (event) => {
        if (event.target.open === view.folds.has(id)) return;
        if (event.target.open) view.folds.add(id);
        else view.folds.delete(id);
        stage.redraw();
      },
    },
  }, h('summary', {}, words), open ? make() : null);
}
