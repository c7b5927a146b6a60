/* The top line of a level: what it is called and where it stands among the others, how many actions it takes and how
 * many were taken, and the three ways on: a hint, the solution, once more. */
import { button } from '../controls.js';
import { h } from '../dom.js';
import { hintsNow } from './help.js';

export function head(stage, document, lesson) {
  const { say, place } = lesson;
  const state = stage.snapshot.lesson;
  return [
    h('div', { key: 'what', class: 'lesson-what' },
      h('b', { 'data-testid': 'lesson-title' }, lesson.words(document.title)),
      h('span', { class: 'soft' }, h('a', { href: '/levels/', title: say('levels.all'), 'data-testid': 'lesson-place' }, place.number ? say('place', { number: place.number, of: place.of }) : say('levels.all')),
        ` · ${say(`chapter.${document.chapter}`)}`)),
    h('div', { key: 'ways', class: 'lesson-ways' },
      state.par ? h('span', { class: 'soft num par', 'data-testid': 'par' }, say('par', { par: state.par, moves: state.moves })) : null,
      hint(document, lesson, say),
      button(say('anew'), () => lesson.anew(), { test: 'anew', title: say('anew.told'), off: lesson.busy }),
      solution(stage, document, lesson)),
  ];
}

function hint(document, lesson, say) {
  const { all, due, next } = hintsNow(document, lesson.trouble);
  if (!all) return null;
  const fresh = due.length > lesson.hinted;
  const wait = fresh ? '' : next?.ms !== undefined ? say('hint.in', { ms: Math.ceil(next.ms / 1000) * 1000 }) : next ? say('hint.fails', { fails: next.fails }) : say('hint.none');
  return button([say('hint'), fresh ? h('span', { class: 'fresh', 'aria-hidden': 'true' }) : null], () => (fresh ? lesson.hint() : lesson.sayWhy(wait)), {
    test: 'hint', held: wait, name: fresh ? say('hint.ready') : say('hint'),
  });
}

function solution(stage, document, lesson) {
  const { say } = lesson;
  if (!document.solution?.length) return null;
  const { shown } = stage.live.lesson;
  const sure = stage.view.sure === 'solution' && !shown;
  return button(say(sure ? 'solution.sure' : shown && lesson.open ? 'solution.hide' : 'solution.show'), () => {
    if (shown) lesson.turnSolution();
    else if (sure) lesson.showSolution();
    else stage.ask('solution');
  }, { test: 'solution-show', kind: sure ? 'danger' : '', title: say(shown ? 'solution.again' : 'solution.cost'), held: stage.held, pressed: shown ? lesson.open : null });
}
