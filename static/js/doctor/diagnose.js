/* The doctor: what is wrong with a pasted text, and the text repaired. A pure function; nothing leaves the browser.
 *
 * A rule: {id, sort, find(text, kinds, here)}. sort: error (does not work so), warn (works, but not as one thinks), info
 * (good to know). find answers null or {spans: [{from, to, put?}], params?, tell?}: where, what to put there instead, what
 * the sentence needs to know, and a sentence about this sandbox right now. Rules of spelling come first; the others read
 * the text as it is without its slips of spelling.
 *
 * here: what is known of the sandbox: {bootstrap, ports, web, remote, topics, groups, brokers, leaderless, thin}. */
import { kindsOf } from './reading.js';
import { address } from './rules/address.js';
import { errors } from './rules/errors.js';
import { options } from './rules/options.js';
import { records } from './rules/records.js';
import { settings } from './rules/settings.js';
import { spelling } from './rules/spelling.js';

export const TEXT_MAX = 20_000; // of more, only so much is read, and it is said
const ROUNDS_MAX = 3; // what is not mended by then is left as it is
const ORDER = { error: 0, warn: 1, info: 2 };
export const RULES = [...spelling, ...address, ...options, ...records, ...settings, ...errors];

/* {kinds, findings: [{id, sort, spans, params, tell}], repaired, changed, cut} */
export function diagnose(pasted, here) {
  const text = pasted.slice(0, TEXT_MAX);
  const kinds = kindsOf(text);
  const first = examine(spelling, text, kinds, here);
  const spelt = mend(text, first);
  const others = RULES.filter((rule) => !spelling.includes(rule));
  const second = examine(others, spelt.text, kindsOf(spelt.text), here);
  let repaired = mend(spelt.text, second).text;
  for (let round = 1; round < ROUNDS_MAX; round += 1) { // a cure may bring the next fault to light: http:// hid a port
    repaired = mend(repaired, examine(others, repaired, kindsOf(repaired), here)).text;
  }
  for (const { spans } of second) for (const span of spans) Object.assign(span, { from: spelt.back(span.from), to: spelt.back(span.to) });
  const findings = [...first, ...second].sort((a, b) => ORDER[a.sort] - ORDER[b.sort]);
  return { kinds, findings, repaired, changed: repaired !== text, cut: pasted.length > TEXT_MAX };
}

function examine(rules, text, kinds, here) {
  return rules.flatMap((rule) => {
    const found = rule.find(text, kinds, here);
    return found && found.spans.length ? [{ id: rule.id, sort: rule.sort, spans: found.spans, params: found.params ?? {}, tell: found.tell ?? null }] : [];
  });
}

/* The text with what the findings put into it, from left to right; where two overlap, the first stays.
 * back(at): where a place of the new text was in the old one. */
function mend(text, findings) {
  const puts = findings.flatMap(({ spans }) => spans).filter((span) => span.put !== undefined).sort((a, b) => a.from - b.from || a.to - b.to);
  const moved = [];
  let out = '';
  let at = 0;
  for (const { from, to, put } of puts) {
    if (from < at || (moved.length && from === moved.at(-1).was)) continue;
    out += text.slice(at, from);
    out += put;
    at = to;
    moved.push({ is: out.length, was: to });
  }
  out += text.slice(at);
  const back = (place) => {
    let last = { is: 0, was: 0 };
    for (const step of moved) if (step.is <= place) last = step;
    const next = moved[moved.indexOf(last) + 1];
    return Math.min(last.was + place - last.is, next?.was ?? text.length);
  };
  return { text: out, back };
}
