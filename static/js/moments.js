/* What is asked of the server about one moment: its address for others, and a record as it was known then. */
import { ask, sandboxPath } from './api.js';
import { copy } from './copying.js';
import { explain, t } from './i18n.js';
import { clock } from './narration.js';

/* The address of the moment that is seen, into the clipboard. One too large for an address is exported as a file instead. */
export async function copyLink({ sandbox, snapshot, toast, toasts }) {
  const { step, at_ms: at } = snapshot;
  const answer = await ask(sandboxPath(sandbox, `/link?step=${step}`));
  if (!answer.ok) {
    const { code, reason } = answer.error;
    const said = explain(code) || t('refused');
    toasts.show(said[0].toUpperCase() + said.slice(1), { code, more: code === 'TOO_LARGE' ? t('past.link.large') : reason });
    return;
  }
  const text = new URL(answer.link, location.origin).href;
  toast((await copy(text)) ? t('past.link.copied', { at: clock(at) }) : t('copy.failed', { text }));
}

/* {record} or {record: null, error}, as the WebSocket answers for the present. */
export async function recordThen({ sandbox, snapshot }, topic, partition, offset) {
  const { step, at_ms: ms } = snapshot;
  const answer = await ask(sandboxPath(sandbox, `/records/${encodeURIComponent(topic)}/${partition}/${offset}?step=${step}&ms=${ms}`));
  return answer.ok ? { record: answer } : { record: null, error: answer.error };
}
