/* Clauses of a goal in words: their own, or put together from their subject and what is measured of it.
 *
 * "o grupo **g** tem **4 membros** e está com atraso **0**": a subject, then a predicate for each measure, in which the
 * amount is said by the condition ("> 3": "mais de 3 membros"). Values come from the engine's state as they are. */
import { h } from '../dom.js';
import { t } from '../i18n.js';
import { marked } from './markup.js';

const NOT_MEASURES = new Set(['group', 'consumer', 'topic', 'partition', 'broker', 'producer', 'client', 'stream', 'shard', 'reader', 'event', 'times', 'why', 'say']);
const TRUTHS = new Set(['alive', 'exists', 'open']); // true is what they are, not "more than none"
const OPERATORS = { '>': 'more', '>=': 'least', '<': 'less', '<=': 'most', '!=': 'not' };

/* {op, to} of 4, "running", true, "> 3". */
export function condition(wanted) {
  const found = typeof wanted === 'string' ? /^(>=|<=|!=|>|<)\s*(.+)$/.exec(wanted) : null;
  if (!found) return { op: 'is', to: wanted };
  const to = Number(found[2]);
  return { op: OPERATORS[found[1]], to: Number.isNaN(to) ? found[2] : to };
}

/* Which part of the cluster a clause is about. */
export function subject(clause) {
  if ('event' in clause) return 'event';
  if ('stream' in clause) return ['reader', 'shard'].find((one) => one in clause) ?? 'stream';
  if ('consumer' in clause) return 'consumer';
  if ('group' in clause) return 'group';
  if ('topic' in clause) return 'partition' in clause ? 'partition' : 'topic';
  return ['broker', 'producer', 'client'].find((one) => one in clause) ?? 'cluster';
}

/* One clause, or several: documents may say either. */
export const listOf = (given) => (Array.isArray(given) ? given : given ? [given] : []);

export const measures = (clause) => ('event' in clause ? ['times'] : Object.keys(clause).filter((name) => !NOT_MEASURES.has(name)));

/* As children of an element. lesson: {say, words} (lesson.js). */
export function clauseWords(clause, lesson) {
  if (clause.say) return marked(lesson.words(clause.say));
  return clauseParts(clause, lesson).map(({ text, strong }) => (strong ? h('b', {}, text) : text));
}

function clauseParts(clause, lesson) {
  const { say } = lesson;
  if ('event' in clause) return eventParts(clause, say);
  const about = subject(clause);
  if (about === 'client') return say.parts('clause.client', { client: clause.client, any: String(clause.client === '*'), there: String(clause.connected !== false) });
  const names = measures(clause);
  const start = about === 'cluster' ? [] : say.parts(`subject.${about}`, clause);
  return names.reduce((parts, name, i) => [
    ...parts, { text: i ? ` ${say('and')} ` : start.length ? ' ' : '', strong: false }, ...predicate(about, name, clause[name], clause, say),
  ], start).filter(({ text }) => text);
}

function predicate(about, name, wanted, clause, say) {
  const { op, to, more } = unfold(!TRUTHS.has(name) && wanted === true ? '> 0' : wanted); // "record_lost: true"
  const family = 'stream' in clause ? 'stream' : about;
  const key = say.has(`clause.${family}.${name}`) ? `clause.${family}.${name}` : `clause.${name}`;
  const where = clause.partition === undefined ? clause.topic : `${clause.topic}-${clause.partition}`;
  return say.parts(say.has(key) ? key : 'clause.other', { ...more, name, where: where ?? '', amount: amount(name, op, to, say, family), flag: String(to), op, zero: String(op === 'is' && to === 0), some: String(op === 'more' && to === 0) });
}

/* A measure that takes an argument brings its condition along, or none: {key: ana, partitions: 2}, {error: X}. */
function unfold(wanted) {
  if (typeof wanted !== 'object' || wanted === null) return { ...condition(wanted), more: {} };
  const { partitions, records, ...more } = wanted;
  return { ...condition(partitions ?? records ?? '>= 1'), more };
}

function amount(name, op, to, say, about = '') {
  const unit = [`unit.${about}.${name}`, `unit.${name}`].find((key) => say.has(key));
  const what = unit && typeof to === 'number' ? say(unit, { n: to }) : valueWords(name, to, say);
  return op === 'is' ? what : say(`how.${op}`, { what });
}

function eventParts(clause, say) {
  const { event, times = '>= 1', why, say: own, ...params } = clause;
  const { op, to } = condition(times);
  const named = Object.entries(params).map(([name, value]) => `${name} ${value}`);
  return say.parts('clause.event', { event: markOf(event), once: String(op === 'least' && to === 1), amount: amount('times', op, to, say), named: String(named.length > 0), params: named });
}

/* What a milestone is called on the timeline. */
function markOf(code) {
  const found = t(`mark.${code}`);
  return found === `mark.${code}` ? code : found;
}

/* A value as the state has it: 3, "Stable", true, null, a list, or several by the name of their measure. */
export function valueWords(name, value, say) {
  if (value === null || value === undefined) return say('value.none');
  if (typeof value === 'boolean') return say(value ? 'value.yes' : 'value.no');
  if (typeof value === 'number') return say('value.number', { n: value });
  if (Array.isArray(value)) return say('value.list', { list: value });
  if (typeof value === 'object') return Object.entries(value).map(([one, it]) => valueWords(one, it, say)).join(' · ');
  for (const family of ['group.state', 'broker.state']) {
    const key = `${family}.${value}`;
    if (name === 'state' && t(key) !== key) return t(key).toLowerCase();
  }
  return name === 'wants' ? value : String(value);
}

/* What stands at the right of a line: only where it is not said already. */
export function valueOf(clause, state, say) {
  const names = measures(clause);
  const name = state?.measure ?? (names.length === 1 ? names[0] : '');
  if (state?.value === undefined || state.value === null) return '';
  const short = `short.${name}`;
  return typeof state.value === 'number' && say.has(short) ? say(short, { n: state.value }) : valueWords(name, state.value, say);
}
