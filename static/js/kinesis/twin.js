/* What a click does, in the two other ways to do it: the AWS command line (version 2, in bash) and boto3.
 *
 *   twin([{ operation: 'PutRecord', parameters: { StreamName: 's', PartitionKey: '1', Data: 'dGVzdGU=' } }]).cli
 *
 * A click may be several steps. A step may `keep` a field of its answer, which a later step names as a parameter
 * ({ kept: 'ShardIterator' }); a step { wait: 'stream_exists', parameters } is one of AWS's own waiters; { decode: true }
 * at the end of a reading prints the data as text. Parameters are as the API has them: data in base64, times in epoch
 * seconds. Pure: tests hand the lines to bash, to awscli's own parser and to Python. */
import { broken, quoted, sh } from '../code/quoting.js';
import { textOf } from './base64.js';

const WIDTH = 43; // letters that a line has beside a form
const SERVICE = 'kinesis';
const TIMES = new Set(['Timestamp', 'StreamCreationTimestamp']);
// Words of the CLI's shorthand (KEY=value): everything else is written as JSON, which needs no rules.
const KEY = /^[A-Za-z0-9_.:/][A-Za-z0-9_.:/-]*$/;
const VALUE = /^[\p{L}\p{N}_./@:+-]+( +[\p{L}\p{N}_./@:+-]+)*$/u;
const NO_COMMAND = new Set(['SubscribeToShard']); // its answer is a stream of events: the command line has no such command

export function twin(steps) {
  return { cli: cli(steps), boto3: boto3(steps) };
}

/* How awscli and boto3 call what the API calls CamelCase (botocore's xform_name). */
export function spelled(name, separator = '_') {
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `${separator}${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, `$1${separator}$2`)
    .replace(/([a-z0-9])([A-Z])/g, `$1${separator}$2`)
    .toLowerCase();
}

// --- the command line ----------------------------------------------------------------------------------

function cli(steps) {
  return steps.filter(({ operation }) => !NO_COMMAND.has(operation)).map((step) => command(step)).join('\n');
}

function command({ operation, parameters, wait, keep, decode }) {
  const name = wait ? `wait ${wait.replaceAll('_', '-')}` : spelled(operation, '-');
  const parts = [`aws ${SERVICE} ${name}`, ...(readsFiles(parameters) ? [`--cli-input-json ${sh(JSON.stringify(parameters))}`] : Object.entries(parameters).flatMap(([key, value]) => options(key, value)))];
  if (keep) return `${shellName(keep)}=$(${broken([...parts, `--query ${keep}`, '--output text)'], WIDTH)}`;
  return broken(decode ? [...parts, "| jq -r '.Records[].Data | @base64d'"] : parts, WIDTH);
}

/* Any text that names a file is read from there, whatever it is for: only JSON keeps the command line from that. */
const FILE = /^fileb?:\/\//;
const readsFiles = (parameters) => Object.entries(parameters).some(([name, value]) => typeof value === 'string' && name !== 'Data' && FILE.test(value));

function options(name, value) {
  const flag = `--${spelled(name, '-')}`;
  if (value === true) return [flag];
  if (value === false) return [`--no-${flag.slice(2)}`];
  if (value?.kept) return [`${flag} "$${shellName(value.kept)}"`];
  if (name === 'Data') return blob(flag, value);
  if (TIMES.has(name)) return [`${flag} ${new Date(value * 1000).toISOString()}`];
  if (Array.isArray(value)) return [listed(flag, value)];
  if (typeof value === 'object') return [mapped(flag, value)];
  return [valued(flag, String(value))];
}

/* Version 2 takes base64 unless it is told otherwise, so text says so; bytes that are no text stay base64, and so
 * does a text that names a file. */
function blob(flag, base64) {
  const text = textOf(base64);
  if (text === null || FILE.test(text)) return [valued(flag, base64)];
  return ['--cli-binary-format raw-in-base64-out', valued(flag, text)];
}

/* A value that begins with a dash would be taken for an option. */
function valued(flag, text) {
  return text.startsWith('-') ? `${flag}=${sh(text)}` : `${flag} ${sh(text)}`;
}

const listed = (flag, list) => (list.every((one) => typeof one === 'string' && /^[\w.-]+$/.test(one) && !one.startsWith('-'))
  ? `${flag} ${list.join(' ')}` : `${flag} ${sh(JSON.stringify(list))}`);

function mapped(flag, map) {
  const pairs = Object.entries(map);
  const plain = pairs.length && pairs.every(([key, value]) => typeof value === 'string' && KEY.test(key) && VALUE.test(value) && !FILE.test(value));
  return plain ? `${flag} ${pairs.map(([key, value]) => `${sh(key)}=${sh(value)}`).join(',')}` : `${flag} ${sh(JSON.stringify(map))}`;
}

const shellName = (name) => spelled(name).toUpperCase();

// --- boto3 ---------------------------------------------------------------------------------------------

function boto3(steps) {
  const lines = steps.map((step) => call(step));
  const text = lines.join('\n');
  const imports = [/\bb64decode\(/.test(text) && 'from base64 import b64decode', /\bdatetime\./.test(text) && 'from datetime import datetime', 'import boto3'].filter(Boolean);
  return `${imports.join('\n')}\n\n${SERVICE} = boto3.client('${SERVICE}')\n${text}`;
}

function call({ operation, parameters, wait, keep, decode, shown }) {
  if (wait) return `${SERVICE}.get_waiter('${wait}').wait(${given(parameters)})`;
  const does = `${SERVICE}.${spelled(operation)}(${given(parameters)})`;
  if (keep) return `${spelled(keep)} = ${does}['${keep}']`;
  if (operation === 'SubscribeToShard') return `for event in ${does}['EventStream']:\n    print(event)`;
  if (decode) return `answer = ${does}\nfor record in answer['Records']:\n    print(record['SequenceNumber'], record['PartitionKey'], record['Data'].decode())`;
  return shown ? `print(${does})` : does;
}

/* Named arguments: in one line where they fit. */
function given(parameters) {
  const named = Object.entries(parameters).map(([name, value]) => `${name}=${python(value, name)}`);
  const line = named.join(', ');
  return line.length <= WIDTH && !line.includes('\n') ? line : `\n${named.map((one) => `    ${one},\n`).join('')}`;
}

function python(value, name) {
  if (value?.kept) return spelled(value.kept);
  if (name === 'Data') return bytesOf(value);
  if (TIMES.has(name)) return `datetime.fromisoformat('${new Date(value * 1000).toISOString().replace('Z', '+00:00')}')`;
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map((one) => python(one)).join(', ')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, one]) => `${quoted(key)}: ${python(one, key)}`).join(', ')}}`;
  return typeof value === 'number' ? String(value) : quoted(value);
}

function bytesOf(base64) {
  const text = textOf(base64);
  if (text === null) return `b64decode('${base64}')`;
  return /^[\x20-\x7e]*$/.test(text) ? `b${quoted(text)}` : `${quoted(text)}.encode()`;
}
