/* MD5 (RFC 1321): what Kinesis makes a hash key of a partition key with. crypto.subtle has no MD5. */

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) >>> 0);

/* bytes: a Uint8Array. Answers 16 bytes. */
export function md5(bytes) {
  const padded = new Uint8Array(((bytes.length + 8) >>> 6) * 64 + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const words = new DataView(padded.buffer);
  words.setUint32(padded.length - 8, (bytes.length * 8) >>> 0, true);
  words.setUint32(padded.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) block(state, words, at);
  const out = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => out.setUint32(i * 4, word >>> 0, true));
  return new Uint8Array(out.buffer);
}

function block(state, words, at) {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
    const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] % 16;
    const sum = (a + mixed + SINES[i] + words.getUint32(at + word * 4, true)) | 0;
    const shift = SHIFTS[round * 4 + (i % 4)];
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  [a, b, c, d].forEach((word, i) => { state[i] = (state[i] + word) | 0; });
}

/* The hash key of a partition key: a BigInt of 128 bits. */
export function hashKey(partitionKey) {
  return md5(new TextEncoder().encode(partitionKey)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
