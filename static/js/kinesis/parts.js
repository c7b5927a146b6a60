/* The console's smallest parts: a card, a field, a status, a refusal. */
import { button } from '../controls.js';
import { h } from '../dom.js';

/* Strong words strong. */
export const marked = (parts) => parts.map(({ text, strong }) => (strong ? h('b', {}, text) : text));
export const rich = (desk, key, params) => marked(desk.say.parts(key, params));

export function card(title, ...children) {
  const { key, test, act, note, ...props } = typeof title === 'string' ? { title } : title;
  const id = `card-${key ?? props.title.replaceAll(/\W+/g, '-')}`;
  return h('section', { key: id, class: `k-card${props.kind ? ` ${props.kind}` : ''}`, 'aria-labelledby': id, 'data-testid': test },
    h('div', { class: 'k-card-head' }, h('h2', { id }, props.title), act ?? null), note ? h('p', { class: 'hint' }, note) : null, children);
}

/* A place of its own for what comes and goes: what stands after it stays where it is, and keeps the focus. */
export const slot = (key, ...content) => h('div', { key, class: 'k-slot' }, content);

/* A labelled control; fault: what is wrong with what is in it. */
export function labelled(id, words, control, { hint = null, fault = null, tag = 'label' } = {}) {
  const about = [hint ? `${id}-hint` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ') || null;
  const { tag: name, props, children } = control;
  const own = tag === 'label';
  return h('div', { class: `k-field${fault ? ' faulty' : ''}`, key: id, role: own ? null : 'group', 'aria-labelledby': own ? null : `${id}-label` },
    h(own ? 'label' : 'span', own ? { for: id, class: 'k-label' } : { id: `${id}-label`, class: 'k-label' }, words),
    h('div', { class: 'k-control' }, own ? h(name, { id, 'aria-describedby': about, 'aria-invalid': fault ? 'true' : null, ...props }, children) : control,
      fault ? h('p', { id: `${id}-fault`, class: 'k-fault', 'data-testid': `${id}-fault` }, fault) : null,
      hint ? h('p', { id: `${id}-hint`, class: 'hint' }, hint) : null));
}

/* A text field bound to a draft: what is typed is in draft[name], and the page follows. */
export function typed(desk, draft, name, props = {}) {
  const { area, ...more } = props;
  return h(area ? 'textarea' : 'input', {
    autocomplete: 'off', spellcheck: 'false', initial: { value: draft[name] }, ...more,
    on: {
      input: (event) => {
        draft[name] = event.currentTarget.value;
        desk.redraw();
      },
    },
  });
}

export function chosen(desk, draft, name, options, props = {}) {
  return h('select', {
    ...props,
    on: {
      change: (event) => {
        draft[name] = event.currentTarget.value;
        desk.redraw();
      },
    },
  }, options.map(([value, words]) => h('option', { key: value, value, selected: String(draft[name]) === String(value) }, words)));
}

/* On or off, as AWS's forms have it: a checkbox that looks like a switch. */
export function toggle(desk, draft, name, words, props = {}) {
  return h('label', { class: 'k-toggle', key: `toggle-${name}` }, h('input', {
    type: 'checkbox', role: 'switch', initial: { checked: Boolean(draft[name]) }, ...props,
    on: {
      change: (event) => {
        draft[name] = event.currentTarget.checked;
        desk.redraw();
      },
    },
  }), h('span', { class: 'k-track', 'aria-hidden': 'true' }), h('span', {}, words));
}

/* One of a few, side by side. options: [[value, words, more], ...]. */
export function choice(desk, draft, name, options, label) {
  return h('div', { class: 'k-choices', role: 'radiogroup', 'aria-label': label }, options.map(([value, words, more]) => h('label', { class: 'k-choice', key: value },
    h('input', {
      type: 'radio', name: `k-${name}`, value, initial: { checked: draft[name] === value }, 'data-testid': `${name}-${value}`,
      on: {
        change: () => {
          draft[name] = value;
          desk.redraw();
        },
      },
    }), h('span', {}, h('b', {}, words), more ? h('small', {}, more) : null))));
}

export function status(desk, value) {
  const calm = value === 'ACTIVE';
  return h('span', { class: `k-status ${value.toLowerCase()}`, 'data-testid': 'status', 'data-status': value },
    h('span', { class: calm ? 'lamp running' : value === 'DELETING' ? 'lamp crashed' : 'lamp starting', 'aria-hidden': 'true' }), h('span', {}, desk.say(`status.${value}`)), h('code', {}, value));
}

/* AWS's own code and text, and what that means, in a kind sentence. */
export function refusal(desk, what) {
  const entry = desk.calls.refused(what);
  if (!entry) return null;
  const { say } = desk;
  const { error } = entry;
  return h('div', { key: 'fault', class: 'k-refused', role: 'alert', 'data-testid': 'refused', 'data-code': error.code },
    h('p', {}, h('b', {}, '! '), h('b', {}, meaning(desk, error))),
    h('p', { class: 'k-aws mono' }, error.aws ? h('b', {}, error.code) : error.code, error.message ? `: ${error.message}` : ''),
    button('✕', () => desk.calls.read(entry), { kind: 'quiet small close', name: say('close') }));
}

/* A stream that is only being made does not exist yet, says AWS. */
function meaning(desk, error) {
  const early = error.code === 'ResourceNotFoundException' && desk.stream()?.status === 'CREATING';
  return early ? desk.say('error.creating') : desk.told({ code: error.code, reason: error.message });
}

/* The button that does it: while it is done it waits, and says so. */
export function doing(desk, what, words, act, { kind = 'primary', test = null, off = false } = {}) {
  const busy = desk.calls.busy(what);
  return h('button', {
    type: act ? 'button' : 'submit', key: `do-${what}`, class: kind, 'aria-disabled': busy || off ? 'true' : null, 'aria-busy': busy ? 'true' : null, 'data-testid': test,
    on: { click: (event) => { if (act && !busy && !off) act(event); } },
  }, busy ? [h('span', { class: 'spin', 'aria-hidden': 'true' }, '…'), desk.say('busy')] : words);
}

/* A form: Enter in a field sends it. */
export function form(desk, what, submit, props, ...children) {
  return h('form', {
    key: `form-${what}`, novalidate: true, ...props,
    on: {
      submit: (event) => {
        event.preventDefault();
        if (!desk.calls.busy(what)) submit();
      },
    },
  }, children);
}

/* A way to another place of the console. */
export function way(desk, to, words, props = {}) {
  return h('a', { href: desk.address(to), ...props, on: { click: (event) => desk.follow(event, to) } }, words);
}
