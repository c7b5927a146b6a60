/* Whether the line still lives. A socket whose network went away while the machine slept looks open for minutes.
 *
 * Whenever the page may have slept (it is looked at again, the network is back, its clock has jumped), or hears nothing
 * although time runs, the server is asked for a sign of life; without one in time, the line counts as lost. Nothing
 * is asked otherwise. */

const SIGN_MS = 700;
const BEAT_MS = 1000;
const JUMP_MS = 2500; // so much between two beats: the page was asleep

/* wake: called when the page may have slept. beat: once a second otherwise. */
export function watchForSleep(wake, beaten) {
  let last = Date.now();
  const beat = () => {
    const slept = Date.now() - last > JUMP_MS;
    last = Date.now();
    if (slept) wake();
    else if (!document.hidden) beaten();
  };
  setInterval(beat, BEAT_MS);
  const seen = () => {
    if (!document.hidden) wake();
  };
  for (const [target, name] of [[window, 'online'], [window, 'pageshow'], [document, 'resume'], [document, 'visibilitychange']]) target.addEventListener(name, seen);
}

/* Asks an open socket for a sign of life; dead: called when none comes. Any message counts: tell `heard` of each. */
export class Pulse {
  constructor(dead) {
    Object.assign(this, { dead, timer: null });
  }

  ask(socket) {
    if (this.timer !== null) return;
    try {
      socket.send('{"t":"ping"}');
    } catch {
      return void this.dead();
    }
    this.timer = setTimeout(() => {
      this.timer = null;
      this.dead();
    }, SIGN_MS);
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}
