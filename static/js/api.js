/* One question to the HTTP API. Answers {ok: true, ...} or {ok: false, error: {code, reason}}: nothing is ever thrown. */

export async function ask(path, { method = 'GET', json = null, bytes = null } = {}) {
  const headers = { Accept: 'application/json' };
  if (json) headers['Content-Type'] = 'application/json';
  if (bytes) headers['Content-Type'] = 'application/octet-stream';
  try {
    const answer = await fetch(path, { method, headers, body: json ? JSON.stringify(json) : bytes });
    const said = await answer.json();
    if (answer.ok) return { ok: true, ...said };
    return { ok: false, error: said.error ?? { code: 'INTERNAL_ERROR', reason: '' } };
  } catch {
    return { ok: false, error: { code: 'OFFLINE', reason: '' } };
  }
}

export const sandboxPath = (id, rest = '') => `/api/sandboxes/${encodeURIComponent(id)}${rest}`;
