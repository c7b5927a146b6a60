/* The top line: how the connection is, the address real clients connect to, and how the reader wants to see it all. */
import { button } from './controls.js';
import { copyButton } from './copying.js';
import { h } from './dom.js';
import { language } from './i18n.js';
import { toolMenu } from './menu.js';
import { prefs } from './prefs.js';

export function tools(stage) {
  const { t, kafka } = stage;
  const address = kafka[0] || '';
  return [
    address ? h('div', { class: 'pill mono', key: 'kafka', title: t('kafka.title') },
      h('span', { class: stage.link === 'open' ? 'lamp running' : 'lamp crashed', 'aria-hidden': 'true' }),
      h('span', { class: 'visually-hidden' }, t('kafka.title')),
      h('span', { 'data-testid': 'kafka' }, address), copyButton(kafka.join(','), t('kafka.copy'), stage.toast, 'kafka-copy')) : null,
    h('div', { class: 'switch', key: 'language', role: 'group', 'aria-label': t('language') },
      [['pt-BR', 'PT'], ['en', 'EN']].map(([code, words]) => h('button', {
        key: code, type: 'button', lang: code, 'aria-pressed': String(language() === code), 'aria-label': t(`language.${code}`),
        'data-testid': `language-${code}`, on: { click: () => stage.speak(code) },
      }, words))),
    button(icon('theme'), () => stage.turnTheme(), { kind: 'round', name: t(prefs.theme === 'dark' ? 'theme.light' : 'theme.dark'), title: t('keys.theme'), test: 'theme' }),
    button(icon('projector'), () => stage.turnProjector(), { kind: 'round for-large', name: t('projector'), title: t('keys.projector'), pressed: prefs.projector, test: 'projector' }),
    button(icon('drawer'), () => stage.change({ drawer: !stage.view.drawer }), {
      kind: 'round', name: t(stage.view.drawer ? 'drawer.close' : 'drawer.open'), title: t(stage.view.drawer ? 'drawer.close' : 'drawer.open'), test: 'drawer-toggle',
    }),
    toolMenu(stage),
    button('?', () => stage.help(), { kind: 'round for-large', name: t('keys.title'), title: t('keys.title'), test: 'help' }),
  ];
}

const SHAPES = { theme: 'M8 1.6a6.4 6.4 0 1 0 0 12.8z', projector: 'M1.8 6V2.6h3.6M10.6 2.6h3.6V6M14.2 10v3.4h-3.6M5.4 13.4H1.8V10', drawer: 'M1.8 2.8h12.4v10.4H1.8zM10.2 2.8v10.4' };

function icon(name) {
  return h('svg', { class: `icon ${name}`, viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    name === 'theme' ? h('circle', { cx: 8, cy: 8, r: 6.4 }) : null, h('path', { d: SHAPES[name] }));
}

/* What stands between the reader and the cluster, if anything does. */
export function banner(stage) {
  const { t, link, host } = stage;
  if (link === 'lost') return h('p', { class: 'banner warn', 'data-testid': 'banner' }, h('span', { class: 'spin', 'aria-hidden': 'true' }, '…'), t('link.lost'));
  if (link === 'unknown' || link === 'broken') return h('p', { class: 'banner bad', 'data-testid': 'banner' }, link === 'broken' ? t('link.broken') : t('link.unknown'), ' ', h('a', { href: '/sandboxes/' }, t('switcher.all')));
  if (host.state === 'failed') return h('p', { class: 'banner bad', 'data-testid': 'banner' }, t('host.failed', { reason: host.error?.reason || host.error?.code || '' }));
  if (host.state === 'starting') return h('p', { class: 'banner', 'data-testid': 'banner' }, t('host.starting', { percent: Math.round((host.progress || 0) * 100) }));
  if (host.state === 'lost') return h('p', { class: 'banner bad', 'data-testid': 'banner' }, t('host.lost'));
  if (!stage.snapshot) return h('p', { class: 'banner', 'data-testid': 'banner' }, t('link.connecting'));
  return null;
}
