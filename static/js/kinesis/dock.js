/* The shell at the foot of the page (static/js/shell/panel.js), folded away until it is wanted, and kept once it is there. */
import { h, patch } from '../dom.js';

const PANEL = '../shell/panel.js';

export class Dock {
  constructor(desk, box) {
    Object.assign(this, { desk, box, unfolded: false, panel: null, state: 'none' });
    this.bar = box.querySelector('.dock-bar');
    this.place = box.querySelector('.dock-panel');
  }

  /* A line can be put at its prompt. */
  get takes() {
    return this.state !== 'failed';
  }

  draw() {
    const { desk } = this;
    const { say } = desk;
    patch(this.bar, h('button', { type: 'button', class: 'dock-turn', 'aria-expanded': String(this.unfolded), 'aria-controls': 'dock-panel', 'data-testid': 'shell-turn', on: { click: () => this.turn(!this.unfolded) } },
      h('span', { class: 'dock-sign', 'aria-hidden': 'true' }, '>_'), h('b', {}, 'CloudShell'), h('span', { class: 'dock-told' }, say(this.state === 'failed' ? 'shell.failed' : 'shell.told')), h('span', { class: 'dock-arrow', 'aria-hidden': 'true' }, this.unfolded ? '▾' : '▴')));
    this.place.hidden = !this.unfolded;
    this.box.toggleAttribute('data-open', this.unfolded);
  }

  async turn(open) {
    this.unfolded = open;
    if (open && !this.panel) await this.load();
    this.draw();
    if (open) {
      this.panel?.refit?.();
      this.panel?.focus?.();
    }
  }

  async load() {
    this.state = 'coming';
    this.place.hidden = false;
    this.box.toggleAttribute('data-open', true);
    try {
      const { mount } = await import(PANEL);
      this.panel = await mount(this.place, { sandbox: this.desk.sandbox });
      this.state = 'here';
    } catch (error) {
      console.info(error); // said in the page, too
      this.state = 'failed';
    }
  }

  /* Put lines at the prompt, to be looked at and sent by the reader. */
  async insert(text) {
    document.querySelector('dialog[open]')?.close(); // nothing beside it could be typed into
    await this.turn(true);
    if (this.panel?.insert) this.panel.insert(text);
    else this.desk.toast(this.desk.say('shell.failed'));
  }
}
