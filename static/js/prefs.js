/* What the reader prefers, kept in this browser: theme, projector size, single-key shortcuts. Language is a cookie,
 * because the server writes the first words of the page. */

const root = document.documentElement;

function keep(name, value) {
  try {
    localStorage.setItem(`riacho.${name}`, value);
  } catch {
    // a private window may forbid it: the choice then lasts as long as the page
  }
}

function kept(name) {
  try {
    return localStorage.getItem(`riacho.${name}`);
  } catch {
    return null;
  }
}

export const prefs = {
  get theme() {
    return root.dataset.theme === 'dark' ? 'dark' : 'light';
  },
  set theme(value) {
    root.dataset.theme = value;
    keep('theme', value);
  },
  get projector() {
    return 'projector' in root.dataset;
  },
  set projector(on) {
    if (on) root.dataset.projector = '';
    else delete root.dataset.projector;
    keep('projector', on ? 'yes' : 'no');
  },
  /* Part of somebody else's page: only the stage, nothing around it. */
  get embedded() {
    return 'embed' in root.dataset;
  },
  /* The tour has been taken, or ended. */
  get toured() {
    return kept('tour') !== null;
  },
  get shortcuts() {
    return kept('shortcuts') !== 'off';
  },
  set shortcuts(on) {
    keep('shortcuts', on ? 'on' : 'off');
  },
  get still() {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
  },
};
