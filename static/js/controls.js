/* Buttons and fields as the whole page has them: a name for everybody, a hook for tests, one way to send a command. */
import { h } from './dom.js';

/* A button that does one thing. name: what it is called when its words alone do not say it. held: why it may not be
 * pressed just now: it stays where the keyboard finds it and says so (stage.order refuses). */
export function button(words, act, { kind = '', name = null, test = null, off = false, pressed = null, title = null, held = '' } = {}) {
  return h('button', {
    type: 'button', class: kind || null, 'aria-label': name, title: held || title || null, 'data-testid': test, disabled: off,
    'aria-disabled': held ? 'true' : null,
    'aria-pressed': pressed === null ? null : String(pressed),
    on: {
      click: (event) => {
        event.stopPropagation();
        act(event);
      },
    },
  }, words);
}

/* A labelled field. control: an input's description, or a select's with its options: [[value, words], ...]. */
export function field(label, control, hint = null) {
  const { options, area, ...props } = control;
  const id = `f-${props.name}`;
  const hinted = hint ? `${id}-hint` : null;
  const common = { id, ...props, 'aria-describedby': hinted };
  const input = options
    ? h('select', common, options.map(([value, words]) => h('option', { value, selected: value === props.value }, words)))
    : h(area ? 'textarea' : 'input', { autocomplete: 'off', spellcheck: 'false', ...common });
  return h('p', { class: 'field', key: id }, h('label', { for: id }, label), input,
    hint ? h('small', { id: hinted, class: 'hint' }, hint) : null);
}

/* A form as a page of the drawer: fields belong to the reader once made. submit gets {name: text}. */
export function form({ key, test, words, cancel, submit, fields, off = false, held = '' }) {
  return h('form', {
    key, class: 'form', 'data-testid': test, novalidate: true,
    on: {
      submit: (event) => {
        event.preventDefault();
        submit(Object.fromEntries(new FormData(event.currentTarget)), event.currentTarget);
      },
    },
  }, fields, h('p', { class: 'actions', key: 'actions' },
    cancel ? button(cancel.words, cancel.act, { kind: 'quiet' }) : null,
    h('button', { type: 'submit', class: 'primary', disabled: off, 'aria-disabled': held ? 'true' : null, title: held || null, 'data-testid': `${test}-send` }, words)));
}

/* Facts as a list of names and values. */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value, test]) => [
    h('dt', { key: `t ${name}`, class: /\w\.\w/.test(name) ? 'setting' : null }, name), h('dd', { key: `d ${name}`, 'data-testid': test || null }, value),
  ]));
}

/* A link inside the page: looks like one, is a button. */
export function link(words, act, test = null) {
  return button(words, act, { kind: 'link', test });
}

/* A sentence in the page: strong parts strong, and no line ends within a name such as FIAP-0. */
export function sentence(parts) {
  return parts.map(({ text, strong }) => (strong ? h('b', {}, unbroken(text)) : unbroken(text)));
}

function unbroken(text) {
  return text.split(/([^\s,;:]+-\d+)/).map((piece, i) => (i % 2 ? h('span', { class: 'name' }, piece) : piece));
}
