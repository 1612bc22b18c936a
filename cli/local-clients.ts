import { AwsClient } from 'aws4fetch';
import type { Outputs } from '../local/outputs.ts';
import { Unreachable } from './errors.ts';

interface Entry {
  name: string;
}

/**
 * Adds a client to a local run, as the `aws` commands do for an account: the emulator takes any key, and
 * nobody needs the AWS command line. Other clients' entries stay.
 * @throws Unreachable if the run does not answer
 */
export async function addLocalClient(
  secretId: string,
  entry: Entry,
  { endpointUrl, region }: Outputs,
): Promise<void> {
  const aws = new AwsClient({
    ...{ accessKeyId: 'test', secretAccessKey: 'test' },
    ...{ service: 'secretsmanager', region, retries: 0 },
  });
  const call = async (action: string, body: object): Promise<{ SecretString?: string }> => {
    const response = await aws
      .fetch(endpointUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `secretsmanager.${action}`,
        },
        body: JSON.stringify({ SecretId: secretId, ...body }),
        signal: AbortSignal.timeout(10_000),
      })
      .catch(() => undefined);
    if (response?.ok) return (await response.json()) as { SecretString?: string };
    const said = response ? `it answered ${response.status}` : 'no answer';
    throw new Unreachable(`the local run at ${endpointUrl} did not take the client (${said}): run npm start`);
  };
  const { SecretString = '{}' } = await call('GetSecretValue', {});
  const { clients = [] } = JSON.parse(SecretString) as { clients?: Entry[] };
  const others = clients.filter(({ name }) => name !== entry.name);
  await call('PutSecretValue', { SecretString: JSON.stringify({ clients: [...others, entry] }) });
}
