import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../../kit/aws.ts';

/*
 * What a question is got hold of by, in a table of its own: the hashes of mailed links, and the tokens that wake the run. Whoever
 * may read the approval, such as `act` or the API, has neither. A row here is written before anybody is told: one without its
 * question opens nothing, and a question without its row is asked about anew.
 */

/** By the SHA-256 of a link's secret part, which is in the mail alone: of which question it is, and whom it was sent to. */
export interface LinkRow {
  id: string;
  approvalId: string;
  email: string;
  expiresAt: number;
}

interface TokenRow {
  id: string;
  /** Of the messages by which the run asked; the latest first. */
  tokens: string[];
}

export async function putLink(
  table: string,
  hash: string,
  link: Pick<LinkRow, 'approvalId' | 'email' | 'expiresAt'>,
): Promise<void> {
  await dynamo().send(new PutCommand({ TableName: table, Item: { id: `link#${hash}`, ...link } }));
}

/** Whom a link was sent to, or undefined when it is not a link of this question. */
export async function recipientOf(
  table: string,
  approvalId: string,
  hash: string,
): Promise<string | undefined> {
  const link = await read<LinkRow>(table, `link#${hash}`);
  return link?.approvalId === approvalId ? link.email : undefined;
}

/** Before the question is read: whoever decides it later finds the token, and what was decided before is found with it. */
export async function keepToken(
  table: string,
  approvalId: string,
  token: string,
  expiresAt: number,
): Promise<void> {
  if ((await tokensOf(table, approvalId)).includes(token)) return;
  await dynamo().send(
    new UpdateCommand({
      TableName: table,
      Key: { id: `token#${approvalId}` },
      UpdateExpression: 'SET tokens = list_append(:token, if_not_exists(tokens, :none)), expiresAt = :end',
      ExpressionAttributeValues: { ':token': [token], ':none': [], ':end': expiresAt },
    }),
  );
}

/** Every token that may still be waited under. None for a attention check, which has no run. */
export async function tokensOf(table: string, approvalId: string): Promise<readonly string[]> {
  return (await read<TokenRow>(table, `token#${approvalId}`))?.tokens ?? [];
}

async function read<T>(table: string, id: string): Promise<T | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
  );
  return Item as T | undefined;
}
