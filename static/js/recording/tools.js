/* The tools of a recording: it can be looked at, and its pictures taken away. */
import { menu } from '../menu.js';

menu.add({ id: 'picture', label: 'picture', hint: 'picture.tool', icon: 'M1.8 2.8h12.4v10.4H1.8zM1.8 11l3.6-3.6 3 3 2-2 3.8 3.4M10.9 5.6h.1', act: async (stage) => (await import('../picture/make.js')).makePicture(stage) });
menu.add({ id: 'help', label: 'keys.title', icon: 'M1.6 4h12.8v8.4H1.6zM4 6.6h.1M6.6 6.6h.1M9.2 6.6h.1M11.8 6.6h.1M4.6 9.8h6.8', act: (stage) => stage.help() });

/* Nobody is shown round in a recording. */
export function welcome() {}
