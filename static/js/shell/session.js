/* What happens in a shell: keys become a line, the line goes to its worker, what comes back is shown, and hints after it.
 *
 * state: 'opening' (no connection yet), 'prompt', 'running', 'gone' (refused, or taken by another tab). What is typed while
 * a line runs waits for the next prompt, as in any terminal. */
import { styled } from './screen.js';
import { Search } from './search.js';
import { hintLines } from './told.js';

const TYPED_AHEAD_MAX = 16384; // characters; more are dropped
const OUTPUT_KEPT = 100000; // of the last line's output, for the copy button
const SLOW_MS = 3000; // then the page says why it may be
const SEQUENCE = /^(?:\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[a-z\x7f])|[\s\S])/u;

const oneLine = (text) => text.replace(/\s*\\\r?\n\s*/g, ' ').trimEnd();

export class Session {
  /* tell(state, words): for the page around the terminal. */
  constructor(parts) {
    Object.assign(this, parts, { state: 'opening', ahead: '', cwd: '~', exit: 0, more: false, asked: 0, completing: null, lastOutput: '', waitsFor: '', column: 0, met: false });
    this.search = new Search(this.editor, this.say);
  }

  // --- from the reader -----------------------------------------------------------------------------

  typed(data) {
    if (this.state === 'running') {
      const stop = data.lastIndexOf('\x03');
      if (stop >= 0) {
        this.link.send({ t: 'stop' });
        this.ahead = '';
      }
      this.ahead = (this.ahead + data.slice(stop + 1)).slice(0, TYPED_AHEAD_MAX);
      return;
    }
    if (this.state === 'gone') {
      if (data.includes('\r')) this.anew();
      return;
    }
    if (this.state === 'opening') {
      this.ahead = (this.ahead + data).slice(0, TYPED_AHEAD_MAX);
      return;
    }
    let rest = data.replace(/\r\n|\n/g, '\r');
    while (rest) {
      const plain = /^[^\x00-\x1f\x7f]+/.exec(rest);
      const key = plain ? plain[0] : SEQUENCE.exec(rest)[0];
      rest = rest.slice(key.length);
      if (this.search.on && this.search.key(key)) continue;
      if (plain) this.editor.insert(key);
      else this.press(key);
      if (this.state !== 'prompt') {
        this.ahead = rest.slice(0, TYPED_AHEAD_MAX);
        return;
      }
    }
  }

  press(key) {
    if (key !== '\t') this.completing = null;
    if (key === '\r') this.enter();
    else if (key === '\t') this.tab();
    else if (key === '\x12') this.search.begin();
    else if (key === '\x03') this.cancel();
    else if (key === '\x0c') this.clear();
    else if (key === '\x04') this.editor.key('\x1b[3~'); // Ctrl-D deletes; there is nothing to leave
    else this.editor.key(key);
  }

  enter() {
    const line = this.editor.text;
    this.editor.leave();
    this.editor.remember(line);
    if (!line.trim() && !this.more) {
      this.ask();
    } else if (line.trim() === 'clear' && !this.more) {
      this.clear();
    } else if (this.link.send({ t: 'run', line })) {
      this.lastOutput = '';
      this.column = 0;
      this.become('running');
    } else {
      this.print('hint', this.say('offline'));
      this.ask();
    }
  }

  cancel() {
    this.editor.leave('^C');
    if (this.more) this.link.send({ t: 'stop' });
    this.more = false;
    this.ask();
  }

  clear() {
    if (this.state !== 'prompt') return;
    const { text, at } = this.editor;
    this.screen.clear();
    this.ask();
    this.editor.set(text, at);
  }

  tab() {
    const { text, at } = this.editor;
    this.asked += 1;
    this.completing = { id: this.asked, text, at, again: this.completing?.text === text };
    this.link.send({ t: 'complete', id: this.asked, line: text, at: [...text].slice(0, at).join('').length });
  }

  /* A command from elsewhere on the page: it may be written over several lines. */
  insert(text) {
    const line = oneLine(text).replace(/[\x00-\x1f\x7f]/g, ' ');
    if (this.state === 'prompt') this.editor.insert(line);
    else this.ahead = (this.ahead + line).slice(0, TYPED_AHEAD_MAX);
    this.screen.focus();
  }

  run(text) {
    if (this.state === 'prompt') this.editor.set('');
    this.typed(`${text.trimEnd()}\r`);
  }

  anew() {
    if (this.state === 'running') this.link.send({ t: 'stop' });
    this.editor.history = [];
    this.met = false;
    this.link.anew();
    this.screen.focus();
  }

  /* xterm lays all lines out anew but the one with the cursor: that is ours to draw. */
  resized() {
    if (this.state === 'prompt') this.editor.draw();
  }

  // --- from the worker -----------------------------------------------------------------------------

