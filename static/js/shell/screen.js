/* xterm, dressed as the page is: its colours and letters, its size, and ways in and out of it for the keyboard.
 *
 * Only what is written here carries escape sequences; what programs say comes without any (playground/shell/plain.py). */
import { FitAddon } from '../../vendor/xterm/addon-fit.mjs';
import { Terminal } from '../../vendor/xterm/xterm.mjs';

const SCROLLBACK = 5000; // lines
const KEPT = 'riacho.shell.readers';
const SGR = { prompt: '36', failed: '31', error: '31', hint: '33', quiet: '90', strong: '1' };
const ESCAPES = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

export const styled = (kind, text) => `\x1b[${SGR[kind]}m${text}\x1b[0m`;

export class Screen {
  constructor(place, say) {
    Object.assign(this, { place, say, fit: new FitAddon(), readers: false, bottom: true });
    try {
      this.readers = localStorage.getItem(KEPT) === 'yes';
    } catch {
      // kept as long as the page
    }
  }

  /* typed(data): what the reader types or pastes. leave(), copy(): what Escape and Ctrl-Shift-C do. resized(): another width. */
  async open(typed, { leave, copy, resized }) {
    this.resized = resized;
    await document.fonts.load('14px "JetBrains Mono Variable"').catch(() => null); // cells are measured once
    const style = getComputedStyle(document.documentElement);
    this.term = new Terminal({
      convertEol: true, cursorBlink: false, scrollback: SCROLLBACK, screenReaderMode: this.readers, minimumContrastRatio: 4.5,
      fontFamily: style.getPropertyValue('--mono').trim(), fontSize: this.letters(), lineHeight: 1.25, theme: this.colours(), allowProposedApi: false,
      macOptionIsMeta: true, rightClickSelectsWord: false,
    });
    this.term.loadAddon(this.fit);
    this.term.open(this.place);
    this.term.textarea?.setAttribute('aria-label', this.say('screen.input'));
    this.term.onData(typed);
    this.term.onResize(() => this.resized());
    this.term.attachCustomKeyEventHandler((event) => this.key(event, leave, copy));
    this.looks = new MutationObserver(() => {
      this.term.options.theme = this.colours();
      this.term.options.fontSize = this.letters();
      this.refit();
    });
    this.looks.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-projector'] });
    this.refit();
  }

  /* Whether xterm takes the key. */
  key(event, leave, copy) {
    if (event.type !== 'keydown') return true;
    const letter = event.key.toLowerCase();
    if (event.key === 'Escape') {
      leave();
      event.preventDefault();
      return false;
    }
    if (event.key === 'Tab' && event.shiftKey) return false; // the browser's: back to what is before the terminal
    if (event.ctrlKey && letter === 'c' && (event.shiftKey || this.term.hasSelection())) {
      copy();
      event.preventDefault();
      if (!event.shiftKey) this.term.clearSelection();
      return false;
    }
    if (event.ctrlKey && event.shiftKey && letter === 'v') return false; // the browser pastes
    return !(event.ctrlKey && !event.shiftKey && letter === 'v');
  }

  /* Text of a program: nothing in it steers the terminal. shown: is called when it is on the screen. */
  output(text, isError, shown) {
    const plain = text.replace(ESCAPES, '\ufffd');
    this.write(isError ? plain.split('\n').map((line) => (line ? styled('error', line) : '')).join('\n') : plain, shown);
  }

  write(text, shown) {
    this.term.write(text, shown);
  }

  get columns() {
    return this.term.cols;
  }

  selected() {
    return this.term.getSelection();
  }

  focus() {
    this.term.focus();
  }

  clear() {
    this.term.write('\x1b[2J\x1b[3J\x1b[H');
  }

  refit() {
    if (!this.term || !this.place.clientWidth || !this.place.clientHeight) return; // hidden: later
    this.fit.fit();
  }

  /* With it xterm tells screen readers each line that comes. Kept for the next time. */
  forReaders(on) {
    this.readers = on;
    this.term.options.screenReaderMode = on;
    try {
      localStorage.setItem(KEPT, on ? 'yes' : 'no');
    } catch {
      // the same
    }
    return on;
  }

  letters() {
    return Math.round(Number.parseFloat(getComputedStyle(this.place).getPropertyValue('--shell-letters'))) || 14;
  }

  colours() {
    const style = getComputedStyle(this.place);
    const of = (name) => style.getPropertyValue(`--shell-${name}`).trim();
    return {
      background: of('paper'), foreground: of('ink'), cursor: of('prompt'), cursorAccent: of('paper'), selectionBackground: of('selected'),
      red: of('error'), yellow: of('hint'), cyan: of('prompt'), brightBlack: of('quiet'),
    };
  }

  /* The text as it stands, for tests and for copying. */
  text() {
    const { active } = this.term.buffer;
    const lines = [];
    for (let at = 0; at < active.length; at++) {
      const line = active.getLine(at);
      const words = line.translateToString(true);
      if (line.isWrapped) lines[lines.length - 1] += words;
      else lines.push(words);
    }
    return lines.join('\n').trimEnd();
  }

  close() {
    this.looks?.disconnect();
    this.term?.dispose();
  }
}
