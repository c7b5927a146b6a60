/* Help that fades in: hints when they are due, what a learner seems to believe, how to do it with a real client. */
import { copyButton } from '../copying.js';
import { h } from '../dom.js';
import { marked } from './markup.js';

/* Which hints may be seen now, and when the next one may: {due, next: {ms} | {fails} | null}. */
export function hintsNow(document, { fails, waited_ms: waited }) {
  const all = document.hints ?? [];
  const isDue = (hint) => fails >= (hint.after_fails ?? Infinity) || waited >= (hint.after_s ?? Infinity) * 1000;
  const due = all.filter(isDue);
  const rest = all.filter((hint) => !isDue(hint));
  const soonest = rest.filter((hint) => hint.after_s !== undefined).sort((a, b) => a.after_s - b.after_s)[0];
  const next = soonest ? { ms: soonest.after_s * 1000 - waited } : rest.length ? { fails: rest[0].after_fails - fails } : null;
  return { all: all.length, due, next };
}

/* Those that were opened. */
export function hints(document, lesson) {
  const { say } = lesson;
  const shown = hintsNow(document, lesson.trouble).due.slice(0, lesson.hinted);
  return shown.length ? h('section', { key: 'hints', class: 'hints', 'data-testid': 'hints', 'aria-label': say('hints') },
    shown.map((hint, i) => h('p', { key: i, class: 'tip' }, h('b', {}, `${say('hint')} ${shown.length > 1 ? i + 1 : ''} `), marked(lesson.words(hint.say))))) : null;
}

/* What has been met on the way, the newest first. */
export function misconceptions(stage, document, lesson) {
  const met = [...(stage.snapshot.lesson.met ?? [])].reverse();
  return met.length ? h('section', { key: 'met', class: 'met', 'data-testid': 'met', 'aria-label': lesson.say('met') },
    met.map((number) => {
      const found = document.misconceptions?.[number];
      return found ? h('p', { key: number, class: 'tip warned', 'data-number': number }, h('b', { class: 'warn', 'aria-hidden': 'true' }, '! '), marked(lesson.words(found.say))) : null;
    })) : null;
}

/* A real client moved the goal last: that is said while it happens, with its name as long as it is connected. */
export function byClient(stage, lesson) {
  const { by, phase } = stage.snapshot.lesson;
  if (by !== 'client') return null;
  const name = lesson.client;
  return h('p', { key: 'client', class: 'by-client', role: 'status', 'data-testid': 'by-client' }, h('span', { class: 'lamp running', 'aria-hidden': 'true' }), ' ',
    strong(lesson.say.parts(phase === 'reached' ? 'client.reached' : 'client.did', { known: String(Boolean(name)), client: name?.client ?? '', software: name?.software ?? '' })));
}

const strong = (parts) => parts.map(({ text, strong: loud }) => (loud ? h('b', {}, text) : text));

/* Pages of this sandbox where the task can be done, each in a tab of its own: the lesson stays where it is. */
const PAGES = { shell: 'shell', console: 'kinesis' };

export function offers(stage, document, say) {
  const pages = document.offers ?? [];
  return pages.length ? h('nav', { key: 'offers', class: 'offers', 'aria-label': say('offers'), 'data-testid': 'offers' },
    pages.map((one) => h('a', { key: one, class: 'button small', href: `/s/${encodeURIComponent(stage.sandbox)}/${PAGES[one]}/`, target: `riacho-${one}`, 'data-testid': `offer-${one}` },
      say(`offers.${one}`), h('span', { 'aria-hidden': 'true' }, ' ↗'), h('span', { class: 'visually-hidden' }, say('offers.tab'))))) : null;
}

/* The same with a real client: its command, with the address this sandbox listens on. */
export function lab(stage, document, lesson) {
  const given = document.lab;
  if (!given) return null;
  const { say } = lesson;
  const command = given.kcat?.replaceAll('{bootstrap}', stage.bootstrap()) ?? given.aws;
  return h('details', { key: 'lab', class: 'lab', 'data-testid': 'lab' },
    h('summary', {}, h('b', {}, say('lab')), h('span', { class: 'muted' }, ` · ${say('lab.told')}`)),
    given.text ? h('p', {}, marked(lesson.words(given.text))) : null,
    given.aws ? h('p', { class: 'muted' }, marked(say('lab.connect'))) : null,
    command ? h('div', { class: 'run-line' }, h('pre', { tabindex: '0', role: 'region', 'aria-label': say('lab'), 'data-testid': 'lab-command' }, command), copyButton(command, say('lab.copy'), stage.toast, 'lab-copy')) : null,
    given.aws ? h('p', { key: 'shell' }, h('a', { href: `/s/${encodeURIComponent(stage.sandbox)}/shell/#${encodeURIComponent(given.aws)}`, target: 'riacho-shell', 'data-testid': 'lab-shell' },
      say('lab.shell'), h('span', { class: 'visually-hidden' }, say('offers.tab')))) : null);
}
