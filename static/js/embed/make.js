/* The tool that puts the stage into another page: the lines to copy, and from where they work. */
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { language, t } from '../i18n.js';
import { openPanel } from '../panel.js';
import { prefs } from '../prefs.js';

const SIZE = { width: 1100, height: 640 };

export function embedLines(stage) {
  const path = stage.sandbox === 'demo' ? '/' : `/s/${encodeURIComponent(stage.sandbox)}/`;
  const where = `${location.origin}${path}?embed&lang=${language().slice(0, 2)}&theme=${prefs.theme}`;
  const title = stage.title.replace(/[<>&"]/g, ' ');
  return `<iframe src="${where.replaceAll('&', '&amp;')}"\n  title="${title} · Riacho" width="${SIZE.width}" height="${SIZE.height}"></iframe>`;
}

export function makeEmbed(stage) {
  openPanel(stage, 'embed', (panel) => [
    panel.title(t('embed')),
    h('p', { key: 'told' }, t('embed.told')),
    h('pre', { key: 'lines', class: 'mono', tabindex: '0', 'aria-label': t('embed.lines'), 'data-testid': 'embed-lines' }, embedLines(stage)),
    h('p', { key: 'copy', class: 'actions' }, copyButton(embedLines(stage), t('embed.copy'), stage.toast, 'embed-copy')),
    h('p', { key: 'where', class: 'hint' }, t('embed.where')),
  ], { wide: true });
}
