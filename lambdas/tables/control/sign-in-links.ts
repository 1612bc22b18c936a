import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../kit/aws.ts';
import { epochSeconds, isoNow } from '../../kit/clock.ts';
import { addressHash, newLinkToken, sha256 } from '../../kit/digest.ts';
import { isConditionFailure } from '../items/items.ts';

export const LINK_MINUTES = 15;

/** One mail per address and minute: a mailbox is not filled by somebody who types its address. */
const MAIL_SECONDS = 60;

/** The control table's row of a mailed link. The secret itself is in the mail alone. */
export interface SignInLink {
  /** `signin#` and the SHA-256 of the link's secret. */
  id: string;
  email: string;
  /** The page to go to. */
  next: string;
  usedAt?: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

export function turnId(email: string): string {
  return `signin-mail#${addressHash(email)}`;
}

/** Takes this minute's turn of an address; false when it is taken. */
export async function takeTurn(table: string, email: string): Promise<boolean> {
  const put = new PutCommand({
    TableName: table,
    Item: {
      id: turnId(email),
      sentAt: epochSeconds(),
      expiresAt: epochSeconds(2 * MAIL_SECONDS),
    },
    ConditionExpression: 'attribute_not_exists(id) OR sentAt <= :before',
    ExpressionAttributeValues: { ':before': epochSeconds(-MAIL_SECONDS) },
  });
  return holds(dynamo().send(put));
}

/** A new link for an address. @returns its secret part, which is kept nowhere */
export async function newLink(table: string, email: string, next: string): Promise<string> {
  const token = newLinkToken();
  const link: SignInLink = { id: idOf(token), email, next, expiresAt: epochSeconds(LINK_MINUTES * 60) };
  await dynamo().send(new PutCommand({ TableName: table, Item: link }));
  return token;
}

/** Changes nothing. Whether it may still be used is for `isGood` to say. */
export async function readLink(table: string, token: string): Promise<SignInLink | undefined> {
  if (!/^[\w-]{43}$/.test(token)) return undefined;
  const get = new GetCommand({ TableName: table, Key: { id: idOf(token) }, ConsistentRead: true });
  return (await dynamo().send(get)).Item as SignInLink | undefined;
}

/** The table forgets late, so the time is looked at here. */
export function isGood({ usedAt, expiresAt }: SignInLink): boolean {
  return usedAt === undefined && expiresAt > epochSeconds();
}

/** Uses a link up: one conditional write, so that of two presses one counts. The row stays, to tell the second one when. */
export async function useLink(table: string, { id }: SignInLink): Promise<boolean> {
  const update = new UpdateCommand({
    TableName: table,
    Key: { id },
    UpdateExpression: 'SET usedAt = :at',
    ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(usedAt) AND expiresAt > :now',
    ExpressionAttributeValues: { ':at': isoNow(), ':now': epochSeconds() },
  });
  return holds(dynamo().send(update));
}

async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

function idOf(token: string): string {
  return `signin#${sha256(token)}`;
}
