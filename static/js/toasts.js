/* Short notices at the corner. A refusal stays until it has been read long enough, and is announced at once. */
import { button } from './controls.js';
import { h, patch } from './dom.js';
import { t } from './i18n.js';

const STAY_MS = 4000;
const STAY_REFUSED_MS = 12000;

export class Toasts {
  constructor(box) {
    Object.assign(this, { box, list: [], count: 0 });
  }

  /* text, and for a refusal its code and what is known of it. */
  show(text, { code = '', more = '' } = {}) {
    this.count += 1;
    const id = this.count;
    this.list = [...this.list.slice(-3), { id, text, code, more }];
    setTimeout(() => this.drop(id), code ? STAY_REFUSED_MS : STAY_MS);
    this.draw();
  }

  drop(id) {
    this.list = this.list.filter((toast) => toast.id !== id);
    this.draw();
  }

  draw() {
    patch(this.box, this.list.map(({ id, text, code, more }) => h('div', {
      key: id, class: code ? 'toast refused' : 'toast', role: code ? 'alert' : 'status', 'data-testid': 'toast', 'data-code': code || null,
    },
    h('p', {}, code ? h('b', {}, '! ') : h('b', {}, '✓ '), text, code ? [' ', h('code', {}, code)] : null),
    more ? h('p', { class: 'muted' }, more) : null,
    button('✕', () => this.drop(id), { kind: 'quiet small close', name: t('close') }))));
  }
}
