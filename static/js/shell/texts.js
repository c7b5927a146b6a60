/* The shell's own texts: static/i18n/shell.<language>.json, the same file its workers speak from. */
import { sayer } from '../code/words.js';

const known = new Map();

/* say(key, params); say.has(key). */
export async function textsOf(language) {
  const wanted = language.startsWith('pt') ? 'pt-BR' : 'en';
  if (!known.has(wanted)) {
    const answer = await fetch(new URL(`../../i18n/shell.${wanted}.json`, import.meta.url));
    if (!answer.ok) throw new Error(`the texts of the shell did not come: ${answer.status}`);
    known.set(wanted, sayer(await answer.json()));
  }
  return known.get(wanted);
}
