/* Before the first paint, and for that reason a classic script: the reader's theme and size, as kept or as asked. */
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const kept = (name) => {
    try {
      return localStorage.getItem(`riacho.${name}`);
    } catch {
      return null; // private windows may forbid storage: then nothing is kept
    }
  };
  const projector = asked.has('projector') || kept('projector') === 'yes';
  const dark = matchMedia('(prefers-color-scheme: dark)').matches && !projector; // a projector's black is grey
  root.dataset.theme = asked.get('theme') || kept('theme') || (dark ? 'dark' : 'light');
  if (projector) root.dataset.projector = '';
  if (asked.has('embed')) root.dataset.embed = asked.get('embed') || 'stage'; // css/embed.css
})();
