/* The fonts that a picture is written in, inside it: so it looks the same where they are not installed. */

const FILES = { 'Inter Variable': 'inter-latin-wght-normal.woff2', 'JetBrains Mono Variable': 'jetbrains-mono-latin-wght-normal.woff2' };
const known = new Map();

/* A <style> for those that occur in the markup; nothing where they cannot be had (in a recording, from a file). */
export async function fontsFor(markup) {
  const faces = [];
  for (const [family, file] of Object.entries(FILES)) {
    if (!markup.includes(family)) continue;
    const data = known.get(family) ?? await fetched(file);
    if (!data) continue;
    known.set(family, data);
    faces.push(`@font-face{font-family:'${family}';font-weight:100 900;src:url(${data}) format('woff2')}`);
  }
  return faces.length ? `<style>${faces.join('')}</style>` : '';
}

async function fetched(file) {
  try {
    const answer = await fetch(new URL(`../../fonts/${file}`, import.meta.url));
    if (!answer.ok) return null;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return `data:font/woff2;base64,${btoa(text)}`;
  } catch {
    return null;
  }
}
