/* Colours for the canvas, read once a theme from the page's own custom properties (static/css/tokens.css). */

export const KEYS = 8;
let cached = null;

export function palette() {
  const theme = document.documentElement.dataset.theme;
  if (cached?.theme === theme) return cached;
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  const card = read('--card');
  const keys = {};
  for (let k = 0; k < KEYS; k++) {
    const fill = read(`--k${k}`);
    keys[k] = { fill, mark: read(`--c${k}`), thin: mix(fill, card, 0.62), faint: mix(fill, card, 0.3), edge: fill };
  }
  const bare = read('--k-none');
  keys['-'] = { fill: bare, mark: read('--ink'), thin: mix(bare, card, 0.8), faint: mix(bare, card, 0.4), edge: read('--soft') };
  const unsaid = read('--line');
  keys['?'] = { fill: unsaid, mark: read('--soft'), thin: unsaid, faint: mix(unsaid, card, 0.5), edge: read('--edge') };
  cached = {
    theme, keys, card, paper: read('--paper'), ink: read('--ink'), soft: read('--soft'), line: read('--line'),
    rail: read('--rail'), river: read('--river'), ok: read('--ok'), amber: read('--amber'), red: read('--red'), hatch: read('--hatch-line'),
  };
  return cached;
}

/* Part of colour a on colour b, as an opaque colour: what a test finds on the canvas is what is written here. */
export function mix(a, b, part) {
  const [x, y] = [a, b].map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const channel = (i) => Math.round(x[i] * part + y[i] * (1 - part)).toString(16).padStart(2, '0');
  return `#${channel(0)}${channel(1)}${channel(2)}`;
}
