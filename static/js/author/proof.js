/* What the proof did, step by step. What it found stands beside the lines. */
import { h, patch } from '../dom.js';
import { number, t } from '../i18n.js';

export function drawProof(box, answer) {
  if (answer.error) {
    patch(box, null);
    return;
  }
  const steps = answer.steps ?? [];
  const wrong = answer.findings.length;
  const words = !steps.length ? t('author.first_right') : answer.ok ? t('author.proved', { ms: steps.reduce((sum, { ms }) => sum + ms, 0) }) : t('author.not_proved', { n: wrong });
  patch(box, h('div', { class: answer.ok ? 'notice' : 'notice refused', role: 'status', 'data-testid': 'proved', 'data-ok': String(answer.ok) },
    h('p', {}, h('b', {}, answer.ok ? '✓ ' : '! '), words),
    steps.length ? h('ol', { class: 'steps-of-proof plain', 'aria-label': t('author.steps') }, steps.map((step, n) => h('li', { key: n, class: step.ok ? 'ok' : 'bad', 'data-testid': 'step', 'data-what': step.what, 'data-ok': String(step.ok) },
      h('b', { 'aria-hidden': 'true' }, step.ok ? '✓' : '✕'), h('span', {}, step.told, h('span', { class: 'visually-hidden' }, `: ${t(step.ok ? 'author.step_ok' : 'author.step_bad')}`)), h('span', { class: 'num hint' }, `${number(Math.round(step.ms))} ms`)))) : null));
}
