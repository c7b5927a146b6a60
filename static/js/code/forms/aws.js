/* A call of AWS's API: as the aws command (version 2) and with boto3, from the same function as the console's twins. */
import { twin } from '../../kinesis/twin.js';

const FLOWS = new Set(['put', 'read']); // what goes on is a loop in a program, and one turn of it in a terminal

export const aws = { aws: (task) => ({ text: twin(task.steps).cli, notes: noted(task, 'cli') }), none: 'none.kinesis' };
export const boto3 = { aws: (task) => ({ text: twin(task.steps).boto3, notes: noted(task, 'boto3') }), none: 'none.kinesis' };

function noted({ steps, flow }, form) {
  const names = steps.map(({ operation }) => operation);
  return [
    'note.aws.endpoint', form === 'cli' && steps.some(({ parameters }) => parameters?.Data) ? 'note.aws.base64' : '', names.includes('GetShardIterator') ? 'note.aws.iterator' : '',
    FLOWS.has(flow) ? `note.aws.${flow}` : '',
  ];
}
