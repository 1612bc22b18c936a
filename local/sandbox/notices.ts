import type { IncomingMessage } from 'node:http';
import { confirmSubscription } from '../notices.ts';
import { isObject } from './brain-schema.ts';
import { header, Problem, readJson } from './http.ts';
import type { Mail } from './inbox.ts';

/**
 * What SNS posts for one of its e-mail subscribers: the mail it would send, or nothing where it only asks
 * whether they want it.
 * @throws Problem 400 for anything else; a web page elsewhere cannot send that header, and so cannot write
 * mails here
 */
export async function readNotice(
  request: IncomingMessage,
  to: string | null,
  emulatorUrl: string,
): Promise<Mail | undefined> {
  const kind = header(request, 'x-amz-sns-message-type');
  const body = kind === undefined ? undefined : await readJson(request);
  if (!isObject(body) || !to) throw new Problem(400, 'only SNS posts notices here');
  if (kind === 'SubscriptionConfirmation') {
    await confirmSubscription(emulatorUrl, String(body.TopicArn), String(body.Token));
    return undefined;
  }
  if (isFirstLook(String(body.Message))) return undefined;
  const at = Date.parse(String(body.Timestamp));
  return {
    to,
    from: 'no-reply@sns.amazonaws.com',
    subject: String(body.Subject || 'AWS Notification Message'),
    text: textOf(String(body.Message)),
    html: '',
    sentAt: new Date(Number.isNaN(at) ? Date.now() : at).toISOString(),
  };
}

/** A text of EventBridge's comes as a JSON string. */
function textOf(message: string): string {
  if (!/^".*"$/s.test(message)) return message;
  try {
    return String(JSON.parse(message));
  } catch {
    return message;
  }
}

/** An alarm that was just made finds that all is well: nobody waits for that. */
function isFirstLook(message: string): boolean {
  return /"OldStateValue":\s*"INSUFFICIENT_DATA"/.test(message) && /"NewStateValue":\s*"OK"/.test(message);
}
