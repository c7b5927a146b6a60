/* The texts of streams: loaded once, before the first of their pages or pictures. */
import { alsoSpeak } from '../i18n.js';

await alsoSpeak('streams');
