/* A part of the page as SVG: boxes become rectangles, words become words, drawings stay drawings.
 *
 * Only what can be seen is taken, where it stands, with the colours it has: the style that the browser has computed
 * is written out, so the picture needs no style sheet and looks the same in a word processor. */
import { escaped, fixed, written, xml } from './markup.js';

const DRAWN = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'fill-opacity', 'paint-order', 'font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'dominant-baseline', 'letter-spacing', 'visibility'];
const DEFAULTS = { 'stroke-dasharray': 'none', 'stroke-linecap': 'butt', 'stroke-linejoin': 'miter', opacity: '1', 'fill-opacity': '1', 'paint-order': 'normal', 'font-style': 'normal', 'text-anchor': 'start', 'dominant-baseline': 'auto', 'letter-spacing': 'normal', visibility: 'visible' };
const COPIED = new Set(['d', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'width', 'height', 'points', 'transform', 'dx', 'dy', 'viewBox', 'preserveAspectRatio']);
const LEFT_OUT = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TITLE', 'DIALOG']);
const HATCH = 8; // pixels between the lines of what is dead

export class Walk {
  /* box: the part of the window, in its coordinates. painted: canvas -> markup (canvas.js). */
  constructor(box, painted) {
    Object.assign(this, { box, painted, out: [], clips: 0, pen: document.createElement('canvas').getContext('2d') });
  }

  of(element) {
    this.element(element, null);
    return this.out.join('');
  }

  x(value) {
    return fixed(value - this.box.left);
  }

  y(value) {
    return fixed(value - this.box.top);
  }

  element(element, clip) {
    if (LEFT_OUT.has(element.tagName) || element.classList?.contains('visually-hidden')) return;
    const style = getComputedStyle(element);
    if (style.display === 'none' || style.visibility === 'hidden' || Number(style.opacity) === 0) return;
    const rect = element.getBoundingClientRect();
    const none = rect.width === 0 || rect.height === 0; // what is in it may still be seen
    if (!none && (rect.right < this.box.left || rect.left > this.box.right || rect.bottom < this.box.top || rect.top > this.box.bottom)) return;
    if (clip && !none && !meets(rect, clip)) return;
    const faded = Number(style.opacity) < 1;
    if (faded) this.out.push(`<g opacity="${style.opacity}">`);
    if (element.localName === 'svg') this.drawing(element, rect, clip);
    else if (element.localName === 'canvas') this.canvas(element, rect, clip);
    else {
      this.boxOf(style, rect, clip);
      const inner = style.overflowX !== 'visible' || style.overflowY !== 'visible' ? cut(clip, rect) : clip;
      for (const child of element.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) this.words(child, style, inner);
        else if (child.nodeType === Node.ELEMENT_NODE) this.element(child, inner);
      }
    }
    if (faded) this.out.push('</g>');
  }

  /* Within what its surroundings let be seen. */
  within(clip, rect, markup) {
    if (!clip || (rect.left >= clip.left - 0.5 && rect.right <= clip.right + 0.5 && rect.top >= clip.top - 0.5 && rect.bottom <= clip.bottom + 0.5)) {
      this.out.push(markup);
      return;
    }
    this.clips += 1;
    this.out.push(`<clipPath id="w${this.clips}"><rect x="${this.x(clip.left)}" y="${this.y(clip.top)}" width="${fixed(clip.right - clip.left)}" height="${fixed(clip.bottom - clip.top)}"/></clipPath><g clip-path="url(#w${this.clips})">${markup}</g>`);
  }

  boxOf(style, rect, clip) {
    const { backgroundColor: back, backgroundImage: image } = style;
    const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, rect.width / 2, rect.height / 2);
    const round = style.borderTopLeftRadius.endsWith('%') ? Math.min(rect.width, rect.height) / 2 : radius;
    const widths = ['Top', 'Right', 'Bottom', 'Left'].map((side) => (style[`border${side}Style`] === 'none' ? 0 : parseFloat(style[`border${side}Width`])));
    const even = widths.every((width) => width === widths[0]) && style.borderTopColor === style.borderBottomColor;
    const half = even ? widths[0] / 2 : 0;
    const frame = { x: this.x(rect.left + half), y: this.y(rect.top + half), width: fixed(Math.max(0, rect.width - 2 * half)), height: fixed(Math.max(0, rect.height - 2 * half)), rx: round ? fixed(Math.max(0, round - half)) : null };
    const hatched = image.startsWith('repeating-linear-gradient');
    const border = even && widths[0] > 0 && clear(style.borderTopColor) ? { stroke: style.borderTopColor, 'stroke-width': fixed(widths[0]), 'stroke-dasharray': dashes(style.borderTopStyle, widths[0]) } : null;
    if (clear(back) || border) this.within(clip, rect, xml('rect', { ...frame, fill: clear(back) ? back : 'none', ...border }));
    if (hatched) this.within(clip, rect, this.hatch(rect, image));
    if (even) return;
    const lines = [[rect.left, rect.top, rect.right, rect.top], [rect.right, rect.top, rect.right, rect.bottom], [rect.left, rect.bottom, rect.right, rect.bottom], [rect.left, rect.top, rect.left, rect.bottom]];
    ['Top', 'Right', 'Bottom', 'Left'].forEach((side, i) => {
      const color = style[`border${side}Color`];
      if (!widths[i] || !clear(color)) return;
      const [x1, y1, x2, y2] = lines[i];
      this.within(clip, rect, xml('line', { x1: this.x(x1), y1: this.y(y1), x2: this.x(x2), y2: this.y(y2), stroke: color, 'stroke-width': fixed(widths[i]), 'stroke-dasharray': dashes(style[`border${side}Style`], widths[i]) }));
    });
  }

  /* Crossed lines over what is dead. */
  hatch(rect, image) {
    const color = /(#[0-9a-f]{3,8}|rgba?\([^)]+\))/i.exec(image)?.[1] ?? '#8a7f6e';
    let d = '';
    for (let at = rect.left - rect.height; at < rect.right; at += HATCH * Math.SQRT2) {
      const from = Math.max(at, rect.left);
      const to = Math.min(at + rect.height, rect.right);
      if (to <= from) continue;
      d += `M${this.x(from)} ${this.y(rect.top + from - at)}L${this.x(to)} ${this.y(rect.top + to - at)}M${this.x(from)} ${this.y(rect.bottom - from + at)}L${this.x(to)} ${this.y(rect.bottom - to + at)}`;
    }
    return xml('path', { d, stroke: color, 'stroke-width': '1.2', fill: 'none' });
  }

  /* A text, a line after the other, each where it stands. */
  words(node, style, clip) {
    const text = node.data;
    if (!text.trim()) return;
    const range = document.createRange();
    const lines = [];
    for (const word of text.matchAll(/\S+\s*/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].trimEnd().length);
      for (const rect of range.getClientRects()) {
        const last = lines.at(-1);
        if (last && Math.abs(last.rect.top - rect.top) < 2) {
          last.words += ` ${word[0].trimEnd()}`;
          last.rect = union(last.rect, rect);
        } else lines.push({ words: word[0].trimEnd(), rect });
      }
    }
    this.pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = this.pen.measureText('Mg');
    for (const { words, rect } of lines) {
      if (clip && !meets(rect, clip)) continue;
      const baseline = rect.top + (rect.height - up - down) / 2 + up;
      const spoken = style.textTransform === 'uppercase' ? words.toUpperCase() : words;
      const cutOff = clip && rect.right > clip.right + 1 && style.textOverflow === 'ellipsis';
      this.within(cutOff ? clip : clip && cut(clip, { left: -1e6, right: 1e6, top: clip.top, bottom: clip.bottom }), rect, xml('text', {
        x: this.x(rect.left), y: this.y(baseline), fill: style.color, 'font-family': style.fontFamily.replaceAll('"', "'"), 'font-size': fixed(parseFloat(style.fontSize)), 'font-weight': style.fontWeight === '400' ? null : style.fontWeight,
        'letter-spacing': style.letterSpacing === 'normal' ? null : fixed(parseFloat(style.letterSpacing)), 'text-decoration': style.textDecorationLine === 'none' ? null : style.textDecorationLine,
        textLength: cutOff ? null : fixed(rect.width), lengthAdjust: cutOff ? null : 'spacingAndGlyphs',
      }, spoken));
    }
  }

  drawing(svg, rect, clip) {
    const inside = [...svg.children].map((child) => drawn(child)).join('');
    const viewBox = svg.getAttribute('viewBox');
    const color = getComputedStyle(svg).color;
    this.within(clip, getComputedStyle(svg).overflow === 'visible' ? clip ?? rect : rect, `<svg x="${this.x(rect.left)}" y="${this.y(rect.top)}" width="${fixed(rect.width)}" height="${fixed(rect.height)}"${viewBox ? ` viewBox="${escaped(viewBox)}"` : ''} overflow="visible" color="${escaped(color)}">${inside}</svg>`);
  }

  canvas(canvas, rect, clip) {
    const markup = this.painted.get(canvas);
    const by = rect.width / canvas.width;
    const inside = markup ? `<g transform="translate(${this.x(rect.left)} ${this.y(rect.top)}) scale(${by})">${markup}</g>`
      : canvas.width && canvas.height ? xml('image', { x: this.x(rect.left), y: this.y(rect.top), width: fixed(rect.width), height: fixed(rect.height), href: canvas.toDataURL() }) : '';
    this.within(clip, rect, inside);
  }
}

