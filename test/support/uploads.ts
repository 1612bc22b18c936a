import { randomBytes } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { vi } from 'vitest';
import { addLocalClient } from '../../cli/local-clients.ts';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { outputs, post, request } from './app.ts';
import { account } from './desk-clock.ts';

/* Files through the deployed house, and what lies in its buckets. */

export interface File {
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

export interface Upload {
  uploadUrl: string;
  headers: Record<string, string>;
  documentRef: string;
}

/** @throws Error with the answer where it is not announced */
export async function announce(
  { name, contentType, bytes }: File,
  token = outputs.clientToken,
): Promise<Upload> {
  const { status, body } = await request('/v1/automations/invoice/uploads', {
    method: 'POST',
    body: JSON.stringify({ name, contentType, bytes: bytes.length }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  if (status !== 201) throw new Error(`the upload was answered ${status}: ${JSON.stringify(body)}`);
  return body as Upload;
}

export function put({ uploadUrl, headers }: Upload, bytes: Uint8Array): Promise<Response> {
  return fetch(uploadUrl, { method: 'PUT', headers, body: Buffer.from(bytes) });
}

/** @returns its reference */
export async function uploaded(file: File, token?: string): Promise<string> {
  const upload = await announce(file, token);
  const { status } = await put(upload, file.bytes);
  if (status !== 200) throw new Error(`the link answered ${status}`);
  return upload.documentRef;
}

/** An item of these documents, with a text of its own: the same documents make the same body otherwise. */
export const postDocuments = (...documents: string[]) =>
  post('invoice', { text: `Please find attached: ${documents.length}.`, documents });

/** Of another client, for the same automation. */
export async function foreignToken(): Promise<string> {
  const token = randomBytes(24).toString('hex');
  const entry = { name: 'somebody-else', sha256: sha256(token), automations: ['invoice'], role: 'client' };
  await addLocalClient('signalbox/local/clients', entry, outputs);
  // The authorizer looks for new clients now and then.
  const headers = { authorization: `Bearer ${token}` };
  await vi.waitFor(
    async () => {
      if ((await request('/v1/automations', { headers })).status !== 200) throw new Error('not known yet');
    },
    { timeout: 30_000, interval: 500 },
  );
  return token;
}

/** Keys of all objects of the content bucket and of the uploads that begin so. */
export async function objects(prefix: string): Promise<string[]> {
  const client = new AwsClient({
    ...{ accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1', service: 's3' },
  });
  const found = ['datacontent', 'datauploads'].map(async (id) => {
    const bucket = await account.resource('platform', id);
    const query = new URLSearchParams({ 'list-type': '2', prefix });
    const xml = await (await client.fetch(`${outputs.endpointUrl}/${bucket}?${query}`)).text();
    return [...xml.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
  });
  return (await Promise.all(found)).flat();
}
