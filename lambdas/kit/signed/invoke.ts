import { NodeHttpHandler } from '@smithy/node-http-handler';
import { logAwsCall } from '../aws.ts';
import { signerOf } from './signer.ts';

/*
 * A call of another function that waits for its answer, with the signer and the connections of the AWS SDK, which every function
 * carries: the Lambda client alone would make `act` a quarter larger. It is never repeated here: whoever calls knows what a second
 * call would do.
 */

/** What became of a call. */
export type Invoked =
  | { outcome: 'answered'; answer: unknown }
  /** Lambda has not begun it: there is no room now, or none for a while. */
  | { outcome: 'throttled' }
  /** There is no such function, or this one may not call it. */
  | { outcome: 'refused'; status: number }
  /** Nobody knows how far it came. */
  | { outcome: 'unknown'; cause?: unknown };

const MOST_ANSWER_BYTES = 64 * 1024;

/** Invokes a function by its name. @param event is not kept by Lambda: a synchronous call is in no queue */
export async function invoke(
  functionName: string,
  event: object,
  timeoutMs: number,
  mostBytes = MOST_ANSWER_BYTES,
): Promise<Invoked> {
  logAwsCall('lambda', 'InvokeFunction', [functionName]);
  const body = JSON.stringify(event);
  try {
    const { status, failed, text } = await post(functionName, body, timeoutMs, mostBytes);
    if (status === 429) return { outcome: 'throttled' };
    if (status >= 400 && status < 500) return { outcome: 'refused', status };
    if (status >= 300 || failed) return { outcome: 'unknown' };
    return { outcome: 'answered', answer: JSON.parse(text) };
  } catch (cause) {
    return { outcome: 'unknown', cause };
  }
}

async function post(functionName: string, body: string, timeoutMs: number, mostBytes: number) {
  const { AWS_REGION: region = 'us-east-1', AWS_ENDPOINT_URL } = process.env;
  const base = AWS_ENDPOINT_URL ?? `https://lambda.${region}.amazonaws.com`;
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  const { protocol, hostname, port, host } = new URL(base);
  const signed = await signerOf('lambda').sign({
    ...{ method: 'POST', protocol, hostname, path, body },
    ...{ headers: { host, 'content-type': 'application/json' } },
    ...(port ? { port: Number(port) } : {}),
  });
  http ??= new NodeHttpHandler({ connectionTimeout: 2_000 });
  const { response } = await http.handle(signed as never, { abortSignal: AbortSignal.timeout(timeoutMs) });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error('a function answered more than any of ours does');
    chunks.push(chunk);
  }
  return {
    status: response.statusCode,
    failed: response.headers['x-amz-function-error'] !== undefined,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

let http: NodeHttpHandler | undefined;
