/* Data as the API carries it (base64) and as people read it. */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/* UTF-8; null if the bytes are no text: no UTF-8, or with characters that no text has. */
export function textOf(base64) {
  try {
    const text = strict.decode(bytesOf(base64));
    return /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text.replaceAll('\r\n', '\n')) ? null : text;
  } catch {
    return null;
  }
}

export function encoded(text) {
  let letters = '';
  for (const byte of new TextEncoder().encode(text)) letters += String.fromCharCode(byte);
  return btoa(letters);
}

export const sizeOf = (text) => new TextEncoder().encode(text).length;

/* A JSON text laid out for reading; null if it is none, or only a number or a word. */
export function pretty(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}
