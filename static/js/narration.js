/* Sentences from codes and parameters: the pattern language of static/i18n/*.json.
 *
 *   {topic}                       the parameter itself; a list is written out: "1, 2 e 3"
 *   {silent_ms:ms}                in a form: number, ms, list, speed, clock, shares, offsets, error (FORMS below)
 *   {members|one|many}            by count (of a number, or of a list's items); # is the count
 *   {members|none|one|many}       the same with a form of its own for zero
 *   {why?joined:a|left:b|*:c}     by value; * is the default
 *   **words**                     strong
 *   \x                            the character x itself
 *
 * A pattern is parsed into nodes before a parameter is looked at, so a topic called "{x}" or "**" is
 * only a name. playground/narration.py and patterns.py are the same program in Python; tests/stage prove they agree. */

const LIST_MAX = 5;

export function parse(pattern) {
  const reader = { text: pattern, at: 0 };
  const nodes = parseNodes(reader, false);
  if (reader.at < pattern.length) throw new Error(`stray ${pattern[reader.at]} at ${reader.at} in: ${pattern}`);
  return nodes;
}

function parseNodes(reader, inside, strong = false) {
  const nodes = [];
  let text = '';
  const flush = () => {
    if (text) nodes.push(text);
    text = '';
  };
  while (reader.at < reader.text.length) {
    const char = reader.text[reader.at];
    if (char === '\\') {
      text += reader.text[reader.at + 1] ?? '';
      reader.at += 2;
    } else if (reader.text.startsWith('**', reader.at)) {
      if (strong) break;
      flush();
      reader.at += 2;
      nodes.push({ strong: parseNodes(reader, inside, true) });
      if (!reader.text.startsWith('**', reader.at)) throw new Error(`** is not closed in: ${reader.text}`);
      reader.at += 2;
    } else if (char === '{') {
      flush();
      nodes.push(parseBraces(reader));
    } else if (char === '}' || (inside && char === '|')) {
      break;
    } else if (inside && char === '#') {
      flush();
      nodes.push({ count: true });
      reader.at += 1;
    } else {
      text += char;
      reader.at += 1;
    }
  }
  flush();
  return nodes;
}

function parseBraces(reader) {
  const head = /\{([a-z][a-z0-9_]*)([:|?}])/y;
  head.lastIndex = reader.at;
  const found = head.exec(reader.text);
  if (!found) throw new Error(`what follows { at ${reader.at} is no name in: ${reader.text}`);
  reader.at = head.lastIndex;
  const [, arg, mark] = found;
  if (mark === '}') return { arg, form: 'plain' };
  if (mark === ':') {
    const form = reader.text.slice(reader.at, reader.text.indexOf('}', reader.at));
    if (!(form in FORMS)) throw new Error(`there is no form ${form} in: ${reader.text}`);
    reader.at += form.length + 1;
    return { arg, form };
  }
  const options = [];
  for (;;) {
    let name = null;
    if (mark === '?') {
      const colon = reader.text.indexOf(':', reader.at);
      if (colon < 0) throw new Error(`a choice lacks its colon in: ${reader.text}`);
      name = reader.text.slice(reader.at, colon);
      reader.at = colon + 1;
    }
    options.push([name, parseNodes(reader, true)]);
    const end = reader.text[reader.at];
    if (end === undefined) throw new Error(`{ is not closed in: ${reader.text}`);
    reader.at += 1;
    if (end === '}') break;
  }
  if (mark === '?') return { arg, select: Object.fromEntries(options) };
  if (options.length < 2 || options.length > 3) throw new Error(`a count has two or three forms in: ${reader.text}`);
  return { arg, plural: options.map(([, nodes]) => nodes) };
}

/* [{text, strong}] of a parsed pattern. */
export function segments(nodes, params, catalogue) {
  const out = [];
  write(nodes, params, catalogue, out, false, null);
  return out;
}

export function plain(nodes, params, catalogue) {
  return segments(nodes, params, catalogue).map((s) => s.text).join('');
}

function write(nodes, params, catalogue, out, strong, count) {
  for (const node of nodes) {
    if (typeof node === 'string') out.push({ text: node, strong });
    else if (node.strong) write(node.strong, params, catalogue, out, true, count);
    else if (node.count) out.push({ text: number(count, catalogue), strong });
    else if (node.form) FORMS[node.form](params[node.arg], catalogue, out, strong);
    else if (node.select) {
      const chosen = node.select[String(params[node.arg])] ?? node.select['*'] ?? [];
      write(chosen, params, catalogue, out, strong, count);
    } else {
      const value = params[node.arg];
      const n = Array.isArray(value) ? value.length : Number(value ?? 0);
      const [none, one, many] = node.plural.length === 3 ? node.plural : [node.plural[1], ...node.plural];
      write(n === 0 ? none : n === 1 ? one : many, params, catalogue, out, strong, n);
    }
  }
}

