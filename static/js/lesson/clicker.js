/* A presenter's remote: it sends PageDown and PageUp, and "b" or "." to blank the screen.
 *
 * Arrows are not taken here: on the stage they step from event to event. Keys of one character obey the reader's
 * switch (WCAG 2.1.4) and never reach a field; PageDown and PageUp work wherever the focus is, but where text is
 * written or something long is scrolled. */
const WRITES = 'textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button])';
const SCROLLS = '#drawer-page, dialog';

/* does: {next, back, blank} act; isDark, single (may one-character keys act?) and here (is a scene shown?) are asked.
 * more: further keys that lead on and back, for windows in which they mean nothing else. */
export function clicker(does, more = { next: [], back: [] }) {
  addEventListener('keydown', (event) => {
    const act = does.here() && !event.ctrlKey && !event.metaKey && !event.altKey ? meaning(event, does, more) : null;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) act();
  }, { capture: true });
}

function meaning(event, does, more) {
  const { key, target } = event;
  if (does.isDark() && !['Tab', 'Shift', 'PageDown', 'PageUp'].includes(key)) return does.blank;
  const at = (selector) => target.closest?.(selector);
  if (at(WRITES) || document.querySelector('dialog[open]')) return null;
  if (['b', 'B', '.'].includes(key)) return does.single() ? does.blank : null;
  if (key === 'PageDown' || key === 'PageUp') {
    if (at(SCROLLS)) return null;
    return key === 'PageDown' ? does.next : does.back;
  }
  if (at('input, [role=slider], [role=tab]')) return null;
  if (more.next.includes(key)) return does.next;
  return more.back.includes(key) ? does.back : null;
}
