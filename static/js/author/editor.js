/* The editor: a plain textarea, so that everything people know of text works in it. Behind it the same lines in
 * colours, left of it their numbers, right of it what is wrong, each beside its line. Only lines in view are drawn. */
import { h, patch } from '../dom.js';
import { painted, marked } from './yaml.js';

const APART = 6; // pixels between two notes
const BESIDE = matchMedia('(min-width: 901px)'); // else the notes stand below, one after the other

export class Editor {
  /* parts: {text, gutter, painted, notes}. words(key, params): texts. changed(): somebody typed. */
  constructor(parts, words, changed) {
    Object.assign(this, { ...parts, words, findings: [], lines: [''], asked: 0 });
    const { text } = this;
    text.addEventListener('input', () => {
      this.read();
      changed();
    });
    text.addEventListener('scroll', () => this.later(), { passive: true });
    text.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.later()).observe(text);
    BESIDE.addEventListener('change', () => this.later());
    document.fonts?.ready.then(() => this.later());
  }

  get value() {
    return this.text.value;
  }

  /* Another text, from its beginning. */
  show(value) {
    this.text.value = value;
    this.text.scrollTo(0, 0);
    this.text.setSelectionRange(0, 0);
    this.findings = [];
    this.read();
  }

  /* [{line, column, code, reason}] */
  note(findings) {
    this.findings = findings;
    this.drawNotes();
    this.later();
  }

  read() {
    this.lines = this.value.split('\n');
    this.later();
  }

  goTo({ line, column }) {
    const start = this.lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + Math.min(column - 1, (this.lines[line - 1] ?? '').length);
    this.text.focus();
    this.text.setSelectionRange(start, start);
    const row = this.row();
    const { scrollTop, clientHeight } = this.text;
    if ((line - 2) * row < scrollTop || (line + 2) * row > scrollTop + clientHeight) this.text.scrollTop = (line - 1) * row - clientHeight / 3;
    this.later();
  }

  /* A new line begins where the one before it does; after "name:" two further. Tab leaves the editor, as everywhere. */
  key(event) {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const before = this.value.slice(0, this.text.selectionStart).split('\n').at(-1);
    const deep = /^\s*/.exec(before)[0] + (/:\s*$/.test(before) ? '  ' : '');
    if (!deep) return;
    event.preventDefault();
    document.execCommand('insertText', false, `\n${deep}`); // the one way that undo knows of
  }

  row() {
    return parseFloat(getComputedStyle(this.text).lineHeight);
  }

  later() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  draw() {
    const { text } = this;
    const row = this.row();
    const first = Math.max(0, Math.floor(text.scrollTop / row) - 1);
    const last = Math.min(this.lines.length, Math.ceil((text.scrollTop + text.clientHeight) / row) + 1);
    const wrong = new Map(this.findings.map((one) => [one.line - 1, one.column - 1]).reverse());
    const numbers = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    const vars = { '--down': `${first * row - text.scrollTop}px`, '--along': `${-text.scrollLeft}px` };
    patch(this.gutter, h('div', { class: 'numbers', vars }, numbers.map((n) => h('span', { key: n, class: wrong.has(n) ? 'wrong' : null }, String(n + 1)))));
    patch(this.painted, h('div', { class: 'rows', vars }, numbers.map((n) => {
      const pieces = painted(this.lines[n]);
      return h('div', { key: n, class: 'row-of-code' }, (wrong.has(n) ? marked(pieces, wrong.get(n)) : pieces).map((piece) => h('span', { class: [piece.kind && `c-${piece.kind}`, piece.wrong && 'wrong'].filter(Boolean).join(' ') || null }, piece.text)));
    })));
    this.place(row);
  }

  drawNotes() {
    patch(this.notes, this.findings.map((one, n) => h('li', { key: `${n} ${one.line} ${one.code}`, class: 'note', 'data-testid': 'note', 'data-line': one.line, 'data-column': one.column, 'data-code': one.code },
      h('button', { type: 'button', on: { click: () => this.goTo(one) } }, h('b', {}, this.words('author.line', { line: one.line })), ' ', one.reason))));
  }

  /* Each note beside its line, or as near as the others leave room; of lines in view none ends below the margin. */
  place(row) {
    const notes = [...this.notes.children];
    if (!BESIDE.matches) {
      for (const node of notes) node.style.removeProperty('--top');
      return;
    }
    const tops = [];
    const heights = notes.map((node) => node.offsetHeight);
    let free = -Infinity;
    for (const [n, { line }] of this.findings.entries()) {
      tops.push(Math.max((line - 1) * row - this.text.scrollTop + row / 2, free));
      free = tops[n] + heights[n] + APART;
    }
    let end = this.text.clientHeight - APART;
    for (const [n, { line }] of [...this.findings.entries()].reverse()) {
      if ((line - 1) * row - this.text.scrollTop > this.text.clientHeight - row) continue;
      tops[n] = Math.min(tops[n], end - heights[n]);
      end = tops[n] - APART;
    }
    for (const [n, node] of notes.entries()) node.style.setProperty('--top', `${tops[n]}px`);
  }
}
