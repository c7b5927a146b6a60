/* What was written, kept in this browser: the draft, and the text that was there before another took its place. */

const DRAFT = 'riacho.author';
const BEFORE = 'riacho.author.before';

function get(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/* Returns whether it is kept: a private window may forbid it, and there is a limit to what a browser keeps. */
function set(name, text) {
  try {
    localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

export const keeping = {
  draft: () => get(DRAFT),
  before: () => get(BEFORE),
  keep: (text) => set(DRAFT, text),
  keepBefore: (text) => set(BEFORE, text),
};
