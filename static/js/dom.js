/* A picture described as plain objects, and the least work that makes the document show it.
 *
 * `h` describes an element; `patch` makes a parent's children equal to a list of descriptions. The
 * document is the only memory: an element that is still wanted stays (with its focus, its scroll and
 * what was typed into it), so a whole page can be described anew ten times a second. A description that
 * is the very same object as the last time is skipped with all that is in it. Who stays is
 * moved only if it must be (arrange.js).
 *
 * Properties: `key` (who is who in a list), `on` ({click: f}), `vars` ({'--x': '3px'}, set through the
 * CSSOM because a strict content security policy forbids style attributes), `keep` (once made, the
 * children belong to the reader), `initial` ({value: 'x'}: set when the element is made, never again);
 * all others are attributes. Texts become text nodes: there is no way to pass markup. */

import { arrange } from './arrange.js';

const SVG = 'http://www.w3.org/2000/svg';
const NOT_ATTRIBUTES = new Set(['key', 'on', 'vars', 'keep', 'initial']);

export function h(tag, props, ...children) {
  return { tag, props: props || {}, children: children.flat(Infinity).filter(shown) };
}

function shown(child) {
  return child !== null && child !== undefined && child !== false && child !== true && child !== '';
}

export function patch(parent, wanted) {
  const list = [wanted].flat(Infinity).filter(shown);
  const space = parent.namespaceURI === SVG ? SVG : null;
  const nodes = found(parent, list);
  for (let i = 0; i < list.length; i++) nodes[i] ||= make(list[i], space);
  arrange(parent, nodes);
  for (let i = 0; i < list.length; i++) update(nodes[i], list[i]);
}

/* Of each description the node that stands for it already, or null. Who has a key is found wherever it is; all others
 * by their place, next to who was found before them. */
function found(parent, list) {
  const keyed = new Map();
  for (const node of parent.childNodes) if (node.riachoKey !== undefined) keyed.set(node.riachoKey, node);
  const nodes = [];
  let at = parent.firstChild;
  let ahead = null; // found further on than ``at``
  let keys = null;
  for (const item of list) {
    const node = reuse(at, item, keyed);
    nodes.push(node);
    if (!node) continue;
    if (node !== at) {
      keys ??= new Set(list.map((one) => one.props?.key));
      while (at !== node && at.riachoKey !== undefined && !keys.has(at.riachoKey)) at = after(at, ahead); // it is gone
    }
    if (node === at) at = after(at, ahead);
    else (ahead ??= new Set()).add(node);
  }
  return nodes;
}

function after(node, taken) {
  do node = node.nextSibling; while (taken?.has(node));
  return node;
}

function reuse(at, item, keyed) {
  if (typeof item !== 'object') return at && at.nodeType === Node.TEXT_NODE ? at : null;
  const key = item.props.key;
  if (key !== undefined) {
    const node = keyed.get(key);
    keyed.delete(key);
    return node && node.localName === item.tag ? node : null;
  }
  return at && at.riachoKey === undefined && at.localName === item.tag ? at : null;
}

function make(item, space) {
  if (typeof item !== 'object') return document.createTextNode(String(item));
  const node = space || item.tag === 'svg'
    ? document.createElementNS(SVG, item.tag)
    : document.createElement(item.tag);
  if (item.props.key !== undefined) node.riachoKey = item.props.key;
  node.riachoProps = {};
  return node;
}

function update(node, item) {
  if (typeof item !== 'object') {
    if (node.data !== String(item)) node.data = String(item);
    return;
  }
  if (node.riachoItem === item) return;
  node.riachoItem = item;
  const fresh = node.riachoMade !== true;
  node.riachoMade = true;
  attributes(node, item.props);
  if (fresh || !item.props.keep) patch(node, item.children);
  if (fresh && item.props.initial) Object.assign(node, item.props.initial);
}

function attributes(node, props) {
  const before = node.riachoProps;
  for (const name in before) {
    if (!(name in props) && !NOT_ATTRIBUTES.has(name)) node.removeAttribute(name);
  }
  for (const name in props) {
    const value = props[name];
    if (NOT_ATTRIBUTES.has(name) || before[name] === value) continue;
    if (name === 'style') throw new Error('style attributes are forbidden by the content security policy: use vars');
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const name in before.vars || {}) {
    if (!props.vars || !(name in props.vars)) node.style.removeProperty(name);
  }
  for (const name in props.vars || {}) {
    if (!before.vars || before.vars[name] !== props.vars[name]) node.style.setProperty(name, props.vars[name]);
  }
  listeners(node, props.on || {});
  node.riachoProps = props;
}

// One listener an event type for the element's whole life; it calls whatever the newest picture says.
function listeners(node, on) {
  if (!node.riachoOn) {
    if (!Object.keys(on).length) return;
    node.riachoHears = new Set();
  }
  for (const type in on) {
    if (node.riachoHears.has(type)) continue;
    node.riachoHears.add(type);
    node.addEventListener(type, (event) => node.riachoOn[type]?.(event));
  }
  node.riachoOn = { ...on };
}
