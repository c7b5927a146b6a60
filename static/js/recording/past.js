/* In place of looking back: all of a recording is past, so looking back is winding the film. */
import { Book } from '../stories.js';
import { t } from '../i18n.js';
import { reel } from './reel.js';

export class Past {
  constructor(stage) {
    Object.assign(this, { stage, on: false, state: null, answer: null, book: null, at: null, behind: 0, slow: false, stepped: null, busy: false });
    reel.stage = stage;
    Object.defineProperty(stage, 'held', { get: () => t('recording.held') });
    stage.retell = () => {
      stage.book = new Book();
      stage.stepped = null;
      stage.change({ moment: null });
    };
  }

  look(question) {
    if (question.move === 'back') reel.step(-1);
    else if (question.move === 'forward') reel.step(1);
    else if (question.move) reel.seek(reel.position + (question.move === 'forward_second' ? 1000 : -1000));
    else if (question.ms !== undefined) reel.seek(question.ms);
    else {
      const event = reel.film.events.find((one) => one.step === question.step);
      if (event) reel.seek(event.at_ms);
    }
  }

  return() {
    this.stage.redraw();
  }
}
