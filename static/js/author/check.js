/* Asking the server what is wrong with a text. */
import { sent } from './sharing.js';

/* {ok, findings, steps?}, or {error: {code, reason}}; null when a newer question came in between. */
export class Checking {
  constructor() {
    this.going = null;
  }

  async ask(text, { prove = false } = {}) {
    this.going?.abort();
    const going = new AbortController();
    this.going = going;
    const answer = await post(`/api/lessons/check${prove ? '?prove' : ''}`, text, going.signal);
    return this.going === going ? answer : null;
  }
}

/* Answers as the server does; nothing is thrown. */
export async function post(path, text, signal = undefined) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/yaml', Accept: 'application/json' }, body: sent(text), signal });
    return await answer.json();
  } catch {
    return { error: { code: 'OFFLINE', reason: '' } };
  }
}
