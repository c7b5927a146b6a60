/* The page of a shell alone: /s/<sandbox>/shell/. A command may stand in the address (#aws kinesis ...): it is put at the prompt. */
import { mount } from './panel.js';

const root = document.getElementById('shell');
const panel = await mount(root, { sandbox: root.dataset.sandbox });
globalThis.riachoShell = panel; // for tests, and the curious
const asked = decodeURIComponent(location.hash.slice(1));
if (asked) panel.insert(asked.replace(/[\x00-\x1f]/g, ' '));
panel.focus();
document.documentElement.dataset.ready = '';
