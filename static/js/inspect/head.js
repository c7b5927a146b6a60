/* The first line of a page: what it is about, the way back to where the reader came from, and its address to be copied. */
import { linkTo, written } from '../deeplink.js';
import { copyButton } from '../copying.js';
import { h } from '../dom.js';

export function head(stage, chosen, words, icon = null) {
  return [
    h('div', { key: 'head', class: 'page-head' },
      h('h3', { class: 'page-title', 'data-testid': 'page-title' }, icon, h('span', {}, words)),
      copyLink(stage, chosen)),
  ];
}

export function copyLink(stage, chosen) {
  if (!stage.route || !written(chosen)) return null;
  return copyButton(linkTo(stage, chosen), stage.t('link.copy'), stage.toast, 'copy-link');
}
