/* The line to the server: one WebSocket that mends itself.
 *
 * Whatever breaks it, it comes back (after 0.5 s, then twice as long each time, 8 s at most, with some
 * chance so that a class does not knock all at once) and asks for the events since the last one it saw,
 * so the story has no gap; an event that comes twice is dropped by its number. Commands bear an id that
 * the server carries out once: those still unanswered are simply sent again. */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const ANSWER_WAIT_MS = 15000;
const NO_SUCH_SANDBOX = 4404;
const BROKEN_SANDBOX = 4409; // it cannot be opened; the list of sandboxes says why, and what can be done

/* hears: {frame(state), events(list), hello(message, anew), host(message), link('connecting'|'open'|'lost'|'unknown'|'broken')}. */
export function connect(url, hears) {
  const line = { socket: null, last: 0, tries: 0, timer: null, asked: new Map(), count: 0, name: randomName() };
  const open = () => dial(line, url, hears);
  const hurry = () => {
    if (line.timer === null || document.hidden) return;
    clearTimeout(line.timer);
    open();
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
  open();
  return {
    command: (command) => ask(line, { t: 'command', command }),
    record: (topic, partition, offset) => ask(line, { t: 'record', topic, partition, offset }),
  };
}

// crypto.randomUUID exists on secure pages only, and a class may come by plain http over the LAN.
function randomName() {
  return `w${[...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function dial(line, url, hears) {
  line.timer = null;
  hears.link(line.tries ? 'lost' : 'connecting');
  const socket = new WebSocket(`${url}?since=${line.last}`);
  line.socket = socket;
  socket.addEventListener('message', ({ data }) => {
    if (socket === line.socket) hear(line, JSON.parse(data), hears);
  });
  socket.addEventListener('close', ({ code }) => {
    if (socket !== line.socket) return;
    line.socket = null;
    if (code === NO_SUCH_SANDBOX || code === BROKEN_SANDBOX) {
      hears.link(code === BROKEN_SANDBOX ? 'broken' : 'unknown');
      return;
    }
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** line.tries);
    line.tries += 1;
    hears.link('lost');
    line.timer = setTimeout(() => dial(line, url, hears), wait * (0.75 + Math.random() / 2));
  });
}

function hear(line, message, hears) {
  switch (message.t) {
    case 'hello': {
      line.tries = 0;
      hears.link('open');
      // A sandbox begun anew counts from one again: what we remember of the old one is no more.
      const anew = message.last < line.last;
      if (anew) line.last = 0;
      hears.hello(message, anew);
      fresh(line, message.events || [], hears);
      for (const { text } of line.asked.values()) line.socket.send(text);
      break;
    }
    case 'frame':
      hears.frame(message.s || message);
      break;
    case 'events':
      fresh(line, message.events || [], hears);
      break;
    case 'host':
      hears.host(message);
      break;
    case 'done':
    case 'record':
    case 'error':
      answer(line, message);
      break;
    default: // a newer server may say more than this page understands
  }
}

function fresh(line, events, hears) {
  const unseen = events.filter((event) => event.n > line.last);
  if (!unseen.length) return;
  line.last = unseen[unseen.length - 1].n;
  hears.events(unseen);
}

function ask(line, message) {
  line.count += 1;
  const id = `${line.name}-${line.count}`;
  const body = message.command ? { ...message, id, command: { ...message.command, id } } : { ...message, id };
  const text = JSON.stringify(body);
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      line.asked.delete(id);
      resolve({ ok: false, error: { code: line.socket?.readyState === 1 ? 'HOST_LOST' : 'OFFLINE', reason: '' } });
    }, ANSWER_WAIT_MS);
    line.asked.set(id, { text, late, resolve });
    if (line.socket?.readyState === WebSocket.OPEN) line.socket.send(text);
  });
}

function answer(line, message) {
  const waiting = line.asked.get(message.id);
  if (!waiting) return;
  clearTimeout(waiting.late);
  line.asked.delete(message.id);
  waiting.resolve(message);
}
