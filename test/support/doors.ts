import { AwsClient } from 'aws4fetch';
import { outputs } from './app.ts';

/* What others send to the deployed doors: mails, by the sandbox that stands for SES, and objects into the drop bucket. */

const s3 = new AwsClient({
  accessKeyId: 'test',
  secretAccessKey: 'test',
  region: 'us-east-1',
  service: 's3',
});

export async function sendMail(raw: string | Uint8Array, query = ''): Promise<Response> {
  return fetch(`${outputs.inboundMailUrl}${query}`, { method: 'POST', body: Buffer.from(raw) });
}

const objectUrl = (key: string) =>
  `${outputs.endpointUrl}/${outputs.dropBucket}/${key.split('/').map(encodeURIComponent).join('/')}`;

/** @throws Error where the bucket does not take it */
export async function drop(
  key: string,
  bytes: Uint8Array | string,
  contentType = 'application/pdf',
): Promise<void> {
  const headers = { 'content-type': contentType };
  const { status } = await s3.fetch(objectUrl(key), { method: 'PUT', body: Buffer.from(bytes), headers });
  if (status !== 200) throw new Error(`the drop bucket answered ${status}`);
}

/** Whether it lies in the drop bucket. */
export async function isDropped(key: string): Promise<boolean> {
  return (await s3.fetch(objectUrl(key))).status === 200;
}
