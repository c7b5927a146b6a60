/* The line to the server: one WebSocket that mends itself.
 *
 * Whatever breaks it, it comes back (after 0.25 s, then twice as long each time, 1 s at most, with some
 * chance so that a class does not knock all at once) and asks for the events since the last one it saw,
 * so the story has no gap; an event that comes twice is dropped by its number. One that only looks open
 * is found out when the page wakes (frames/pulse.js). Commands bear an id that the server carries out
 * once: those still unanswered are simply sent again. Frames are put together in frames/frames.js; if
 * one is missing, a whole one is asked for. */
import { Frames } from './frames/frames.js';
import { Pulse, watchForSleep } from './frames/pulse.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 1000; // whoever waits for a server that is started again must see it within two seconds
const OPEN_WAIT_MS = 4000; // a handshake that takes longer goes nowhere: the network has changed meanwhile
const HASTE_MS = 1500; // the same, once the page has woken
const QUIET_MS = 3000; // so long nothing is heard while time runs: is the line still there?
const ANSWER_WAIT_MS = 15000;
const NO_SUCH_SANDBOX = 4404;
const BROKEN_SANDBOX = 4409; // it cannot be opened; the list of sandboxes says why, and what can be done

/* hears: {frame(state), events(list), hello(message, anew), host(message), link('connecting'|'open'|'lost'|'unknown'|'broken')}. */
export function connect(url, hears) {
  const line = {
    socket: null, last: 0, tries: 0, timer: null, asked: new Map(), count: 0, name: randomName(), frames: new Frames(), looks: new Map(), looked: '[]',
    closed: false, heardAt: 0, dialled: 0,
  };
  const open = () => dial(line, url, hears);
  line.pulse = new Pulse(() => lose(line, url, hears));
  watchForSleep(() => {
    if (line.closed) return;
    if (line.timer !== null) {
      clearTimeout(line.timer);
      open();
    } else if (line.socket?.readyState === WebSocket.OPEN) line.pulse.ask(line.socket);
    else if (line.socket?.readyState !== WebSocket.CONNECTING || Date.now() - line.dialled > HASTE_MS) lose(line, url, hears);
  }, () => {
    const quiet = Date.now() - line.heardAt > QUIET_MS && line.frames.snapshot?.pace.paused === false;
    if (quiet && line.socket?.readyState === WebSocket.OPEN) line.pulse.ask(line.socket);
  });
  open();
  return {
    command: (command) => ask(line, { t: 'command', command }),
    record: (topic, partition, offset) => ask(line, { t: 'record', topic, partition, offset }),
    look: (who, places) => look(line, who, places),
  };
}

/* who (a view, a page of the drawer) looks at these partitions' last records now: [[topic, partition], ...]. Needed
 * only of topics drawn as a matrix; those of the others are in every frame. */
function look(line, who, places) {
  if (places.length) line.looks.set(who, places);
  else if (!line.looks.delete(who)) return;
  const all = new Map([...line.looks.values()].flat().map((place) => [place.join('/'), place]));
  const looked = JSON.stringify([...all.values()].map(([topic, partition]) => [topic, partition, partition]));
  if (looked === line.looked) return;
  line.looked = looked;
  line.frames.look([...all.values()]);
  tellLooks(line);
}

function tellLooks(line) {
  if (line.socket?.readyState === WebSocket.OPEN) line.socket.send(`{"t":"look","tails":${line.looked}}`);
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
  line.dialled = Date.now();
  const late = setTimeout(() => socket === line.socket && lose(line, url, hears), OPEN_WAIT_MS);
  socket.addEventListener('open', () => {
    clearTimeout(late);
    if (socket === line.socket && line.looked !== '[]') tellLooks(line);
  });
  socket.addEventListener('message', ({ data }) => {
    if (socket !== line.socket) return;
    line.heardAt = Date.now();
    line.pulse.heard();
    hear(line, JSON.parse(data), hears);
  });
  socket.addEventListener('close', ({ code }) => {
    clearTimeout(late);
    if (socket !== line.socket) return;
    if (code !== NO_SUCH_SANDBOX && code !== BROKEN_SANDBOX) return void lose(line, url, hears);
    line.socket = null;
    line.closed = true;
    hears.link(code === BROKEN_SANDBOX ? 'broken' : 'unknown');
  });
}

/* The socket is of no use any more, whatever it believes itself: another one, soon. */
function lose(line, url, hears) {
  const { socket } = line;
  line.socket = null;
  line.pulse.heard();
  socket?.close();
  clearTimeout(line.timer);
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** line.tries);
  line.tries += 1;
  hears.link('lost');
  line.timer = setTimeout(() => dial(line, url, hears), wait * (0.6 + Math.random() * 0.6));
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
      if (message.s) hears.frame(message.s); // a whole one, by itself
      else if (line.frames.hear(message.p)) hears.frame(line.frames.snapshot);
      else line.socket.send('{"t":"resync"}');
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
