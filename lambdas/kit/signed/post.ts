import { NodeHttpHandler } from '@smithy/node-http-handler';
import { signerOf } from './signer.ts';

export interface Posted {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
}

/** A signed call of a service that no client of the SDK is carried for. Never repeated here. */
export async function post(
  service: string,
  {
    path = '/',
    type,
    body,
    headers,
    timeoutMs,
    mostBytes,
  }: {
    path?: string;
    type: string;
    body: string;
    headers?: Record<string, string>;
    timeoutMs: number;
    mostBytes: number;
  },
): Promise<Posted> {
  const { AWS_REGION: region = 'us-east-1', AWS_ENDPOINT_URL } = process.env;
  const base = AWS_ENDPOINT_URL ?? `https://${service}.${region}.amazonaws.com`;
  const { protocol, hostname, port, host } = new URL(base);
  const signed = await signerOf(service).sign({
    ...{ method: 'POST', protocol, hostname, path, body },
    headers: { host, 'content-type': type, ...headers },
    ...(port ? { port: Number(port) } : {}),
  });
  http ??= new NodeHttpHandler({ connectionTimeout: 2_000 });
  const { response } = await http.handle(signed as never, { abortSignal: AbortSignal.timeout(timeoutMs) });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`${service} answered more than it ever should`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode, headers: response.headers, text };
}

let http: NodeHttpHandler | undefined;
