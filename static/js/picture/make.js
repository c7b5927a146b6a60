/* The tool that takes the picture away: as SVG (sharp at any size, to be worked on) or as PNG (to be pasted). */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { number, t } from '../i18n.js';
import { openPanel } from '../panel.js';
import { saveBlob } from '../saving.js';
import { inkOf, pixelsOf } from './pixels.js';
import { takePicture } from './take.js';

const PARTS = ['stage', 'cluster'];
const SIZES = [1, 2, 3];

export async function makePicture(stage) {
  if (!stage.snapshot) return;
  const form = { part: 'stage', size: 2, caption: true, taken: null, address: '', busy: true, said: '' };
  const panel = openPanel(stage, 'picture', (own) => page(stage, own, form), { wide: true, gone: () => form.address && URL.revokeObjectURL(form.address) });
  await take(stage, panel, form);
}

async function take(stage, panel, form) {
  Object.assign(form, { busy: true, said: '' });
  form.taken = await takePicture(stage, form);
  form.preview = await inkOf(form.taken.svg);
  form.busy = false;
  panel.draw();
}

function page(stage, panel, form) {
  const again = (more) => take(stage, panel, Object.assign(form, more));
  return [
    panel.title(t('picture')),
    h('p', { key: 'told' }, t('picture.told')),
    h('figure', { key: 'shown', class: 'picture-shown', 'aria-busy': String(form.busy) },
      form.preview ? h('img', { src: form.preview, alt: t('picture.alt', { what: form.taken.told }), 'data-testid': 'picture-shown' }) : h('p', { class: 'muted' }, t('lazy.coming'))),
    h('div', { key: 'choices', class: 'choices' },
      h('div', { class: 'row chips', role: 'group', 'aria-label': t('picture.part') }, PARTS.map((part) => button(t(`picture.part.${part}`), () => again({ part }), { kind: 'small', pressed: form.part === part, test: `picture-${part}` }))),
      h('p', { class: 'check' }, h('input', { type: 'checkbox', id: 'picture-caption', initial: { checked: true }, on: { change: (event) => again({ caption: event.target.checked }) } }), h('label', { for: 'picture-caption' }, t('picture.caption'))),
      h('p', { class: 'row' }, h('label', { for: 'picture-size' }, t('picture.size')),
        h('select', { id: 'picture-size', 'data-testid': 'picture-size', on: { change: (event) => { form.size = Number(event.target.value); panel.draw(); } } },
          SIZES.map((size) => h('option', { value: size, selected: size === form.size }, form.taken ? `${number(Math.round(form.taken.width * size))} × ${number(Math.round(form.taken.height * size))}` : `${size}×`))))),
    h('p', { key: 'said', role: 'status', class: 'good', 'data-testid': 'picture-said' }, form.said ? [h('b', {}, '✓ '), form.said] : null),
    h('p', { class: 'actions', key: 'actions' },
      button(t('close'), () => panel.close(), { kind: 'quiet' }),
      globalThis.ClipboardItem && navigator.clipboard?.write ? button(t('picture.copy'), () => copyPicture(panel, form), { off: form.busy, test: 'picture-copy' }) : null,
      button(t('picture.svg'), () => saveSvg(panel, form), { off: form.busy, test: 'picture-svg' }),
      button(t('picture.png'), () => savePng(panel, form), { kind: 'primary panel-first', off: form.busy, test: 'picture-png' })),
  ];
}

const name = (form, ending) => `${form.taken.name}.${ending}`;

function saveSvg(panel, form) {
  saveBlob(new Blob([form.taken.svg], { type: 'image/svg+xml' }), name(form, 'svg'));
  told(panel, form, t('picture.saved', { name: name(form, 'svg') }));
}

async function savePng(panel, form) {
  saveBlob(await pixelsOf(form.taken, form.size), name(form, 'png'));
  told(panel, form, t('picture.saved', { name: name(form, 'png') }));
}

async function copyPicture(panel, form) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': pixelsOf(form.taken, form.size) })]);
    told(panel, form, t('copied'));
  } catch {
    savePng(panel, form); // not allowed here: then as a file
  }
}

function told(panel, form, said) {
  form.said = said;
  panel.draw();
}
