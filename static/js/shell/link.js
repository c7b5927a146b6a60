/* The WebSocket of a shell (playground/shell/consumers.py). It comes back by itself, to the session this tab had. */
const WAITS_MS = [500, 1000, 2000, 5000, 10000];

export class Link {
  constructor(sandbox, language) {
    Object.assign(this, { sandbox, language, socket: null, tries: 0, timer: 0, ended: false, last: performance.now() });
    this.place = `riacho.shell.${sandbox}`;
  }

  /* session: is told {hello, out, ...} by `heard`, and of the connection by `lost`. */
  open(session) {
    this.session = session;
    this.connect();
  }

  connect() {
    const url = new URL(`/ws/shell/${encodeURIComponent(this.sandbox)}/`, location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('session', this.kept());
    url.searchParams.set('lang', this.language.startsWith('pt') ? 'pt-BR' : 'en');
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      this.tries = 0;
      if (message.t === 'hello') this.keep(message.session);
      this.session.heard(message);
    });
    socket.addEventListener('close', () => {
      if (this.ended || this.socket !== socket) return;
      this.session.lost();
      this.timer = setTimeout(() => this.connect(), WAITS_MS[Math.min(this.tries++, WAITS_MS.length - 1)]);
    });
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /* A tab's own: another tab has another shell. */
  kept() {
    try {
      return sessionStorage.getItem(this.place) ?? '';
    } catch {
      return ''; // storage may be forbidden: then a reload begins anew
    }
  }

  keep(id) {
    try {
      sessionStorage.setItem(this.place, id);
    } catch {
      // the same
    }
  }

  /* Give the session up and begin another. */
  anew() {
    this.send({ t: 'end' });
    this.keep('');
    this.socket.close();
  }

  close() {
    this.ended = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }
}
