/* In place of the HTTP API: a recording knows its own name, and nothing that is not in it. */
import { reel } from './reel.js';

export async function ask(path) {
  if (path === '/api/sandboxes') return { ok: true, sandboxes: [{ id: reel.sandbox, name: reel.title, parent: '', kafka: [] }] };
  return { ok: false, error: { code: 'RECORDING', reason: '' } };
}

export const sandboxPath = (id, rest = '') => `/api/sandboxes/${encodeURIComponent(id)}${rest}`;
