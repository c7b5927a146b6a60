/* What this reader did to the cluster, newest first: each with what it is as a programmer's task. Kept as long as the
 * page is open. */
import { taskOf } from './tasks.js';

const DEEDS_MAX = 30; // the oldest goes: what was done an hour ago is not what was just done

const TIME = new Set(['pause', 'resume', 'step', 'speed']);

export class Deeds {
  constructor() {
    this.list = [];
    this.last = 0;
  }

  /* state: the cluster as it was before. What was done to time is no deed. */
  note(command, answer, state) {
    if (TIME.has(command.do)) return;
    this.last += 1;
    const { id, ...fields } = command;
    this.list.unshift({ n: this.last, at_ms: answer.at_ms ?? state?.at_ms ?? 0, step: answer.step, command: fields, task: taskOf(fields, state) });
    this.list.length = Math.min(this.list.length, DEEDS_MAX);
  }
}
