/* In place of the line to the server: a film that begins to hear. */
import { drawBar } from './bar.js';
import { reel } from './reel.js';
import { asOf } from './records.js';

export function connect(url, hears) {
  let last = 0;
  reel.hears = {
    frame: hears.frame,
    /* All that was told up to the picture that is shown; the stage gets what it does not have yet. */
    events: (all) => {
      const fresh = all.filter((event) => event.n > last);
      if (!fresh.length) return;
      last = fresh.at(-1).n;
      hears.events(fresh);
    },
    /* The story begins anew: what was told after the moment that is shown has not happened yet. */
    rewound: () => {
      last = 0;
      reel.stage.retell();
    },
  };
  hears.link('open');
  hears.hello({ events: [], last: 0, resync: null, kafka: [] }, false);
  reel.load().then(() => {
    reel.show(true);
    drawBar(reel);
    document.documentElement.dataset.film = 'ready';
  });
  const line = {
    command: async (command) => {
      if (command.do === 'pause') reel.pause();
      else if (command.do === 'resume') reel.play();
      else if (command.do === 'step') reel.step(1);
      else if (command.do === 'speed') reel.setSpeed(command.speed);
      else return { ok: false, error: { code: 'RECORDING', reason: '' } };
      return { ok: true };
    },
    record: async (topic, partition, offset) => asOf(reel, topic, partition, offset),
  };
  return new Proxy(line, { get: (known, name) => known[name] ?? (() => undefined) }); // what else a line can do is of no use here
}
