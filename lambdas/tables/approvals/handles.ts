import { get, put, update } from '../../kit/dynamo/rows.ts';

/*
 * The secrets of an approval, in a table of its own: hashes of mailed links, and the tokens that wake the
 * run. Functions that may read the approval, such as `act` or the API, see neither. A row here is written
 * before anybody is asked: one without an approval opens nothing, and an approval without its row is asked
 * for anew.
 */

/** By the SHA-256 of a link's secret part, which only the mail holds: its approval and its recipient. */
export interface LinkRow {
  id: string;
  approvalId: string;
  email: string;
  expiresAt: number;
}

interface TokenRow {
  id: string;
  /** Of the run's messages, latest first. */
  tokens: string[];
  expiresAt: number;
}

export async function putLink(
  table: string,
  hash: string,
  link: Pick<LinkRow, 'approvalId' | 'email' | 'expiresAt'>,
): Promise<void> {
  await put<LinkRow>(table, { id: `link#${hash}`, ...link });
}

/** The recipient of a link, or undefined if the link is not of this approval. */
export async function recipientOf(
  table: string,
  approvalId: string,
  hash: string,
): Promise<string | undefined> {
  const link = await get<LinkRow>(table, `link#${hash}`);
  return link?.approvalId === approvalId ? link.email : undefined;
}

/** Before the approval is read: a later decision finds the token, and an earlier one is found with it. */
export async function keepToken(
  table: string,
  approvalId: string,
  token: string,
  expiresAt: number,
): Promise<void> {
  if ((await tokensOf(table, approvalId)).includes(token)) return;
  await update<TokenRow>(table, `token#${approvalId}`, { prepend: { tokens: [token] }, set: { expiresAt } });
}

/** Every token that may still be waited for. None for an attention check, which has no run. */
export async function tokensOf(table: string, approvalId: string): Promise<readonly string[]> {
  return (await get<TokenRow>(table, `token#${approvalId}`))?.tokens ?? [];
}