  heard(message) {
    const act = {
      hello: () => this.hello(message),
      out: () => this.output(message),
      wait: () => this.tell('running', this.say(`waits.${message.why}`)),
      more: () => {
        this.more = true;
        this.ask();
      },
      done: () => this.done(message),
      completed: () => this.completed(message),
      taken: () => this.over(this.say('taken')),
      refused: () => this.refused(message.error),
    }[message.t];
    act?.();
  }

  hello({ fresh, history, cwd, lacks }) {
    const before = this.met;
    this.met = true;
    this.cwd = cwd;
    this.more = false;
    this.exit = 0;
    this.editor.history = [...history];
    if (before) this.freshLine();
    if (!before || fresh) {
      if (before) this.print('hint', this.say('fresh'));
      this.print('quiet', this.say('welcome'));
      for (const lack of lacks) this.print('hint', this.say(`lacks.${lack}`));
    }
    if (!fresh && !before) this.print('quiet', this.say('again'));
    this.ask();
  }

  output({ d, err }) {
    this.lastOutput = (this.lastOutput + d).slice(-OUTPUT_KEPT);
    this.column = d.endsWith('\n') ? 0 : 1;
    this.screen.output(d, err, () => this.link.send({ t: 'ack', n: [...d].length }));
  }

  done({ exit, cwd, stopped, undone, kept, hints }) {
    this.cwd = cwd;
    this.exit = exit;
    this.more = false;
    this.freshLine();
    if (stopped === 'asked') this.print('quiet', '^C');
    else if (stopped) this.print('hint', `▲ ${this.say(`stopped.${stopped}`)}`);
    if (undone && undone !== stopped) this.print('hint', `▲ ${this.say(`stopped.${undone}`)}`);
    if (!kept && stopped) this.print('hint', `  ${this.say('undone')}`);
    for (const [kind, words] of hintLines(hints, this.say)) this.print(kind, words);
    for (const { fix } of hints) if (fix && !oneLine(fix).includes('\n')) this.editor.remember(oneLine(fix));
    this.ask();
  }

  completed({ id, start, words }) {
    const asked = this.completing;
    if (!asked || id !== asked.id || this.state !== 'prompt' || this.editor.text !== asked.text) return;
    if (!words.length) return;
    const from = [...asked.text.slice(0, start)].length;
    const stem = [...asked.text].slice(from, asked.at).join('');
    const common = words.reduce((a, b) => {
      let n = 0;
      while (n < a.length && a[n] === b[n]) n += 1;
      return a.slice(0, n);
    });
    if (words.length === 1) this.editor.replace(from, asked.at, `${common}${/[/=}]$/.test(common) ? '' : ' '}`);
    else if (common.length > stem.length) this.editor.replace(from, asked.at, common);
    else if (asked.again) this.offer(words);
    if (this.completing) this.completing.text = this.editor.text;
  }

  /* The second Tab shows what there is, in columns, and the line once more. */
  offer(words) {
    const { text, at } = this.editor;
    const wide = Math.max(...words.map((word) => word.length)) + 2;
    const across = Math.max(1, Math.floor(this.screen.columns / wide));
    this.editor.leave();
    for (let n = 0; n < words.length; n += across) this.screen.write(`${words.slice(n, n + across).map((word) => word.padEnd(wide)).join('').trimEnd()}\r\n`);
    this.ask();
    this.editor.set(text, at);
  }

  refused({ code, reason }) {
    this.freshLine();
    const key = `refused.${code}`;
    this.print('error', this.say.has(key) ? this.say(key) : `${code}: ${reason}`);
    if (this.met) this.ask();
    else this.over(this.say('enter.again'));
  }

  lost() {
    if (this.state === 'running') this.freshLine();
    this.become('opening', this.say('lost'));
  }

  over(words) {
    this.freshLine();
    this.print('hint', words);
    this.become('gone', words);
  }

  // --- to the screen -------------------------------------------------------------------------------

  ask() {
    const place = this.cwd === '/home/cloudshell-user' ? '~' : this.cwd.replace(/^\/home\/cloudshell-user\//, '~/');
    const words = this.more ? '> ' : `${place} $ `;
    this.become('prompt');
    this.editor.begin(words, this.more ? words : styled(this.exit ? 'failed' : 'prompt', words));
    const ahead = this.ahead;
    this.ahead = '';
    if (ahead) this.typed(ahead);
  }

  become(state, words = '') {
    this.state = state;
    clearTimeout(this.patience);
    if (state === 'running') this.patience = setTimeout(() => this.tell(state, this.say('slow')), SLOW_MS);
    this.tell(state, words);
  }

  freshLine() {
    if (this.column) this.screen.write('\r\n');
    this.column = 0;
  }

  print(kind, words) {
    this.screen.write(`${words.split('\n').map((line) => styled(kind, line)).join('\r\n')}\r\n`);
  }

  /* Words beside the terminal, not in it. */
  note(words) {
    this.tell(this.state, words);
  }
}
