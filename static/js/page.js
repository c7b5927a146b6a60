/* What every page beside the stage can do: light or dark, and letters for the projector. */
import { prefs } from './prefs.js';

document.getElementById('theme')?.addEventListener('click', () => {
  prefs.theme = prefs.theme === 'dark' ? 'light' : 'dark';
});

const projector = document.getElementById('projector');
const show = () => projector?.setAttribute('aria-pressed', String(prefs.projector));
projector?.addEventListener('click', () => {
  prefs.projector = !prefs.projector;
  show();
});
show();

/* Times as the reader's own clock and language say them. */
function localise() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' });
  for (const time of document.querySelectorAll('time[datetime]:not([data-local])')) {
    time.dataset.local = '';
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}
localise();
document.addEventListener('htmx:afterSettle', localise);
