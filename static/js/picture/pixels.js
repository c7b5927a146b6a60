/* A picture's markup as an address an <img> can show, and as pixels. */

/* As data:, which the page's policy allows for images. */
export async function inkOf(svg) {
  const bytes = new TextEncoder().encode(svg);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return `data:image/svg+xml;base64,${btoa(text)}`;
}

/* A PNG, `size` times as large as on the screen. */
export async function pixelsOf({ svg, width, height }, size) {
  const image = new Image();
  image.src = await inkOf(svg);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * size);
  canvas.height = Math.round(height * size);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, 'image/png'); });
}
