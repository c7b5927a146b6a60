/* A stage in a frame of the page that compares two: it gives itself to that page, which shows the parts that differ and
 * hands what is done here to both. Another website's page that frames us gets nothing: the browser forbids it. */
export function join(stage) {
  let page = null;
  try {
    if (parent !== window && parent.document.querySelector('[data-compare]')) page = parent;
  } catch {
    return; // of another origin
  }
  if (!page) return;
  stage.lit = new Set();
  document.documentElement.dataset.beside = 'projector' in page.document.documentElement.dataset ? 'large' : '';
  stage.drawn = () => {
    light(stage.lit);
    page.dispatchEvent(new page.CustomEvent('riacho:drawn', { detail: stage.sandbox }));
  };
  page.dispatchEvent(new page.CustomEvent('riacho:stage', { detail: stage }));
  stage.redraw();
}

function light(lit) {
  for (const node of document.querySelectorAll('[data-differs]')) if (!lit.has(node.dataset.testid)) node.removeAttribute('data-differs');
  for (const test of lit) {
    for (const node of document.querySelectorAll(`[data-testid="${CSS.escape(test)}"]`)) node.setAttribute('data-differs', '');
  }
}
