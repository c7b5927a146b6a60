/* What is asked of the server about one thing while its page is open: once, and again when the picture has moved on.
 *
 * Nothing is polled: each new picture may ask anew, but not sooner than AGAIN_MS after the last answer, and not at all
 * while the step is the same (time stands still, or the reader looks at the past). What is shown meanwhile is the answer
 * before; its moment is in it (step, at_ms). */
import { ask, sandboxPath } from '../api.js';
import { explain } from '../i18n.js';

const AGAIN_MS = 900;
const KEPT = 24;
const known = new Map(); // path -> {path, step, answer, busy, at}

let newest = 0; // the last step of the present that was seen

const keyOf = ({ past, snapshot }, path) => (past.on ? `${path} @ ${snapshot.step}` : path);

/* {data, error, busy}: data is null until it has come. once: it is work to find out, so it is not asked for again unless
 * somebody wants it (askAgain). */
export function detail(stage, path, { once = false } = {}) {
  const { past, snapshot } = stage;
  if (!past.on) {
    if (snapshot.step < newest) known.clear(); // the sandbox was begun anew
    newest = snapshot.step;
  }
  const key = keyOf(stage, path);
  let entry = known.get(key);
  if (!entry) {
    entry = { step: -1, answer: null, busy: false, at: -Infinity, later: null };
    known.set(key, entry);
    if (known.size > KEPT) known.delete(known.keys().next().value);
  }
  const old = entry.step !== snapshot.step && !(once && entry.answer?.ok);
  if (old && !entry.busy) {
    const wait = entry.at + AGAIN_MS - performance.now();
    if (wait <= 0) fetchInto(entry, stage, path);
    else entry.later ??= setTimeout(() => { entry.later = null; stage.redraw(); }, wait);
  }
  return told(entry);
}

const told = ({ answer, busy }) => {
  const there = answer?.ok && !answer.missing;
  return { data: there ? answer : null, error: there || !answer ? null : answer.missing ?? answer.error, busy };
};

export function askAgain(stage, path) {
  known.delete(keyOf(stage, path));
  stage.redraw();
}

async function fetchInto(entry, stage, path, ever = false) {
  const { past, snapshot } = stage;
  entry.busy = true;
  const { step } = snapshot;
  const moment = past.on && !ever ? `${path.includes('?') ? '&' : '?'}step=${step}&ms=${snapshot.at_ms}` : '';
  entry.answer = await ask(sandboxPath(stage.sandbox, path + moment));
  Object.assign(entry, { step, busy: false, at: performance.now() });
  stage.redraw();
}

/* The answer to a question, pinned to the moment at which it was asked: who reads a chain of causes, and goes to look at one
 * of them, finds it as it was. chosen: the selection that asks, each time anew. again: ask for the moment that is seen.
 * ever: the answer is the same whenever it is asked, so it is asked of the present. */
const asked = new WeakMap();

export function pinned(stage, chosen, path, { again = false, ever = false } = {}) {
  let entry = again ? null : asked.get(chosen);
  if (!entry) {
    entry = { step: -1, answer: again ? asked.get(chosen)?.answer ?? null : null, busy: false, at: -Infinity, later: null };
    asked.set(chosen, entry);
    fetchInto(entry, stage, path, ever);
  }
  return told(entry);
}

/* "?topic=FIAP&partition=0" of the names that are given. */
export function query(names) {
  const parts = Object.entries(names).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return parts.length ? `?${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}` : '';
}

/* What stands there while there is no data: that it is coming, or why it is not. */
export function missing({ error }, t) {
  if (!error) return [t('inspect.wait'), 'muted'];
  const said = explain(error.code) || error.reason || error.code;
  return [`${said[0].toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? '' : '.'}`, 'bad'];
}