const written = (make) => (value, catalogue, out, strong) => out.push({ text: make(value, catalogue), strong });

export const FORMS = {
  plain: written(text),
  number: written((value, catalogue) => number(value, catalogue)),
  ms: written(duration),
  list: written((value, catalogue) => list(value || [], catalogue)),
  speed: written(speed),
  clock: written((value) => clock(value)),
  shares: (value, catalogue, out, strong) => shares(value || {}, catalogue, out, strong),
  offsets: written((value, catalogue) => list(Object.entries(value || {}).map(([p, at]) => `${p}: ${at}`), catalogue)),
  error: written((value, catalogue) => {
    const known = catalogue.errors[value];
    return known ? `${value} (${known})` : String(value ?? '');
  }),
};

function text(value, catalogue) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return list(value, catalogue);
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? String(value) : number(value, catalogue);
}

const formats = new Map();

/* A text that is no number is left as it is. */
function number(value, catalogue, decimals = 2) {
  if (typeof value === 'string' && !/^-?\d+(\.\d+)?$/.test(value)) return value;
  const name = `${catalogue.language} ${decimals}`;
  if (!formats.has(name)) {
    formats.set(name, new Intl.NumberFormat(catalogue.language, { maximumFractionDigits: decimals }));
  }
  return formats.get(name).format(Number(value ?? 0));
}

function duration(value, catalogue) {
  const ms = Math.max(0, value ?? 0);
  if (ms < 999.5) return `${number(ms, catalogue, 0)} ms`;
  if (ms < 59_950) return `${number(ms / 1000, catalogue, 1)} s`;
  const seconds = Math.floor(ms / 1000 + 0.5);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min` + (seconds % 60 ? ` ${seconds % 60} s` : '');
  const minutes = Math.floor(seconds / 60);
  return `${number(Math.floor(minutes / 60), catalogue)} h` + (minutes % 60 ? ` ${minutes % 60} min` : '');
}

/* Virtual time as on a stopwatch: 00:48.120, with hours from the first hour on. */
export function clock(value) {
  const ms = Math.floor(Math.max(0, value ?? 0));
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const rest = `${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return hours ? `${hours}:${rest}` : rest;
}

function speed(value, catalogue) {
  const times = value ?? 1;
  return times < 0.1 ? `1/${Math.floor(1 / times + 0.5)}×` : `${number(times, catalogue)}×`;
}

function list(items, catalogue) {
  const words = catalogue.words;
  const all = items.map((item) => text(item, catalogue));
  if (all.length > LIST_MAX) {
    const more = all.length - (LIST_MAX - 1);
    all.splice(LIST_MAX - 1, more, words.list_more.replace('#', number(more, catalogue)));
  }
  if (all.length < 2) return all[0] ?? '';
  const last = all.pop();
  return all.join(words.list_separator) + (all.length === 1 ? words.list_two : words.list_last) + last;
}

/* Who got what: {a1: ["FIAP-0"], a2: []}; those who got nothing are told of elsewhere. */
function shares(assignments, catalogue, out, strong) {
  const pattern = parse(catalogue.words.share);
  const given = Object.entries(assignments).filter(([, what]) => what.length).sort(([a], [b]) => (a < b ? -1 : 1));
  given.forEach(([who, what], i) => {
    if (i) out.push({ text: catalogue.words.share_separator, strong });
    write(pattern, { who, what }, catalogue, out, strong, null);
  });
  if (!given.length) out.push({ text: catalogue.words.share_none, strong });
}

const parsed = new Map();

export function parsedOnce(pattern) {
  if (!parsed.has(pattern)) parsed.set(pattern, parse(pattern));
  return parsed.get(pattern);
}

/* The sentence of one event, as segments; an event of a code nobody wrote a sentence for shows its code. */
export function tellEvent(event, catalogue) {
  const pattern = catalogue.events[event.code] ?? catalogue.words.unknown;
  // An event's own `node` (whose links, whose connections) is not the one that told it.
  const params = { code: event.code, node: event.node, at_ms: event.at_ms, ...event.params, ...counted(event.params) };
  return segments(parsedOnce(pattern), params, catalogue);
}

/* Counts that sentences need and events imply: how many records from first to last, how many members. */
function counted(params) {
  const more = {};
  if ('first' in params && 'last' in params) more.records = params.last - params.first + 1;
  if ('assignments' in params) {
    more.members = Object.values(params.assignments).filter((what) => what.length).length + params.idle.length;
  }
  return more;
}

export function render(event, catalogue) {
  return tellEvent(event, catalogue).map((s) => s.text).join('');
}
