/* A whole snapshot out of its packed form (engine/cluster/packing.py): {'%': names, '=': rows} is a list of objects. */
export function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== 'object') return value;
  if ('%' in value) return value['='].map((row) => Object.fromEntries(row.map((part, i) => [value['%'][i], unpacked(part)])));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unpacked(part)]));
}
