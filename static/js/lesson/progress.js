/* What this reader has done of the levels: kept in this browser ("riacho.progress"), nowhere else.
 *
 *   {"version": 1, "levels": {"groups-03-idle-member": {"solved": true, "best": 1, "shown": false, "fails": 1,
 *    "guesses": [false], "at": 1790000000000}}}
 *
 * guesses: was the first answer to each question right? Whatever else stands there (another program's, half written, edited by
 * hand) is left out entry by entry; a version that is newer than this page is not touched at all. */

const KEY = 'riacho.progress';
export const FORMAT = 'riacho-progress';
const VERSION = 1;
export const LEVELS_MAX = 500; // entries kept; of more, those done last
const COUNT_MAX = 9999;
const QUESTIONS_MAX = 8; // of a level
export const FILE_BYTES_MAX = 262_144; // a file of progress is a few kilobytes
const ID = /^[a-z0-9-]{3,40}$/;

const count = (value) => (Number.isInteger(value) && value >= 0 ? Math.min(value, COUNT_MAX) : 0);

function entry(given) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const best = Number.isInteger(given.best) && given.best >= 0 ? Math.min(given.best, COUNT_MAX) : null;
  const solved = given.solved === true;
  return {
    solved, best: solved ? best : null, shown: given.shown === true, fails: count(given.fails),
    guesses: Array.isArray(given.guesses) ? given.guesses.slice(0, QUESTIONS_MAX).map((right) => (typeof right === 'boolean' ? right : null)) : [], at: Number.isFinite(given.at) && given.at > 0 ? Math.floor(given.at) : 0,
  };
}

/* {id: entry} of whatever was found. */
function tidy(levels) {
  if (typeof levels !== 'object' || levels === null || Array.isArray(levels)) return {};
  const found = Object.entries(levels).filter(([id]) => ID.test(id)).map(([id, given]) => [id, entry(given)]).filter(([, one]) => one);
  found.sort(([, a], [, b]) => b.at - a.at);
  return Object.fromEntries(found.slice(0, LEVELS_MAX));
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a private window may forbid it: progress then lasts as long as the page
  }
}

let memory = {}; // what cannot be stored

export function progress() {
  const text = stored();
  if (text === null) return memory;
  try {
    const found = JSON.parse(text);
    return found?.version === VERSION ? tidy(found.levels) : {};
  } catch {
    return {};
  }
}

/* A newer page's: not to be written over by an older one. */
function newer() {
  try {
    return JSON.parse(stored())?.version > VERSION;
  } catch {
    return false;
  }
}

function keep(levels) {
  memory = tidy(levels);
  if (newer()) return false;
  try {
    localStorage.setItem(KEY, JSON.stringify({ version: VERSION, levels: memory }));
    return true;
  } catch {
    return false; // forbidden or full
  }
}

export const progressOf = (id) => progress()[id] ?? entry({});

/* Change one level's entry; change(entry) answers the fields that are new. */
export function note(id, change) {
  const all = progress();
  const before = all[id] ?? entry({});
  const more = change(before);
  if (!more || !ID.test(id)) return before;
  const after = entry({ ...before, ...more, at: Date.now() });
  keep({ ...all, [id]: after });
  return after;
}

/* A text to be kept as a file. */
export const exported = () => `${JSON.stringify({ format: FORMAT, version: VERSION, levels: progress() }, null, 1)}\n`;

/* Take over a file's text, the better of both where both know a level. Answers {ok: true, levels} or {ok: false, why}:
 * why is "large", "json", "format", "newer" or "storage". */
export function taken(text) {
  if (text.length > FILE_BYTES_MAX) return { ok: false, why: 'large' };
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return { ok: false, why: 'json' };
  }
  if (found?.format !== FORMAT || !Number.isInteger(found.version)) return { ok: false, why: 'format' };
  if (found.version > VERSION) return { ok: false, why: 'newer' };
  const theirs = tidy(found.levels);
  const ours = progress();
  const both = { ...ours };
  for (const [id, one] of Object.entries(theirs)) both[id] = ours[id] ? better(ours[id], one) : one;
  if (!keep(both)) return { ok: false, why: 'storage' };
  return { ok: true, levels: Object.keys(theirs).length };
}

function better(a, b) {
  const bests = [a.best, b.best].filter((best) => best !== null);
  return {
    solved: a.solved || b.solved, best: bests.length ? Math.min(...bests) : null, shown: a.shown || b.shown,
    fails: Math.max(a.fails, b.fails), guesses: a.guesses.length ? a.guesses : b.guesses, at: Math.max(a.at, b.at),
  };
}
