import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../contract/outside/auth.ts';
import { Sha256 } from '../../kit/bucket/sha256.ts';
import { clock } from '../../kit/clock.ts';
import type { Outgoing } from '../send.ts';
import type { Held } from './held.ts';

/** The headers of a request to an API of AWS, or to one that knows its callers as AWS does. */
export async function signedForAws(
  { region = 'us-east-1', service = 'execute-api' }: Credentials,
  { method, url, headers, body }: Outgoing,
  held: Held,
): Promise<Record<string, string>> {
  const credentials = { accessKeyId: held('accessKeyId'), secretAccessKey: held('secretAccessKey') };
  const signer = new SignatureV4({ ...{ service, region, credentials, sha256: Sha256 } });
  const { protocol, hostname, port, host, pathname: path } = url;
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  const signed = await signer.sign(
    {
      ...{ method, protocol, hostname, path, query, headers: { ...headers, host } },
      ...(port ? { port: Number(port) } : {}),
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: new Date(clock.now()) },
  );
  return signed.headers;
}
