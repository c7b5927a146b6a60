/* How long the lecture has been going on, and this scene. The beginning is kept in this browser, so that a reload of
 * the window does not lose it; a day later nobody means the same lecture any more. */
const DAY_MS = 86_400_000;

export class Timer {
  constructor(sandbox) {
    this.name = `riacho.lecture.${sandbox}`;
    this.began = this.kept() ?? this.restart();
    this.scene = Date.now();
  }

  kept() {
    try {
      const began = Number(localStorage.getItem(this.name));
      return began && Date.now() - began < DAY_MS ? began : null;
    } catch {
      return null; // a private window may forbid it
    }
  }

  restart() {
    this.began = Date.now();
    this.scene = Date.now();
    try {
      localStorage.setItem(this.name, String(this.began));
    } catch {
      // it then lasts as long as the window
    }
    return this.began;
  }

  entered() {
    this.scene = Date.now();
  }

  get told() {
    return { whole: clock(Date.now() - this.began), scene: clock(Date.now() - this.scene) };
  }
}

/* 4:05, 1:02:33 */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:${two(Math.floor(seconds / 60) % 60)}` : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
