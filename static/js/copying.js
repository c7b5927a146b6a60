/* Copy a text. On plain http (a class on the LAN) browsers hide navigator.clipboard: then the old way. */
import { button } from './controls.js';
import { t } from './i18n.js';

export async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // not allowed: the old way may still be
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  area.setAttribute('readonly', '');
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus?.();
  return done;
}

export function copyButton(text, name, toast, test = null) {
  return button(t('copy'), async () => toast((await copy(text)) ? t('copied') : t('copy.failed', { text })), { kind: 'quiet small', name, test });
}
