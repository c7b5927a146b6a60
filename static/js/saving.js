/* A file for the reader to keep. */

/* What an address answers, saved under the name it gives: {ok: true, name, bytes}, or {ok: false, error}. */
export async function save(path) {
  try {
    const answer = await fetch(path);
    if (!answer.ok) return { ok: false, error: (await answer.json()).error };
    const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') || '')?.[1] ?? 'riacho';
    const bytes = await answer.blob();
    saveBlob(bytes, name);
    return { ok: true, name, bytes: bytes.size };
  } catch {
    return { ok: false, error: { code: 'OFFLINE', reason: '' } };
  }
}

export function saveBlob(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
