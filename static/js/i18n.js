/* The catalogue of the reader's language, and the texts of the page made from it. */
import { parsedOnce, plain, segments, tellEvent } from './narration.js';

const catalogues = new Map();
const folders = new Set(); // of texts that only few readers need
let current = null;

/* Load a language and make it the page's own. urls: {'pt-BR': url, en: url}. */
export async function speak(language, urls) {
  if (!catalogues.has(language)) {
    const answer = await fetch(urls[language]);
    if (!answer.ok) throw new Error(`the texts of ${language} did not come: ${answer.status}`);
    catalogues.set(language, await answer.json());
  }
  await Promise.all([...folders].map((folder) => join(catalogues.get(language), folder)));
  current = catalogues.get(language);
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', t(node.dataset.label));
}

/* More texts, from static/i18n/<folder>/: for modules that are loaded when they are first opened. Wait for it there. */
export async function alsoSpeak(folder) {
  folders.add(folder);
  await join(current, folder);
}

const joined = new Map();

function join(catalogue, folder) {
  if (catalogue.folders?.includes(folder)) return undefined; // a recording has them in its one catalogue
  const name = `${folder}/${catalogue.language}`;
  if (!joined.has(name)) joined.set(name, fetchInto(catalogue, new URL(`../i18n/${name}.json`, import.meta.url)));
  return joined.get(name);
}

async function fetchInto(catalogue, url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the texts at ${url} did not come: ${answer.status}`);
  for (const [section, texts] of Object.entries(await answer.json())) catalogue[section] = { ...catalogue[section], ...texts };
}

/* The next page, too, is asked for in this language: LANGUAGE_COOKIE_NAME in playground/settings.py. */
export function remember(language) {
  document.cookie = `riacho_language=${language.toLowerCase()};path=/;max-age=31536000;samesite=lax`;
}

export const language = () => current.language;

/* A text of the page. A key nobody wrote shows itself, so that it is seen. */
export function t(key, params = {}) {
  const pattern = current.ui[key];
  return pattern === undefined ? key : plain(parsedOnce(pattern), params, current);
}

/* The same with its strong parts: [{text, strong}, ...]. */
export const textOf = (key, params = {}) => segments(parsedOnce(current.ui[key] ?? key), params, current);

export const tellStory = (name, params) => segments(parsedOnce(current.stories[name]), params, current);
/* A finding, or how one thing led to another: [{text, strong}] of its code and parameters. */
export const tellWhy = ({ code, params }) => segments(parsedOnce(current.why?.[code] ?? code), params, current);
export const tell = (event) => tellEvent(event, current);
export const explain = (code) => current.errors[code] ?? '';

export const number = (value) => new Intl.NumberFormat(current.language, { maximumFractionDigits: 2 }).format(value);

/* A calendar time as the reader's own clock shows it, to the millisecond. */
export function timeOfDay(ms) {
  return new Intl.DateTimeFormat(current.language, {
    hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false,
  }).format(ms);
}

export const fullDate = (ms) => new Intl.DateTimeFormat(current.language, { dateStyle: 'long', timeStyle: 'long' }).format(ms);
