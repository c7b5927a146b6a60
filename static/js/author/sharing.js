/* A lesson as part of an address, packed: it stands behind the #, which browsers do not send to anybody. */

export const BYTES_MAX = 200_000; // of a lesson: playground/lessons/reading.py
const BEGIN = '#lesson=';

export async function packed(text) {
  const bytes = new Uint8Array(await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer());
  let plain = '';
  for (let at = 0; at < bytes.length; at += 4096) plain += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return BEGIN + btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/* The text in an address, null if there is none. Throws for one that is damaged, or unpacks to more than a lesson. */
export async function unpacked(hash) {
  if (!hash.startsWith(BEGIN)) return null;
  const plain = atob(hash.slice(BEGIN.length).replaceAll('-', '+').replaceAll('_', '/'));
  const stream = new Blob([Uint8Array.from(plain, (c) => c.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > BYTES_MAX) {
      await reader.cancel();
      throw new Error('more than a lesson');
    }
    parts.push(part.value);
  }
  return decoded(await new Blob(parts).arrayBuffer());
}

/* Throws for what is not UTF-8. */
export const decoded = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export const bytesOf = (text) => new Blob([text]).size;

/* As much of it as it takes to say that it is too long, and where. */
export const sent = (text) => new Blob([text]).slice(0, BYTES_MAX + 64);
