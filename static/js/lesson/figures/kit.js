/* What every figure needs: its texts, its style sheet, its place in the stage's rhythm, and what may be pressed.
 *
 * A figure keeps no truth of its own: what it draws comes from the stage's snapshot, and what is pressed in it is a
 * command of the sandbox like any other. */
import { sayer } from '../../code/words.js';
import { patch } from '../../dom.js';

const sayers = new Map();
let dress = null;

/* The figures' style sheet, fetched with the first of them; a page that has it already names it. */
function dressed() {
  dress ??= document.querySelector('link[href$="css/figures.css"]') ? Promise.resolve() : new Promise((resolve) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('../../../css/figures.css', import.meta.url).href });
    for (const type of ['load', 'error']) link.addEventListener(type, resolve, { once: true });
    document.head.append(link);
  });
  return dress;
}

/* say(key, params) in that language: static/i18n/figures.<language>.json. Raises when it does not come. */
function spoken(language) {
  if (!sayers.has(language)) {
    sayers.set(language, fetch(new URL(`../../../i18n/figures.${language}.json`, import.meta.url)).then(async (answer) => {
      if (!answer.ok) throw new Error(`the texts of the figures did not come: ${answer.status}`);
      return sayer(await answer.json());
    }));
    sayers.get(language).catch(() => sayers.delete(language));
  }
  return sayers.get(language);
}

/* Make box show what picture(say) describes, now and with each picture of the stage. Answers {draw, close}. */
export async function shown(box, lang, picture) {
  const [say] = await Promise.all([spoken(lang), dressed()]);
  let open = true;
  const draw = () => open && patch(box, picture(say));
  draw();
  return { draw, close: () => { open = false; } };
}

/* Why nothing may be pressed just now; "" while it may. */
export function held({ held: past, snapshot }, say) {
  return past || (typeof snapshot?.lesson?.asks === 'number' ? say('held.asking') : '');
}

/* Commands one after the other, until one is refused (the stage has said why by then). */
export async function orders(stage, commands) {
  for (const command of commands) if (!(await stage.order(command)).ok) return false;
  return true;
}

/* The topic a figure is about: the first of people's. */
export const topicOf = (snapshot) => snapshot.topics.find((one) => !one.internal) ?? null;

/* [{text, strong}] as children of an element. */
export const rich = (parts, h) => parts.map(({ text, strong }) => (strong ? h('b', {}, text) : text));
