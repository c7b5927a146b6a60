/* Somebody's own data before it is sent: what the engine will make of it (engine/clients/sources/rows.py), for a look
 * at the first rows, the columns to choose the key from, and the fault with its line if it is no table. */
import { faultIn } from './json.js';

export const ROWS_MAX = 1000;
export const BYTES_MAX = 200_000;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/* {rows: [text of each value], columns, count} or {fault: {code, ...}}; null for an empty text. */
export function tableOf(text) {
  const whole = text.replace(/^\uFEFF/, '');
  if (!whole.trim()) return null;
  if (new TextEncoder().encode(text).length > BYTES_MAX) return { fault: { code: 'large', most: BYTES_MAX } };
  const table = /^\s*[[{]/.test(whole) ? fromJson(whole) : fromCsv(whole);
  if (table.fault) return table;
  if (!table.rows.length) return { fault: { code: 'empty' } };
  if (table.rows.length > ROWS_MAX) return { fault: { code: 'rows', count: table.rows.length, most: ROWS_MAX } };
  return table;
}

function fromJson(text) {
  let values;
  if (text.trimStart()[0] === '[') {
    const fault = faultIn(text);
    if (fault) return { fault: { ...fault, code: 'json', json: fault.code } };
    values = JSON.parse(text);
  } else {
    values = [];
    for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
      if (!line.trim()) continue;
      const fault = faultIn(line);
      if (fault) return { fault: { ...fault, code: 'json', json: fault.code, line: i + 1 } };
      values.push(JSON.parse(line));
    }
  }
  const columns = Object.keys(values.find((one) => one && typeof one === 'object' && !Array.isArray(one)) ?? {});
  return { rows: values.map((one) => JSON.stringify(one)), columns: columns.filter((name) => values.every((one) => one && typeof one === 'object' && name in one)), kind: 'json' };
}

function fromCsv(text) {
  const head = text.trimStart().split('\n')[0];
  const separator = [...head].find((char) => ',;\t'.includes(char)) ?? ',';
  const { lines, fault } = cellsOf(text.replace(/^[\r\n]+|[\r\n]+$/g, ''), separator);
  if (fault) return { fault };
  const [first, ...others] = lines;
  const columns = first.cells.map((cell) => cell.trim());
  if (columns.some((name) => !name) || new Set(columns).size < columns.length) return { fault: { code: 'columns', line: 1 } };
  const rows = [];
  for (const { cells, line } of others) {
    if (!cells.some(Boolean)) continue;
    if (cells.length !== columns.length) return { fault: { code: 'cells', line, has: cells.length, wants: columns.length } };
    rows.push(`{${columns.map((name, i) => `${JSON.stringify(name)}: ${cell(cells[i].trim())}`).join(', ')}}`);
  }
  return { rows, columns, kind: 'csv' };
}

const cell = (text) => (!text ? 'null' : NUMBER.test(text) ? text : JSON.stringify(text));

/* Lines of cells; a cell in double quotes may hold separators, line ends, and quotes written twice. */
function cellsOf(text, separator) {
  const lines = [];
  let [cells, cut, quoted, line, began] = [[], '', false, 1, 1];
  const end = () => {
    cells.push(cut);
    cut = '';
  };
  for (let i = 0; i <= text.length; i += 1) {
    const char = text[i];
    if (char === undefined && quoted) return { fault: { code: 'quote', line: began } };
    if (quoted) {
      if (char === '\n') line += 1;
      if (char !== '"') cut += char;
      else if (text[i + 1] === '"') {
        cut += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"' && !cut) {
      quoted = true;
      began = line;
    } else if (char === separator) end();
    else if (char === '\n' || char === '\r' || char === undefined) {
      if (char === '\r' && text[i + 1] === '\n') i += 1;
      end();
      lines.push({ cells, line });
      cells = [];
      line += 1;
    } else cut += char;
  }
  return { lines };
}
