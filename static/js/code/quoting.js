/* A text as a literal of each language: whatever people typed stays what they typed. */

/* One word of a POSIX shell. */
export function sh(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`;
}

/* Python and JavaScript: single quotes where nothing has to be escaped, so that JSON stays readable. */
export function quoted(text) {
  return /['\\\u0000-\u001f\u007f\u2028\u2029]/.test(text) ? JSON.stringify(text) : `'${text}'`;
}

/* PowerShell: in single quotes nothing is special but the quote itself, which is doubled; typographic ones count as quotes. */
export const powershell = (text) => `'${String(text).replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;

/* Java: only double quotes; the escapes of JSON are Java's too. */
export const doubled = (text) => JSON.stringify(String(text));

/* A command too long for one line, broken where a reader would: parts stay whole. */
export function broken(parts, width = 52) {
  const lines = [];
  let line = '';
  for (const part of parts.filter(Boolean)) {
    if (line && line.length + part.length + 1 > width) {
      lines.push(line);
      line = `  ${part}`;
    } else line = line ? `${line} ${part}` : part;
  }
  return [...lines, line].join(' \\\n');
}

/* A name that a file and a Java class may have. */
export const named = (text, otherwise) => text.normalize('NFD').replaceAll(/[^A-Za-z0-9]+/g, '') || otherwise;

export const indent = (text, by) => text.split('\n').map((line) => (line ? ' '.repeat(by) + line : line)).join('\n');
