import { SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import type { EmailDestination } from '../../contract/outside/destination.ts';
import { sesOnce } from '../../kit/aws.ts';
import { InputError } from '../../kit/errors.ts';
import { cutText, oneLine, shownText } from '../../kit/text.ts';
import { type SuppressedBy, suppressedBy } from '../../tables/mail/suppressions.ts';
import type { Call, Connector } from './connector.ts';
import { inTime } from './in-time.ts';
import { faultOf } from './mail/faults.ts';
import { htmlOf } from './mail/html.ts';
import { threadFor } from './mail/thread.ts';
import { ruled } from './ruled.ts';

/** One address and nothing else: no second one, no name, no header. */
const ADDRESS =
  /^[^\s<>"(),;:\\@[\]]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
const MOST_ADDRESS = 254;
const MOST_TEXT = 100_000;
const MOST_SUBJECT = 200;

const SUPPRESSED: Readonly<Record<SuppressedBy, string>> = {
  bounce: 'mail to this address came back for good',
  complaint: 'the owner of this address called a mail of ours spam',
};

/**
 * Sends one mail. SES knows no idempotency key, so a call is never repeated: without an answer a person looks, and finds the mail by
 * its header `X-Signalbox-Action`, or by the tag of that name in the events of SES.
 */
export const email: Connector<EmailDestination> = {
  repeatable: () => false,
  async call(destination, call) {
    const { name } = destination;
    const { row, env, parameters, until } = call;
    const rules = ruled('email', destination, call);
    if (rules.reply && row.mail?.automatic)
      throw new InputError('the item came as a mail of a machine: no mail answers it');
    const to = parameters[rules.to];
    const text = parameters[rules.text];
    if (typeof to !== 'string' || to.length > MOST_ADDRESS || !ADDRESS.test(to))
      throw new InputError(`destination '${name}': '${rules.to}' is not one e-mail address`);
    if (typeof text !== 'string' || text.trim() === '' || text.length > MOST_TEXT)
      throw new InputError(
        `destination '${name}': '${rules.text}' is no text of 1 to ${MOST_TEXT} characters`,
      );
    const by = await suppressedBy(env.CONTROL_TABLE, env.SUBJECT_SECRET, to);
    if (by) throw new InputError(`destination '${name}' sends nothing: ${SUPPRESSED[by]}`);
    const thread = rules.reply ? await threadFor(row, env.CONTENT_BUCKET, to) : undefined;
    const subject = thread?.subject ?? cutText(oneLine(shownText(rules.subject(parameters))), MOST_SUBJECT);
    const headers = [
      { Name: 'Auto-Submitted', Value: rules.reply ? 'auto-replied' : 'auto-generated' },
      { Name: 'X-Auto-Response-Suppress', Value: 'All' },
      { Name: KEY_HEADER, Value: call.idempotencyKey },
      ...(thread?.headers ?? []),
    ];
    inTime(destination, until);
    const command = new SendEmailCommand(mailOf(destination, call, { to, subject, text, headers }));
    const sent = await sesOnce()
      .send(command)
      .catch((error: unknown) => {
        throw faultOf(name, error);
      });
    return { status: 200, ...(sent.MessageId ? { reference: sent.MessageId } : {}) };
  },
};

const KEY_HEADER = 'X-Signalbox-Action';

interface Letter {
  to: string;
  subject: string;
  text: string;
  headers: { Name: string; Value: string }[];
}

function mailOf(
  { from, replyTo, configurationSet }: EmailDestination,
  { idempotencyKey }: Pick<Call, 'idempotencyKey'>,
  { to, subject, text, headers }: Letter,
): SendEmailCommandInput {
  const plain = shown(text);
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return {
    ...{ FromEmailAddress: from, Destination: { ToAddresses: [to] }, ConfigurationSetName: configurationSet },
    ...(replyTo ? { ReplyToAddresses: [replyTo] } : {}),
    EmailTags: [{ Name: KEY_HEADER, Value: idempotencyKey }],
    Content: {
      Simple: {
        ...{ Subject: utf8(subject), Headers: headers },
        Body: { Text: utf8(plain), Html: utf8(htmlOf(plain)) },
      },
    },
  };
}

/** Line by line, without signs that no reader sees. */
function shown(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => shownText(line).trimEnd())
    .join('\n')
    .trim();
}
