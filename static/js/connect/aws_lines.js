/* Lines for one's own terminal and programs: how the aws command, boto3 and the SDK for JavaScript find this sandbox
 * and not the real AWS. Pure. at: {endpoint, region, access_key, secret_key, client}: client is the name they give. */
import { powershell, quoted, sh } from '../code/quoting.js';

// What would lead elsewhere: a profile, a session of the real AWS, an address of its own for Kinesis.
const UNSET = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_REGION', 'AWS_ENDPOINT_URL_KINESIS', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'];
const forget = `unset ${UNSET.slice(0, 3).join(' ')}\nunset ${UNSET.slice(3).join(' ')}`;

const environment = (at) => [
  ['AWS_ENDPOINT_URL', at.endpoint], ['AWS_ACCESS_KEY_ID', at.access_key], ['AWS_SECRET_ACCESS_KEY', at.secret_key], ['AWS_DEFAULT_REGION', at.region], ['AWS_SDK_UA_APP_ID', at.client],
];

// Versions that know no AWS_SDK_UA_APP_ID send this one as it is, and so can say the same.
const old = (at) => [...environment(at).filter(([name]) => name !== 'AWS_ENDPOINT_URL'), ['AWS_EXECUTION_ENV', `terminal app/${at.client}`]];

const exports = (variables) => variables.map(([name, value]) => `export ${name}=${sh(value)}`).join('\n');

export const AWS_FORMS = [
  { id: 'aws', name: 'aws CLI', language: 'shell', makes: (at) => ({ text: `${forget}\n${exports(environment(at))}\n\naws kinesis list-streams`, notes: ['note.aws.versions', 'note.aws.fake'] }) },
  {
    id: 'aws-old', name: 'aws CLI < 2.13', language: 'shell',
    makes: (at) => ({
      text: `${forget}\n${exports(old(at))}\nalias aws='aws --endpoint-url ${at.endpoint}'\n\naws kinesis list-streams`,
      notes: ['note.aws.old', 'note.aws.alias'],
    }),
  },
  {
    id: 'powershell', name: 'PowerShell', language: 'shell',
    makes: (at) => ({ text: `${UNSET.map((name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`).join('\n')}\n${environment(at).map(([name, value]) => `$env:${name} = ${powershell(value)}`).join('\n')}\n\naws kinesis list-streams`, notes: ['note.aws.powershell', 'note.aws.fake'] }),
  },
  { id: 'boto3', name: 'boto3', language: 'python', makes: boto3 },
  { id: 'aws-js', name: 'SDK for JavaScript', language: 'javascript', makes: javascript },
];

function boto3(at) {
  return {
    file: 'fluxos.py', run: 'python fluxos.py', needs: 'pip install boto3', notes: ['note.aws.session'],
    text: `import boto3
from botocore.config import Config

kinesis = boto3.client(
    'kinesis',
    endpoint_url=${quoted(at.endpoint)},
    region_name=${quoted(at.region)},
    aws_access_key_id=${quoted(at.access_key)},
    aws_secret_access_key=${quoted(at.secret_key)},
    config=Config(user_agent_appid=${quoted(at.client)}),
)
print(kinesis.list_streams()['StreamNames'])`,
  };
}

function javascript(at) {
  return {
    file: 'fluxos.mjs', run: 'node fluxos.mjs', needs: 'npm install @aws-sdk/client-kinesis @smithy/node-http-handler', notes: ['note.aws.http2'],
    text: `import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const kinesis = new KinesisClient({
  endpoint: ${quoted(at.endpoint)},
  region: ${quoted(at.region)},
  credentials: { accessKeyId: ${quoted(at.access_key)}, secretAccessKey: ${quoted(at.secret_key)} },
  userAgentAppId: ${quoted(at.client)},
  requestHandler: new NodeHttpHandler(),
});
console.log((await kinesis.send(new ListStreamsCommand({}))).StreamNames);`,
  };
}
