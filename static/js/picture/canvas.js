/* What a canvas is painted with, as SVG: the painting is listened to while it happens, once.
 *
 * `listen(canvases, again)` lets `again()` paint everything anew and answers, for each canvas that was painted, its
 * markup in the canvas' own pixels. Whatever was not painted anew is not in it: that is taken as pixels. */
import { fixed, xml } from './markup.js';

const METHODS = new Set(['fillRect', 'strokeRect', 'clearRect', 'beginPath', 'closePath', 'moveTo', 'lineTo', 'rect', 'roundRect', 'arc', 'quadraticCurveTo', 'bezierCurveTo', 'fill', 'stroke', 'fillText', 'strokeText', 'setLineDash', 'setTransform', 'translate', 'scale', 'save', 'restore', 'clip']);

export async function listen(again) {
  const heard = new Map();
  const own = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function getContext(kind, ...rest) {
    const context = own.call(this, kind, ...rest);
    if (kind !== '2d' || !context) return context;
    if (!heard.has(this)) heard.set(this, []);
    return tee(context, heard.get(this));
  };
  try {
    await again();
  } finally {
    HTMLCanvasElement.prototype.getContext = own;
  }
  return new Map([...heard].filter(([, done]) => done.length).map(([canvas, done]) => [canvas, new Writer(canvas).write(done)]));
}

function tee(context, done) {
  return new Proxy(context, {
    get(real, name) {
      const value = real[name];
      if (typeof value !== 'function') return value;
      return (...given) => {
        if (METHODS.has(name)) done.push([name, given]);
        return value.apply(real, given);
      };
    },
    set(real, name, value) {
      real[name] = value;
      done.push(['=', [name, real[name]]]);
      return true;
    },
  });
}

const FRESH = { fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, font: '10px sans-serif', textAlign: 'start', textBaseline: 'alphabetic', globalAlpha: 1, lineCap: 'butt', lineJoin: 'miter', dash: [], matrix: [1, 0, 0, 1, 0, 0], clip: 0 };
const ANCHOR = { center: 'middle', right: 'end', end: 'end' };
let clips = 0; // names of clip paths are used once in a page

class Writer {
  constructor(canvas) {
    Object.assign(this, { canvas, last: null, now: { ...FRESH }, kept: [], out: [], path: '' });
  }

  write(done) {
    for (const [name, given] of done) {
      if (name === '=') this.now[given[0]] = given[1];
      else this[name](...given);
    }
    return this.out.join('');
  }

  put(tag, attributes, inside = null) {
    const { matrix, clip, globalAlpha } = this.now;
    const same = matrix.join() === FRESH.matrix.join();
    const all = { ...attributes, transform: same ? null : `matrix(${matrix.map(fixed).join(' ')})`, opacity: globalAlpha < 1 ? globalAlpha : null };
    const made = xml(tag, all, inside);
    this.out.push(clip ? `<g clip-path="url(#c${clip})">${made}</g>` : made);
  }

  get line() {
    const { strokeStyle, lineWidth, dash, lineCap, lineJoin } = this.now;
    return { fill: 'none', stroke: strokeStyle, 'stroke-width': fixed(lineWidth), 'stroke-dasharray': dash.length ? dash.map(fixed).join(' ') : null, 'stroke-linecap': lineCap === 'butt' ? null : lineCap, 'stroke-linejoin': lineJoin === 'miter' ? null : lineJoin };
  }

  /* All of it: what was painted before is gone. A part: paper is put over it. */
  clearRect(x, y, w, h) {
    const [across, , , down] = this.now.matrix;
    if (w * across >= this.canvas.width - 2 && h * down >= this.canvas.height - 2) {
      this.out = [];
      this.last = null;
    } else this.put('rect', { x: fixed(x), y: fixed(y), width: fixed(w), height: fixed(h), fill: getComputedStyle(document.documentElement).getPropertyValue('--card').trim() });
  }

  fillRect(x, y, w, h) {
    const d = `M${fixed(x)} ${fixed(y)}h${fixed(w)}v${fixed(h)}h${fixed(-w)}z`;
    const { fillStyle } = this.now;
    const key = `${fillStyle} ${this.now.matrix} ${this.now.clip} ${this.now.globalAlpha}`;
    if (this.last?.key === key && this.last.at === this.out.length - 1) {
      this.last.d += d;
      this.out.pop();
    } else this.last = { key, d };
    this.put('path', { d: this.last.d, fill: fillStyle });
    this.last.at = this.out.length - 1;
  }

