import { logAwsCall } from '../aws.ts';
import { post } from './post.ts';

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
  /** Lambda has not begun it: there is no such function, this one may not call it, or not in the state that it is in. */
  | { outcome: 'refused'; status: number }
  /** Nobody knows how far it came. `status` where Lambda answered; neither where the function failed. */
  | { outcome: 'unknown'; status?: number; cause?: unknown };

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
    const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
    const type = 'application/json';
    const { status, headers, text } = await post('lambda', { path, type, body, timeoutMs, mostBytes });
    const failed = headers['x-amz-function-error'] !== undefined;
    if (status === 429) return { outcome: 'throttled' };
    if (status >= 400 && status < 500) return { outcome: 'refused', status };
    if (status >= 300) return { outcome: 'unknown', status };
    if (failed) return { outcome: 'unknown' };
    return { outcome: 'answered', answer: JSON.parse(text) };
  } catch (cause) {
    return { outcome: 'unknown', cause };
  }
}
