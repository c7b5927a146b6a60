/* The tools that stand behind the header's button from the start. Each is loaded when it is first asked for. */
import { menu } from './menu.js';
import { openCompare } from './time/ways.js';
import { prefs } from './prefs.js';
import { showView } from './views/address.js';

menu.add({ id: 'levels', label: 'levels', hint: 'levels.tool', icon: 'M2.4 13.6h3v-4h3.6v-4h4.6M9.8 2.4l3.8 3.2-3.8 3.2', href: () => '/levels/' });
menu.add({ id: 'lecture', label: 'lecture', hint: 'lecture.tool', icon: 'M1.8 2.8h12.4v8H1.8zM8 10.8v3M5.2 13.8h5.6', href: () => '/lecture/' });
menu.add({ id: 'author', label: 'author', hint: 'author.tool', icon: 'M2.4 13.6l.8-3.2 7.8-7.8 2.4 2.4-7.8 7.8zM9.4 4.2l2.4 2.4', href: () => '/author/' });
menu.add({ id: 'streams', label: 'streams', hint: 'streams.tool', icon: 'M1.8 8h3.6M5.4 8c2.4 0 1.8-4.4 4.2-4.4h4.6M5.4 8c2.4 0 1.8 4.4 4.2 4.4h4.6M11 8h3.2', act: (stage) => showView(stage, 'streams') });
menu.add({ id: 'console', label: 'console', hint: 'console.tool', icon: 'M1.8 2.8h12.4v10.4H1.8zM1.8 5.8h12.4M4.4 8.4h4M4.4 10.6h6', href: (stage) => `/s/${encodeURIComponent(stage.sandbox)}/kinesis/` });
menu.add({ id: 'shell', label: 'shell', hint: 'shell.tool', icon: 'M1.8 2.8h12.4v10.4H1.8zM4.2 6l2.2 2-2.2 2M8 10.4h3.6', href: (stage) => `/s/${encodeURIComponent(stage.sandbox)}/shell/` });
menu.add({ id: 'connect', label: 'connect', hint: 'connect.told', icon: 'M6.2 4.6V1.8M9.8 4.6V1.8M4.4 4.6h7.2v2.6a3.6 3.6 0 0 1-7.2 0zM8 10.8v3.4', act: (stage) => stage.select({ kind: 'connect' }) });
menu.add({ id: 'doctor', label: 'doctor', hint: 'doctor.told', icon: 'M3.4 1.8v4a3.4 3.4 0 0 0 6.8 0v-4M6.8 9.2v1.6a3 3 0 0 0 6 0V9.4M14.2 8a1.4 1.4 0 1 1-2.8 0 1.4 1.4 0 0 1 2.8 0z', act: (stage) => stage.select({ kind: 'doctor' }) });
menu.add({ id: 'code', label: 'code', hint: 'code.told', icon: 'M5.2 4.2 1.6 8l3.6 3.8M10.8 4.2 14.4 8l-3.6 3.8M9.2 2.6 6.8 13.4', act: (stage) => stage.select({ kind: 'code', about: stage.view.selected }) });
menu.add({ id: 'recording', label: 'recording', hint: 'recording.tool', icon: 'M1.8 3.4h12.4v9.2H1.8zM6.6 5.8v4.4L10.2 8z', act: async (stage) => (await import('./recording/make.js')).makeRecording(stage) });
menu.add({ id: 'world', label: 'world', hint: 'world.tool', icon: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM1.8 8h12.4M8 1.8c3.4 3.6 3.4 8.8 0 12.4M8 1.8c-3.4 3.6-3.4 8.8 0 12.4', act: async (stage) => (await import('./worlds/save.js')).keepWorld(stage) });
menu.add({ id: 'picture', label: 'picture', hint: 'picture.tool', icon: 'M1.8 2.8h12.4v10.4H1.8zM1.8 11l3.6-3.6 3 3 2-2 3.8 3.4M10.9 5.6h.1', act: async (stage) => (await import('./picture/make.js')).makePicture(stage) });
menu.add({ id: 'embed', label: 'embed', hint: 'embed.tool', icon: 'M1.8 2.8h12.4v10.4H1.8zM6.4 6.2 4.4 8l2 1.8M9.6 6.2l2 1.8-2 1.8', act: async (stage) => (await import('./embed/make.js')).makeEmbed(stage) });
menu.add({ id: 'report', label: 'report', hint: 'report.tool', icon: 'M3.4 1.8h6.4l2.8 2.8v9.6H3.4zM5.8 7.4h4.6M5.8 10h4.6M5.8 4.8h1.6', href: (stage) => `/s/${encodeURIComponent(stage.sandbox)}/report/` });
menu.add({ id: 'tour', label: 'tour', hint: 'tour.tool', icon: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM10.6 5.4 9.2 9.2 5.4 10.6 6.8 6.8z', act: async (stage) => (await import('./tour/tour.js')).startTour(stage) });
menu.add({ id: 'help', label: 'keys.title', icon: 'M1.6 4h12.8v8.4H1.6zM4 6.6h.1M6.6 6.6h.1M9.2 6.6h.1M11.8 6.6h.1M4.6 9.8h6.8', act: (stage) => stage.help() });
menu.add({ id: 'compare', label: 'compare', hint: 'compare.hint', icon: 'M2 3h5v10H2zM9 3h5v10H9z', act: openCompare });

/* Whoever is here for the first time is shown round, once the first picture is there; ?tour shows everybody round. */
export function welcome(stage) {
  const asked = new URLSearchParams(location.search).has('tour');
  if (!asked && (prefs.toured || prefs.embedded || prefs.projector || location.hash.length > 1)) return;
  const begin = async () => (asked || !stage.live?.lesson) && (await import('./tour/tour.js')).startTour(stage, false); // a lesson shows the way itself
  const root = document.documentElement;
  if (root.dataset.frame !== undefined) begin();
  else {
    new MutationObserver((_, watch) => {
      watch.disconnect();
      begin();
    }).observe(root, { attributes: true, attributeFilter: ['data-frame'] });
  }
}
