/* The same through Riacho's own HTTP API: every command has this form, those Kafka has no word for too. */
import { broken, sh } from '../quoting.js';

export function http(command, at) {
  const parts = [
    'curl -s', "-H 'Content-Type: application/json'", at.open ? '' : '-H "Authorization: Bearer $RIACHO_KEY"', `-d ${sh(JSON.stringify(command))}`, sh(`${at.web}/api/sandboxes/${encodeURIComponent(at.sandbox)}/commands`),
  ];
  return { text: broken(parts), notes: ['note.http', at.open ? '' : 'note.http.key'].filter(Boolean), shell: true };
}
