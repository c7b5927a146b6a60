/* How code is shown, in the page of code and in the panel that connects: tabs of forms, the code in colours, what it
 * takes to run it, and why it is as it is. */
import { copyButton } from '../copying.js';
import { button } from '../controls.js';
import { h } from '../dom.js';
import { enter } from '../entering.js';
import { paint } from './paint.js';
import { chooseForm, chosenForm } from './place.js';

/* Which of the forms; only: the ids of those offered. */
export function formTabs(stage, forms, say) {
  const chosen = chosenForm(stage);
  const at = forms.some((form) => form.id === chosen) ? chosen : forms[0].id;
  return h('div', { key: 'forms', class: 'code-forms', role: 'radiogroup', 'aria-label': say('forms') }, forms.map((form, i) => h('button', {
    key: form.id, type: 'button', role: 'radio', 'aria-checked': String(form.id === at), tabindex: form.id === at ? '0' : '-1', 'data-testid': `form-${form.id}`,
    on: { click: () => chooseForm(stage, form.id), keydown: (event) => turn(event, forms, i, stage) },
  }, form.name)));
}

function turn(event, forms, at, stage) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const to = forms[(at + step + forms.length) % forms.length].id;
  const group = event.currentTarget.parentNode;
  chooseForm(stage, to);
  enter(() => group.querySelector(`[data-testid="form-${to}"]`));
}

/* made: a snippet. */
export function codeBlock(made, stage, say) {
  if (made.why) {
    return h('div', { key: 'none', class: 'code-cannot', 'data-testid': 'code-none' }, h('b', {}, say('cannot')), h('p', {}, told(say.parts(made.why))));
  }
  return h('div', { key: 'made', class: 'code-made' },
    h('div', { key: 'frame', class: 'code-frame' },
      h('div', { class: 'code-head' }, h('span', { class: made.file ? 'mono' : null }, made.file || say('paste')), copyButton(made.text, say('copy'), stage.toast, 'code-copy')),
      h('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': say('code'), 'data-testid': 'code', 'data-language': made.language },
        paint(made.text, made.language).map(({ text, kind }) => (kind ? h('span', { class: `c-${kind}` }, text) : text)))),
    made.file ? running(made, stage, say) : null,
    made.ends ? null : h('p', { key: 'endless', class: 'muted' }, say('endless')),
    made.notes.length ? h('section', { key: 'notes', class: 'code-notes', 'aria-label': say('why') },
      made.notes.map((key) => h('p', { key, class: 'hint', 'data-note': key }, told(say.parts(key))))) : null);
}

function running({ file, run, needs }, stage, say) {
  const jars = needs.endsWith('.tgz');
  const line = jars ? run : `${needs} && ${run}`;
  return h('div', { key: 'run', class: 'run-how' },
    h('p', { class: 'muted' }, say('save', { file })),
    h('p', { class: 'run-line' }, h('code', { 'data-testid': 'code-run' }, line), copyButton(line, say('copy.run'), stage.toast, 'run-copy')),
    jars ? h('p', { class: 'muted' }, say('java.jars', { needs })) : null);
}

/* Strong words strong. */
export const told = (parts) => parts.map(({ text, strong }) => (strong ? h('b', {}, text) : text));

/* Until the texts are here, and if they did not come. */
export function coming(words, stage) {
  const { t } = stage;
  return words.failed
    ? h('p', { key: 'failed', role: 'alert' }, t('lazy.failed'), ' ', button(t('lazy.again'), () => words.again(stage), { kind: 'small', test: 'words-again' }))
    : h('p', { key: 'coming', class: 'muted', role: 'status', 'data-testid': 'coming' }, t('lazy.coming'));
}
