/* The focus, for what is only about to be drawn: it is asked for now and given with the first picture that has it. How
 * many frames that takes depends on the machine, on what has to be fetched first, and on how large the cluster is.
 * Whoever has gone elsewhere meanwhile is left there. */
let wanted = null;

const held = () => (document.activeElement === document.body ? null : document.activeElement);

/* find: () => the element, or null while it is not there. options: of focus(). */
export function enter(find, options = {}) {
  wanted = { find, options, from: held() };
}

/* A picture is whole. */
export function entered() {
  if (!wanted) return;
  const { find, options, from } = wanted;
  const at = held();
  const node = at && at !== from ? null : find();
  if (node) node.focus(options);
  if (node || (at && at !== from)) wanted = null;
}
