/* A shell in any page: `const panel = await mount(element, { sandbox, language })`.
 *
 * It returns {insert(text), run(text), focus(), refit(), end()}: a line put at the prompt, a line typed for the reader,
 * and so on. The page links vendor/xterm/xterm.css and css/shell.css and is served with playground.shell.pages.relaxed.
 * Parts: link.js (the WebSocket), editor.js (the line that is being typed), screen.js (xterm), told.js (hints). */
import { copy } from '../copying.js';
import { h, patch } from '../dom.js';
import { Editor } from './editor.js';
import { Link } from './link.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { textsOf } from './texts.js';

export async function mount(element, { sandbox, language = document.documentElement.lang }) {
  const say = await textsOf(language);
  element.classList.add('shell');
  element.dataset.state = 'opening';
  patch(element, frame(say));
  const part = (name) => element.querySelector(`[data-part="${name}"]`);
  const screen = new Screen(part('screen'), say);
  const told = part('told');
  const link = new Link(sandbox, language);
  const editor = new Editor(screen);
  const session = new Session({ say, screen, editor, link, tell: (state, words = '') => {
    element.dataset.state = state;
    told.textContent = words;
  } });
  await screen.open((data) => session.typed(data), {
    leave: () => part('leave').focus(),
    copy: () => copy(screen.selected()),
    resized: () => session.resized(),
  });
  buttons(element, { part, screen, session, say });
  link.open(session);
  const watching = new ResizeObserver(() => screen.refit());
  watching.observe(part('screen'));
  return {
    insert: (text) => session.insert(text),
    run: (text) => session.run(text),
    focus: () => screen.focus(),
    refit: () => screen.refit(),
    end() {
      watching.disconnect();
      link.close();
      screen.close();
    },
    session, screen, // for tests
  };
}

function frame(say) {
  const tool = (name, words, told = null) => h('button', { type: 'button', class: 'small', 'data-part': name, 'data-testid': `shell-${name}`, title: told }, words);
  const key = (send, words, name = null) => h('button', { type: 'button', class: 'shell-key mono', 'data-send': send, 'aria-label': name }, words);
  return [
    h('div', { class: 'shell-bar', key: 'bar', role: 'group', 'aria-label': say('tools') },
      h('span', { class: 'shell-name' }, 'CloudShell', h('span', { class: 'shell-quiet' }, ` · ${say('name.told')} · `, h('span', { class: 'mono' }, 'aws-cli/2'))),
      h('span', { class: 'shell-told', 'data-part': 'told', role: 'status', 'data-testid': 'shell-told' }),
      h('span', { class: 'shell-tools' },
        tool('leave', say('leave'), say('leave.told')), tool('copy', say('copy'), say('copy.told')), tool('paste', say('paste'), say('paste.told')),
        tool('clear', say('clear')), tool('reader', say('reader'), say('reader.told')), tool('anew', say('anew'), say('anew.told')))),
    h('div', { class: 'shell-screen', key: 'screen', 'data-part': 'screen', 'data-testid': 'shell-screen', role: 'group', 'aria-label': say('screen') }),
    h('div', { class: 'shell-keys', key: 'keys', role: 'group', 'aria-label': say('keys') },
      key('\t', 'Tab'), key('\x1b[A', '↑', say('key.up')), key('\x1b[D', '←', say('key.left')), key('\x1b[C', '→', say('key.right')), key('\x03', 'Ctrl-C'),
      ...['-', "'", '"', '|', '$', '/', '{', '}'].map((sign) => key(sign, sign))),
    h('p', { class: 'shell-foot', key: 'foot' }, say('foot')),
  ];
}

function buttons(element, { part, screen, session, say }) {
  const on = (name, act) => part(name).addEventListener('click', act);
  on('leave', () => screen.focus());
  on('copy', async () => session.note(say((await copy(screen.selected() || session.lastOutput)) ? 'copied' : 'copy.failed')));
  on('paste', async () => {
    try {
      session.typed((await navigator.clipboard.readText()).replace(/\r?\n/g, '\r'));
      screen.focus();
    } catch {
      session.note(say('paste.failed')); // on plain http, or not allowed: the keyboard's own way still works
    }
  });
  on('clear', () => session.clear());
  on('reader', () => {
    part('reader').setAttribute('aria-pressed', String(screen.forReaders(!screen.readers)));
  });
  part('reader').setAttribute('aria-pressed', String(screen.readers));
  on('anew', () => session.anew());
  for (const key of element.querySelectorAll('[data-send]')) {
    key.addEventListener('click', () => {
      session.typed(key.dataset.send);
      screen.focus();
    });
  }
}
