/* Where one is in the console, as an address: the list, the form, or a stream and one of its tabs. Pure. */

export const TABS = ['monitoring', 'configuration', 'fanout', 'viewer', 'shards', 'put'];

/* place: {page: 'list' | 'create'} or {page: 'stream', stream, tab}. */
export function addressOf(sandbox, place) {
  const base = `/s/${encodeURIComponent(sandbox)}/kinesis/`;
  if (place.page === 'list') return base;
  if (place.page === 'create') return `${base}create/`;
  const tab = `tab=${place.tab ?? TABS[0]}`;
  // names that browsers take for steps up in a path
  if (/^\.+$/.test(place.stream)) return `${base}?stream=${place.stream}&${tab}`;
  return `${base}${encodeURIComponent(place.stream)}/?${tab}`;
}

/* The place of an address. A stream may be called "create": with a tab it is that stream. */
export function placeOf(pathname, search) {
  const asked = new URLSearchParams(search);
  const [, name] = /\/kinesis\/([^/]+)\/?$/.exec(pathname) ?? [];
  const tab = TABS.includes(asked.get('tab')) ? asked.get('tab') : TABS[0];
  const stream = name ? decodeURIComponent(name) : asked.get('stream');
  if (!stream) return { page: 'list' };
  if (stream === 'create' && !asked.has('tab')) return { page: 'create' };
  return { page: 'stream', stream, tab };
}

/* The same stream on the stage (static/js/deeplink.js). */
export function stageOf(sandbox, stream = null) {
  const base = sandbox === 'demo' ? '/' : `/s/${encodeURIComponent(sandbox)}/`;
  return `${base}#view=streams${stream ? `&select=stream/${encodeURIComponent(stream)}` : ''}`;
}
