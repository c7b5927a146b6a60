/* The texts of everything that is opened to be looked at more closely: loaded once, before the first of its pages. */
import { alsoSpeak } from '../i18n.js';

await alsoSpeak('inspect');
