/* What was done, as runnable code in six forms: a pure function of the task, the form and the place.
 *
 * at: {bootstrap, client, say, web, sandbox, open}: where Kafka listens; the client id to use; comments in the reader's
 * language; the page's address, its sandbox, and whether it is open to all without a key.
 *
 * An answer: {text, language, file?, run?, needs?, notes: [key], ends, elsewhere} or {why: key}: why this form cannot. */
import { aws, boto3 } from './forms/aws.js';
import { http } from './forms/http.js';
import { java } from './forms/java.js';
import { kafkajs } from './forms/kafkajs.js';
import { kcat } from './forms/kcat.js';
import { python } from './forms/python.js';
import { scripts } from './forms/scripts.js';
import { KAFKA_ACTS } from './tasks.js';

/* In this order they stand beside each other. */
export const FORMS = [
  { id: 'kcat', name: 'kcat', language: 'shell', makes: kcat },
  { id: 'python', name: 'Python', language: 'python', makes: python },
  { id: 'java', name: 'Java', language: 'java', makes: java },
  { id: 'javascript', name: 'JavaScript', language: 'javascript', makes: kafkajs },
  { id: 'scripts', name: 'kafka-*.sh', language: 'shell', makes: scripts },
  { id: 'http', name: 'HTTP', language: 'shell', makes: null },
];

/* Of a call of AWS's API. */
const AWS = [{ id: 'aws', name: 'aws CLI', language: 'shell', makes: aws }, { id: 'boto3', name: 'boto3', language: 'python', makes: boto3 }, FORMS.at(-1)];

export const formsFor = (task) => (task.act === 'aws' ? AWS : FORMS);

export function snippet(form, task, at, command = null) {
  const { language, makes, id } = [...FORMS, ...AWS].find((it) => it.id === form);
  if (!makes) {
    const found = command ? http(command, at) : { why: 'none.http' };
    return { language, ends: true, ...found };
  }
  const make = makes[task.act];
  if (!make) return { language, why: task.act === 'aws' ? 'none.kinesis' : KAFKA_ACTS.includes(task.act) ? makes.none : task.act === 'time' ? 'none.time' : id === 'scripts' ? 'none.server' : 'none.operator' };
  const found = make(task, at);
  return { language, ends: true, ...found, text: found.text?.trimEnd(), notes: [...new Set((found.notes || []).filter(Boolean))] };
}
