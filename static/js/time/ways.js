/* The ways from one line of time to another: side by side, and to the branch before or after. */
import { neighbour, pathOf } from './lanes.js';

/* Fetched when it is first asked for. */
export const openCompare = (stage) => import('./compare.js').then(({ open }) => open(stage));

/* To the sandbox before or after this one among its branches. */
export function turnBranch(stage, by) {
  const row = neighbour(stage, by);
  if (row) stage.leaveFor(pathOf(row.id));
}
