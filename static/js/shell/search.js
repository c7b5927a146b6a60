/* Ctrl-R: backwards through the history, by what a line contains. Letters narrow it down, Ctrl-R goes on to an older line,
 * Ctrl-C or Ctrl-G gives up; any other key takes the line as it stands. */
export class Search {
  constructor(editor, say) {
    Object.assign(this, { editor, say, on: false, term: '', at: 0, before: null });
  }

  begin() {
    const { prompt, promptText, text, at, history } = this.editor;
    Object.assign(this, { on: true, term: '', at: history.length, before: { prompt, promptText, text, at } });
    this.show('');
  }

  /* A key while it is on: true when it was the search's own; otherwise the search is over and the key still to be served. */
  key(key) {
    if (/^[^\x00-\x1f\x7f]/.test(key)) this.find(this.term + key, this.at);
    else if (key === '\x12') this.find(this.term, this.at - 1);
    else if (key === '\x7f') this.find([...this.term].slice(0, -1).join(''), this.editor.history.length);
    else if (key === '\x03' || key === '\x07') this.end(this.before.text, this.before.at);
    else {
      this.end(this.editor.text);
      return false;
    }
    return true;
  }

  find(term, from) {
    const { history } = this.editor;
    this.term = term;
    for (let at = Math.min(from, history.length - 1); at >= 0; at--) {
      if (history[at].includes(term)) {
        this.at = at;
        this.show(history[at]);
        return;
      }
    }
    this.show(this.editor.text); // nothing older: it stays where it is
  }

  show(text) {
    const words = `${this.say('search', { term: this.term })} `;
    Object.assign(this.editor, { prompt: words, promptText: words });
    this.editor.set(text);
  }

  end(text, at) {
    this.on = false;
    Object.assign(this.editor, { prompt: this.before.prompt, promptText: this.before.promptText });
    this.editor.set(text, at);
  }
}
