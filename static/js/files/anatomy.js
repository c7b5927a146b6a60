/* The items of a page as one list of fields, each with a number of its own, and for each byte the field it belongs to. */

/* What a field is about, as a tint and a kind of underline (css/files.css). */
const FAMILIES = {
  place: 'baseOffset lastOffsetDelta relativeOffset position offsetDelta startOffset offset firstOffset lastOffset lastStableOffset currentTxnFirstOffset partition topic',
  size: 'batchLength length keyLength valueLength headersCount headerKeyLength headerValueLength recordsCount entries',
  time: 'baseTimestamp maxTimestamp timestampDelta timestamp',
  check: 'crc magic attributes version',
  who: 'partitionLeaderEpoch producerId producerEpoch baseSequence lastSequence coordinatorEpoch epoch property',
  data: 'key value headerKey headerValue records text setting comment',
};
const familyOf = new Map(Object.entries(FAMILIES).flatMap(([family, names]) => names.split(' ').map((name) => [name, family])));

export const family = (name) => familyOf.get(name) ?? 'data';

/* {items: [{..., fields, items}], fields: [{id, item, ...}], at: (byte) => field or null, bytes: Uint8Array, starts}. */
export function anatomyOf(page) {
  const bytes = Uint8Array.from(atob(page.data), (c) => c.charCodeAt(0));
  const fields = [];
  const owner = new Int32Array(bytes.length).fill(-1);
  const starts = new Map(); // byte -> how deep an item begins there: 1 a batch, 2 a record in it
  const walk = (item, depth, parent) => {
    item.parent = parent;
    if (!starts.has(item.at)) starts.set(item.at, depth);
    for (const field of item.fields) {
      Object.assign(field, { id: fields.length, item, family: family(field.name) });
      fields.push(field);
      const first = Math.max(0, field.at - page.from);
      const last = Math.min(bytes.length, field.at + field.size - page.from);
      for (let at = first; at < last; at++) owner[at] = field.id;
    }
    for (const inner of item.items ?? []) walk(inner, depth + 1, item);
  };
  for (const item of page.items) walk(item, 1, null);
  const gone = page.items.filter((item) => item.kind === 'damaged');
  return {
    items: page.items, fields, bytes, starts,
    at: (byte) => fields[owner[byte - page.from]] ?? null,
    damaged: (byte) => gone.some((item) => byte >= item.at && byte < item.at + item.size),
  };
}
