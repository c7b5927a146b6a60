/* Where one is (region, account), the cluster's clock, and whether time stands: then nothing answers until it goes on. */
import { button } from '../controls.js';
import { h } from '../dom.js';

export class RegionClock {
  constructor(desk) {
    this.desk = desk;
  }

  shown() {
    const { desk } = this;
    const { say, kinesis, snapshot } = desk;
    const asked = Number.isInteger(snapshot?.lesson?.asks);
    return [
      h('span', { key: 'region', class: 'pill mono account', title: say('account.title') }, `${kinesis.region} · ${say('account', { account: kinesis.account })}`),
      snapshot?.lesson ? h('a', { key: 'lesson', class: 'k-lesson', href: desk.sandbox === 'demo' ? '/' : `/s/${encodeURIComponent(desk.sandbox)}/`, 'data-testid': 'to-lesson' }, say('to-lesson')) : null,
      snapshot?.pace.paused ? this.standing(asked) : null,
    ];
  }

  /* asked: a question of the exercise is open, and time goes on only with an answer. */
  standing(asked) {
    const { say, order } = this.desk;
    return h('span', { key: 'paused', class: `pill paused${asked ? ' asked' : ''}`, role: 'status', 'data-testid': 'paused' }, say(asked ? 'paused.asked' : 'paused'),
      asked ? null : button(say('resume'), () => order({ do: 'resume' }), { kind: 'primary small', test: 'resume' }));
  }
}
