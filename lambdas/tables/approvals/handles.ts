import { get, put, update } from '../../kit/dynamo.ts';

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
  expiresAt: number;
}

export async function putLink(
  table: string,
  hash: string,
  link: Pick<LinkRow, 'approvalId' | 'email' | 'expiresAt'>,
): Promise<void> {
  await put<LinkRow>(table, { id: `link#${hash}`, ...link });
}

/** Whom a link was sent to, or undefined when it is not a link of this question. */
export async function recipientOf(
  table: string,
  approvalId: string,
  hash: string,
): Promise<string | undefined> {
  const link = await get<LinkRow>(table, `link#${hash}`);
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
  await update<TokenRow>(table, `token#${approvalId}`, { prepend: { tokens: [token] }, set: { expiresAt } });
}

/** Every token that may still be waited under. None for a attention check, which has no run. */
export async function tokensOf(table: string, approvalId: string): Promise<readonly string[]> {
  return (await get<TokenRow>(table, `token#${approvalId}`))?.tokens ?? [];
}
