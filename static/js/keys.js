/* Keys for those who present: one key, no mouse. They can be switched off (WCAG 2.1.4), and never take a key from a field. */
import { button } from './controls.js';
import { h, patch } from './dom.js';
import { prefs } from './prefs.js';
import { openCompare, turnBranch } from './time/ways.js';
import { showView } from './views/address.js';
import { VIEWS } from './views/registry.js';

const FIELDS = 'input, textarea, select, [contenteditable]';
const PRESSABLE = 'button, a, summary, [role=button], [role=tab], [role=slider]';

export function listen(stage) {
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return stage.escape();
    if (!prefs.shortcuts || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
    if (event.target.closest?.(FIELDS) || document.querySelector('dialog[open]')) return undefined;
    const act = actionOf(event, stage);
    if (!act) return undefined;
    event.preventDefault();
    return act();
  });
}

function actionOf(event, stage) {
  const pressable = event.target.closest?.(PRESSABLE);
  switch (event.key) {
    case ' ': return pressable ? null : () => stage.togglePause();
    case 'b': case 'B': case '.': return () => stage.togglePause();
    case 'ArrowRight': return event.target.closest?.('[role=slider], [role=tab]') ? null : () => (event.shiftKey ? stage.secondForward() : stage.later());
    case 'ArrowLeft': return event.target.closest?.('[role=slider], [role=tab]') ? null : () => (event.shiftKey ? stage.secondBack() : stage.earlier());
    case 'l': case 'L': return () => stage.backToLive();
    case 'k': case 'K': return () => (event.shiftKey ? openCompare(stage) : stage.openBranch());
    case '[': return () => turnBranch(stage, -1);
    case ']': return () => turnBranch(stage, 1);
    case 'n': case 'N': return () => stage.compose();
    case 'f': case 'F': return () => stage.select({ kind: 'faults' }, true);
    case 't': case 'T': return () => stage.turnTheme();
    case 'p': case 'P': return () => stage.turnProjector();
    case '1': case '2': case '3': case '4': case '5': case '6': return () => showView(stage, VIEWS[Number(event.key) - 1].id);
    case '?': return () => stage.help();
    default: return null;
  }
}

const KEYS = [['Espaço / B / .', 'pause'], ['→', 'step'], ['←', 'earlier'], ['Shift / ← / →', 'second'], ['K', 'branch'], ['Shift / K', 'compare'], ['[ / ]', 'turn'], ['L', 'live'], ['1 / 2 / 3 / 4 / 5 / 6', 'view'], ['PageDown / PageUp', 'scene'], ['N', 'compose'], ['F', 'faults'], ['T', 'theme'], ['P', 'projector'], ['Esc', 'escape'], ['?', 'help']];

export function drawHelp(dialog, stage) {
  const { t } = stage;
  patch(dialog, [
    h('h2', { id: 'help-title', key: 'title' }, t('keys.title')),
    h('table', { class: 'keys', key: 'keys' }, h('tbody', {}, KEYS.map(([keys, what]) => h('tr', { key: what },
      h('th', { scope: 'row' }, keys.replace('Espaço', t('keys.spacebar')).split(' / ').flatMap((k, i) => [i ? ' ' : '', h('kbd', {}, k)])), h('td', {}, t(`keys.${what}`)))))),
    h('p', { key: 'tape', class: 'muted' }, t('keys.tape')),
    h('p', { class: 'check', key: 'off' },
      h('input', { type: 'checkbox', id: 'shortcuts', initial: { checked: prefs.shortcuts }, on: { change: (e) => { prefs.shortcuts = e.target.checked; } } }),
      h('label', { for: 'shortcuts' }, t('keys.on'))),
    h('p', { class: 'actions', key: 'close' }, button(t('close'), () => dialog.close(), { kind: 'primary' })),
  ]);
}