/* An element of a drawing, with its style written out. */
function drawn(element) {
  const style = getComputedStyle(element);
  if (style.display === 'none' || LEFT_OUT.has(element.tagName.toUpperCase())) return '';
  const attributes = {};
  for (const { name, value } of element.attributes) if (COPIED.has(name)) attributes[name] = value;
  for (const name of DRAWN) {
    const value = style.getPropertyValue(name).replaceAll('"', "'");
    if (value && value !== DEFAULTS[name]) attributes[name] = value;
  }
  if (attributes.stroke === 'none') for (const name of DRAWN) if (name.startsWith('stroke-')) delete attributes[name];
  if (!['text', 'tspan', 'g'].includes(element.localName)) for (const name of DRAWN) if (name.startsWith('font-')) delete attributes[name];
  const inside = [...element.childNodes].map((child) => (child.nodeType === Node.TEXT_NODE ? escaped(child.data) : child.nodeType === Node.ELEMENT_NODE ? drawn(child) : '')).join('');
  return `<${element.localName}${written(attributes)}>${inside}</${element.localName}>`;
}

const clear = (color) => color && color !== 'transparent' && !/, 0\)$|\/ 0\)$/.test(color);
const dashes = (kind, width) => (kind === 'dashed' ? `${fixed(width * 3)} ${fixed(width * 2)}` : kind === 'dotted' ? `${fixed(width)} ${fixed(width * 1.5)}` : null);
const meets = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
const union = (a, b) => new DOMRect(Math.min(a.left, b.left), Math.min(a.top, b.top), Math.max(a.right, b.right) - Math.min(a.left, b.left), Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top));

function cut(clip, rect) {
  const own = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom };
  if (!clip) return own;
  return { left: Math.max(clip.left, own.left), right: Math.min(clip.right, own.right), top: Math.max(clip.top, own.top), bottom: Math.min(clip.bottom, own.bottom) };
}
