/* The line that is being typed: its text, the cursor, the history; drawn after a prompt, over as many rows as it takes. */

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const NOTHING = /[\u0300-\u036f\u200b-\u200d\ufe00-\ufe0f]/;

/* Cells that a text takes on the screen. */
export const width = (text) => [...text].reduce((cells, sign) => cells + (NOTHING.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1), 0);

export class Editor {
  /* screen: {write(text), columns}. */
  constructor(screen) {
    Object.assign(this, { screen, signs: [], at: 0, prompt: '', promptText: '', rows: 0, history: [], place: 0, draft: '', killed: '' });
  }

  get text() {
    return this.signs.join('');
  }

  /* Begin a new line. words: as they stand there; styled: the same with colours. */
  begin(words, styled) {
    Object.assign(this, { prompt: styled, promptText: words, signs: [], at: 0, rows: 0, place: this.history.length, draft: '' });
    this.draw();
  }

  set(text, at = [...text].length) {
    this.signs = [...text];
    this.at = at;
    this.draw();
  }

  insert(text) {
    const signs = [...text];
    this.signs.splice(this.at, 0, ...signs);
    this.at += signs.length;
    this.draw();
  }

  /* Replace what stands between two places. */
  replace(from, to, text) {
    this.signs.splice(from, to - from, ...text);
    this.at = from + [...text].length;
    this.draw();
  }

  /* The cursor to the end, the line left as it stands: what follows is written below it. */
  leave(sign = '') {
    this.at = this.signs.length;
    this.draw();
    this.screen.write(`${sign}\r\n`);
    this.rows = 0;
  }

  draw() {
    const { columns } = this.screen;
    const before = width(this.promptText) + width(this.signs.slice(0, this.at).join(''));
    const all = width(this.promptText) + width(this.text);
    const end = Math.floor(all / columns);
    const row = Math.floor(before / columns);
    let out = `${this.rows ? `\x1b[${this.rows}A` : ''}\r\x1b[J${this.prompt}${this.text}`;
    if (all && all % columns === 0) out += '\r\n'; // a full row: the cursor stands on the next one
    if (end - row) out += `\x1b[${end - row}A`;
    out += `\r${before % columns ? `\x1b[${before % columns}C` : ''}`;
    this.rows = row;
    this.screen.write(out);
  }

  /* A key that edits: true when it was one. */
  key(name) {
    const act = KEYS[name];
    if (!act) return false;
    act(this);
    this.draw();
    return true;
  }

  remember(line) {
    if (line.trim() && this.history.at(-1) !== line) this.history.push(line);
    this.place = this.history.length;
  }

  recall(step) {
    const to = this.place + step;
    if (to < 0 || to > this.history.length) return;
    if (this.place === this.history.length) this.draft = this.text;
    this.place = to;
    this.signs = [...(to === this.history.length ? this.draft : this.history[to])];
    this.at = this.signs.length;
  }

  /* Where the word to the left, or to the right, of the cursor ends. */
  word(step) {
    const inWord = (at) => /[\p{L}\p{N}_]/u.test(this.signs[at] ?? '');
    let at = this.at;
    const next = () => (step < 0 ? at - 1 : at);
    while (at + step >= 0 && at + step <= this.signs.length && !inWord(next())) at += step;
    while (at + step >= 0 && at + step <= this.signs.length && inWord(next())) at += step;
    return at;
  }

  kill(from, to) {
    this.killed = this.signs.slice(from, to).join('');
    this.signs.splice(from, to - from);
    this.at = from;
  }
}

const moveTo = (where) => (editor) => {
  editor.at = Math.max(0, Math.min(editor.signs.length, where(editor)));
};
const START = moveTo(() => 0);
const END = moveTo((editor) => editor.signs.length);
const LEFT = moveTo((editor) => editor.at - 1);
const RIGHT = moveTo((editor) => editor.at + 1);
const WORD_LEFT = moveTo((editor) => editor.word(-1));
const WORD_RIGHT = moveTo((editor) => editor.word(1));
const EARLIER = (editor) => editor.recall(-1);
const LATER = (editor) => editor.recall(1);
const spaceBefore = (editor) => {
  let at = editor.at;
  while (at > 0 && editor.signs[at - 1] === ' ') at -= 1;
  while (at > 0 && editor.signs[at - 1] !== ' ') at -= 1;
  return at;
};

/* As readline has them. */
const KEYS = {
  '\x7f': (editor) => editor.at > 0 && editor.signs.splice(--editor.at, 1),
  '\b': (editor) => editor.at > 0 && editor.signs.splice(--editor.at, 1),
  '\x1b[3~': (editor) => editor.signs.splice(editor.at, 1),
  '\x1b[D': LEFT, '\x1bOD': LEFT, '\x02': LEFT, '\x1b[C': RIGHT, '\x1bOC': RIGHT, '\x06': RIGHT,
  '\x1b[A': EARLIER, '\x1bOA': EARLIER, '\x10': EARLIER, '\x1b[B': LATER, '\x1bOB': LATER, '\x0e': LATER,
  '\x1b[H': START, '\x1bOH': START, '\x01': START, '\x1b[F': END, '\x1bOF': END, '\x05': END,
  '\x1b[1;5D': WORD_LEFT, '\x1bb': WORD_LEFT, '\x1b[1;3D': WORD_LEFT, '\x1b[1;5C': WORD_RIGHT, '\x1bf': WORD_RIGHT, '\x1b[1;3C': WORD_RIGHT,
  '\x15': (editor) => editor.kill(0, editor.at),
  '\x0b': (editor) => editor.kill(editor.at, editor.signs.length),
  '\x17': (editor) => editor.kill(spaceBefore(editor), editor.at),
  '\x1b\x7f': (editor) => editor.kill(editor.word(-1), editor.at),
  '\x1bd': (editor) => editor.kill(editor.at, editor.word(1)),
  '\x19': (editor) => {
    const signs = [...editor.killed];
    editor.signs.splice(editor.at, 0, ...signs);
    editor.at += signs.length;
  },
};
