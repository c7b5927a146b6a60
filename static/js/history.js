/* The history as a page of its own: the figure of the lecture's scene, without a cluster. */
import { figure } from './lesson/figures/history.js';

const box = document.getElementById('history');
const page = { redraw: () => made?.draw() };
const made = await figure(box, { lang: document.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'pt-BR', stage: page });
