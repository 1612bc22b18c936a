import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { networkOf } from '../../shared/address.ts';
import { dynamo, sqs } from '../../shared/clients.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../shared/clock.ts';
import type { DeskSettings } from '../../shared/desk.ts';
import { sha256 } from '../../shared/digest.ts';
import { errorFacts } from '../../shared/errors.ts';
import type { SignInErrand } from '../../shared/item.ts';
import { isConditionFailure } from '../../shared/items.ts';
import { logger } from '../../shared/telemetry.ts';
import { takePlaces, waitForPlace } from '../question/mail-pace.ts';
import { knownAddress } from './identity.ts';
import { newLink, takeTurn, turnId } from './sign-in-links.ts';
import { sendSignInMail } from './sign-in-mail.ts';

/*
 * Asking for a link and sending it are two things. The page only puts the request into the queue, whatever the address: neither its words
 * nor its time say who has a role. The worker looks the address up.
 */

/** Requests of one source in an hour, and of all sources in a minute: the queue is the approvals' own. */
const PER_SOURCE_AND_HOUR = 20;
const PER_MINUTE = 60;

/** Puts a request into the queue, unless its source, or everybody together, has asked too often. */
export async function askForLink(
  env: { CONTROL_TABLE: string; APPROVALS_QUEUE_URL: string },
  { email, next, source }: { email: string; next: string; source: string },
): Promise<void> {
  const hour = Math.floor(clock.now() / 3_600_000);
  const minute = Math.floor(clock.now() / 60_000);
  const allowed =
    (await counted(env.CONTROL_TABLE, [sha256(networkOf(source)).slice(0, 32), hour], PER_SOURCE_AND_HOUR)) &&
    (await counted(env.CONTROL_TABLE, ['all', minute], PER_MINUTE));
  if (!allowed) return logger.warn('sign-in refused', { reason: 'asked too often' });
  const errand: SignInErrand = { errand: 'sign in', email, next };
  const MessageBody = JSON.stringify(errand);
  await sqs().send(new SendMessageCommand({ QueueUrl: env.APPROVALS_QUEUE_URL, MessageBody }));
}

async function counted(table: string, [who, when]: [string, number], most: number): Promise<boolean> {
  try {
    await dynamo().send(
      new UpdateCommand({
        TableName: table,
        Key: { id: `signin-from#${who}#${when}` },
        UpdateExpression: 'SET expiresAt = :expiresAt ADD asked :one',
        ConditionExpression: 'attribute_not_exists(asked) OR asked < :most',
        ExpressionAttributeValues: { ':one': 1, ':most': most, ':expiresAt': epochSeconds(DAY_SECONDS) },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/**
 * Sends a link to who has a role and had no mail lately. @throws TransientError when the mail service takes none now: it comes again
 */
export async function sendLink(
  { env, settings }: { env: { CONTROL_TABLE: string; BASE_URL: string }; settings: DeskSettings },
  { email: typed, next }: SignInErrand,
): Promise<void> {
  const email = knownAddress(settings, typed);
  if (!email) return logger.info('sign-in refused', { reason: 'unknown address' });
  if (!(await takeTurn(env.CONTROL_TABLE, email)))
    return logger.info('sign-in refused', { reason: 'too soon' });
  try {
    const [place = 0] = takePlaces(1, settings.mailPerSecond);
    await waitForPlace(place);
    const token = await newLink(env.CONTROL_TABLE, email, next);
    const url = `${env.BASE_URL.replace(/\/+$/, '')}/console/sign-in/${token}`;
    await sendSignInMail(settings.sender, email, url);
    logger.info('sign-in link sent');
  } catch (error) {
    const { class: kind, message } = errorFacts(error);
    logger.error('sign-in mail failed', { error: kind, reason: message });
    if (kind !== 'TransientError') return;
    // The next delivery is not too soon.
    await dynamo().send(new DeleteCommand({ TableName: env.CONTROL_TABLE, Key: { id: turnId(email) } }));
    throw error;
  }
}
