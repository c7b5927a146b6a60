/* The tool that keeps a world: the sandbox as it is, or as it was at the moment that is seen, under a name of one's own.
 * What is kept can be begun from on the page of all sandboxes, by anybody, as often as wanted. */
import { ask } from '../api.js';
import { form } from '../controls.js';
import { h } from '../dom.js';
import { explain, t } from '../i18n.js';
import { clock } from '../narration.js';
import { openPanel } from '../panel.js';

const NAME_MAX = 60;

export function keepWorld(stage) {
  const { past } = stage;
  const step = past.on ? past.state.step : null;
  const at = clock(past.on ? past.state.at_ms : stage.live.at_ms);
  let said = null; // {ok, name} or {ok: false, error}
  let busy = false;
  const send = async ({ name }) => {
    if (busy) return;
    busy = true;
    panel.draw();
    said = await ask('/api/worlds', { method: 'POST', json: { sandbox: stage.sandbox, name: name.trim(), ...(step === null ? {} : { step }) } });
    busy = false;
    panel.draw();
  };
  const panel = openPanel(stage, 'world', (it) => [
    it.title(t('world')),
    h('p', { key: 'told' }, t(past.on ? 'world.then' : 'world.told', { at })),
    said?.ok ? h('p', { key: 'done', class: 'notice', role: 'status', 'data-testid': 'world-saved' }, t('world.saved', { name: said.name }), ' ', h('a', { href: '/sandboxes/#worlds' }, t('world.where'))) : null,
    said && !said.ok ? h('p', { key: 'refused', class: 'bad', role: 'alert', 'data-testid': 'world-refused', 'data-code': said.error.code }, explain(said.error.code) || t('refused'), ' ', h('small', {}, said.error.reason)) : null,
    said?.ok ? null : form({
      key: 'form', test: 'world', words: t('world.save'), off: busy, submit: send,
      fields: [h('p', { class: 'stack', key: 'name' }, h('label', { for: 'world-name' }, t('world.name')), h('input', {
        id: 'world-name', name: 'name', class: 'panel-first', required: true, maxlength: NAME_MAX, autocomplete: 'off', 'data-testid': 'world-name', placeholder: t('world.example'),
      }))],
    }),
  ]);
}