  strokeRect(x, y, width, height) {
    this.put('rect', { x: fixed(x), y: fixed(y), width: fixed(width), height: fixed(height), ...this.line });
  }

  beginPath() {
    this.path = '';
  }

  closePath() {
    this.path += 'z';
  }

  moveTo(x, y) {
    this.path += `M${fixed(x)} ${fixed(y)}`;
  }

  lineTo(x, y) {
    this.path += `${this.path ? 'L' : 'M'}${fixed(x)} ${fixed(y)}`;
  }

  quadraticCurveTo(...at) {
    this.path += `Q${at.map(fixed).join(' ')}`;
  }

  bezierCurveTo(...at) {
    this.path += `C${at.map(fixed).join(' ')}`;
  }

  rect(x, y, w, h) {
    this.path += `M${fixed(x)} ${fixed(y)}h${fixed(w)}v${fixed(h)}h${fixed(-w)}z`;
  }

  roundRect(x, y, w, h, radius = 0) {
    const r = Math.max(0, Math.min(Number(Array.isArray(radius) ? radius[0] : radius) || 0, w / 2, h / 2));
    const turn = (dx, dy) => `a${fixed(r)} ${fixed(r)} 0 0 1 ${fixed(dx)} ${fixed(dy)}`;
    this.path += `M${fixed(x + r)} ${fixed(y)}h${fixed(w - 2 * r)}${turn(r, r)}v${fixed(h - 2 * r)}${turn(-r, r)}h${fixed(2 * r - w)}${turn(-r, -r)}v${fixed(2 * r - h)}${turn(r, -r)}z`;
  }

  arc(x, y, r, from, to) {
    const at = (angle) => `${fixed(x + r * Math.cos(angle))} ${fixed(y + r * Math.sin(angle))}`;
    const whole = Math.abs(to - from) >= 2 * Math.PI - 0.001;
    const end = whole ? from + Math.PI : to;
    const large = Math.abs(end - from) > Math.PI ? 1 : 0;
    this.path += `${this.path && !this.path.endsWith('z') ? 'L' : 'M'}${at(from)}A${fixed(r)} ${fixed(r)} 0 ${large} 1 ${at(end)}`;
    if (whole) this.path += `A${fixed(r)} ${fixed(r)} 0 0 1 ${at(from)}z`;
  }

  fill() {
    if (this.path) this.put('path', { d: this.path, fill: this.now.fillStyle });
  }

  stroke() {
    if (this.path) this.put('path', { d: this.path, ...this.line });
  }

  fillText(text, x, y) {
    this.text(text, x, y, { fill: this.now.fillStyle });
  }

  strokeText(text, x, y) {
    this.text(text, x, y, { ...this.line, 'stroke-linejoin': 'round' });
  }

  text(text, x, y, paint) {
    const [, weight = '', size = '10', family = 'sans-serif'] = /^(?:(\d+|bold) )?([\d.]+)px (.+)$/.exec(this.now.font) ?? [];
    const raised = this.now.textBaseline === 'middle' ? 0.35 : this.now.textBaseline === 'top' ? 0.8 : 0;
    this.put('text', { x: fixed(x), y: fixed(y + raised * Number(size)), 'font-family': family.replaceAll('"', "'"), 'font-size': size, 'font-weight': weight || null, 'text-anchor': ANCHOR[this.now.textAlign] ?? null, ...paint }, text);
  }

  setLineDash(dash) {
    this.now.dash = [...dash];
  }

  setTransform(a, b, c, d, e, f) {
    this.now.matrix = typeof a === 'object' ? [a.a, a.b, a.c, a.d, a.e, a.f] : [a ?? 1, b ?? 0, c ?? 0, d ?? 1, e ?? 0, f ?? 0];
  }

  translate(x, y) {
    const [a, b, c, d, e, f] = this.now.matrix;
    this.now.matrix = [a, b, c, d, e + a * x + c * y, f + b * x + d * y];
  }

  scale(x, y) {
    const [a, b, c, d, e, f] = this.now.matrix;
    this.now.matrix = [a * x, b * x, c * y, d * y, e, f];
  }

  save() {
    this.kept.push({ ...this.now });
  }

  restore() {
    this.now = this.kept.pop() ?? { ...FRESH };
  }

  clip() {
    clips += 1;
    const { matrix } = this.now;
    this.out.push(`<clipPath id="c${clips}"><path d="${this.path}" transform="matrix(${matrix.map(fixed).join(' ')})"/></clipPath>`);
    this.now.clip = clips;
  }
}
