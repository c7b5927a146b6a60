/* A parent's children in a new order, with as few moves as can be.
 *
 * An element that is moved loses what the browser keeps of it: its focus, how far its scrolling is, where an animation
 * stands. So what is gone goes first, and of the rest the longest run that is in the right order already stays where it
 * is; whoever holds the focus is always one of those. */

export function arrange(parent, wanted) {
  let at = parent.firstChild;
  let same = 0;
  while (same < wanted.length && wanted[same] === at) {
    at = at.nextSibling;
    same += 1;
  }
  if (at) removeOthers(at, new Set(wanted.slice(same)));
  if (same === wanted.length) return;
  const stay = unmoved(parent, wanted);
  // From the first to the last: of options that come into a list, the browser chooses the one that is there first.
  at = same ? wanted[same - 1].nextSibling : parent.firstChild;
  for (const node of wanted.slice(same)) {
    if (stay.has(node) || node === at) at = node.nextSibling;
    else parent.insertBefore(node, at);
  }
}

function removeOthers(from, wanted) {
  for (let node = from; node;) {
    const next = node.nextSibling;
    if (!wanted.has(node)) node.remove();
    node = next;
  }
}

/* Those of the wanted that are there and need not be moved. */
function unmoved(parent, wanted) {
  const places = new Map([...parent.childNodes].map((node, place) => [node, place]));
  const there = wanted.filter((node) => places.has(node));
  const order = there.map((node) => places.get(node));
  const held = order.indexOf(places.get(focused(parent)));
  return new Set(longestRise(order, held).map((i) => there[i]));
}

/* The child that has the focus, itself or somewhere in it. */
function focused(parent) {
  let node = parent.ownerDocument.activeElement;
  while (node && node.parentNode !== parent) node = node.parentNode;
  return node;
}

/* Where a longest rising run of different numbers is, as indexes; the number at ``through`` is in it, unless that is -1. */
export function longestRise(numbers, through = -1) {
  const ends = []; // ends[n]: where the run of n + 1 numbers ends whose last number is the least
  const before = new Array(numbers.length);
  const pinned = numbers[through];
  for (let i = 0; i < numbers.length; i++) {
    if (through >= 0 && (i < through ? numbers[i] > pinned : numbers[i] < pinned)) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]] < numbers[i]) low = middle + 1;
      else high = middle;
    }
    before[i] = low ? ends[low - 1] : -1;
    ends[low] = i;
  }
  const run = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]) run.push(i);
  return run.reverse();
}
