/* What the presenter sees: the notes in letters that can be read from a step away, and beside them all that is asked
 * for while speaking. One description, drawn anew with each frame. */
import { button, sentence } from '../controls.js';
import { h } from '../dom.js';
import { language } from '../i18n.js';
import { marked } from '../lesson/markup.js';
import { sentenceOf } from '../stories.js';
import { question } from './question.js';

const words = (given) => given?.[language()] ?? given?.['pt-BR'] ?? '';

export function desk(notes, say) {
  const { document: scene, live, link } = notes;
  if (!live) return h('p', { key: 'wait', class: 'lead', role: 'status' }, link === 'unknown' ? notes.t('link.unknown') : say('n.wait'));
  if (!scene) {
    return h('div', { key: 'none', class: 'desk-none' }, h('p', { class: 'lead' }, live.lesson ? say('n.wait') : say('n.none')),
      h('p', {}, h('a', { class: 'button primary', href: '/lecture/' }, say('n.begin'))));
  }
  const spot = notes.lecture.place(scene.id);
  return [
    link === 'lost' ? h('p', { key: 'lost', class: 'banner warn', role: 'status' }, say('n.offline')) : null,
    h('div', { key: 'two', class: 'desk-two' },
      h('section', { key: 'notes', class: 'desk-notes', 'aria-labelledby': 'desk-title' },
        h('p', { class: 'desk-count' }, h('a', { href: '/lecture/' }, spot.number ? say('place', { number: spot.number, of: spot.of }) : say('scene')), spot.part ? ` · ${words(spot.part.title)}` : null),
        h('h2', { id: 'desk-title', 'data-testid': 'notes-title' }, words(scene.title)),
        h('p', { class: 'desk-sentence' }, marked(words(scene.sentence))),
        h('ul', { class: 'desk-lines', 'data-testid': 'notes-lines' }, words(scene.notes).split('\n').filter((line) => line.trim()).map((line, i) => h('li', { key: i }, marked(line))))),
      h('div', { key: 'side', class: 'desk-side' },
        clocks(notes, say), question(notes, say), onStage(notes, say), next(spot, say))),
    ways(notes, spot, say),
  ];
}

function clocks(notes, say) {
  const { whole, scene } = notes.timer.told;
  return h('div', { key: 'clocks', class: 'desk-clocks' },
    h('p', {}, h('small', {}, say('n.clock')), h('b', { class: 'num', 'data-testid': 'notes-clock' }, whole)),
    h('p', {}, h('small', {}, say('n.scene')), h('b', { class: 'num' }, scene)),
    button('↺', () => {
      notes.timer.restart();
      notes.redraw();
    }, { kind: 'quiet small', name: say('n.restart'), title: say('n.restart'), test: 'notes-restart' }));
}

function onStage(notes, say) {
  const { live, book } = notes;
  const moment = book.latest(live);
  return h('section', { key: 'stage', class: 'desk-card' },
    h('h3', {}, say('n.said'), h('span', { class: `desk-pace${live.pace.paused ? ' held' : ''}`, 'data-testid': 'notes-pace' }, live.pace.paused ? say('n.paused') : say('n.runs', { speed: live.pace.speed }))),
    h('p', { 'data-testid': 'notes-say' }, moment ? sentence(sentenceOf(moment)) : say('n.saying.none')));
}

function next(spot, say) {
  return h('section', { key: 'next', class: 'desk-card desk-next', 'data-testid': 'notes-next' },
    h('h3', {}, say('n.next')),
    spot.next ? [h('p', { key: 'title' }, h('b', {}, words(spot.next.title))), h('p', { key: 'text', class: 'muted' }, marked(words(spot.next.text)))] : h('p', {}, say('n.last')));
}

function ways(notes, spot, say) {
  const { lecture, live } = notes;
  const dark = lecture.blank;
  return h('div', { key: 'ways', class: 'desk-ways', role: 'group', 'aria-label': say('ways') },
    button(say('back.short'), () => notes.go(-1), { kind: 'big', name: spot.back ? say('back', { title: words(spot.back.title) }) : say('back.none'), title: 'PageUp', test: 'notes-back', off: !spot.back || lecture.busy }),
    button(say(live.pace.paused ? 'n.resume' : 'n.pause'), () => notes.pause(), { kind: 'big', test: 'notes-pause', off: live.lesson?.phase === 'asking' }),
    button(say(dark ? 'n.unblank' : 'n.blank'), () => notes.blank(), { kind: dark ? 'big dark-on' : 'big', title: 'B', pressed: dark, test: 'notes-blank' }),
    button(say('again.short'), () => notes.begin(notes.document.id), { kind: 'big wide-only', name: say('again'), title: say('again'), test: 'notes-again', off: lecture.busy }),
    h('a', { class: 'button big wide-only', href: `/s/${encodeURIComponent(notes.sandbox)}/`, target: 'riacho-stage' }, say('n.stage')),
    button(say('next.short'), () => notes.go(1), { kind: 'primary big', name: spot.next ? say('next', { title: words(spot.next.title) }) : say('next.none'), title: 'PageDown', test: 'notes-next-go', off: !spot.next || lecture.busy }),
    h('p', { class: 'muted desk-keys' }, dark ? say('n.blank.on') : say('n.keys')));
}
