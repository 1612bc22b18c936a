import type { TaskMessage } from '../../contract/item/messages.ts';
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

/** Who waits for an approval. */
export interface WaitingRun {
  /** Of the run's messages, latest first: each may still be waited for. */
  tokens: readonly string[];
  /** Where what is approved goes. Absent of a run of an earlier version, which sends it there itself. */
  actionQueueUrl?: string;
}

interface TokenRow extends WaitingRun {
  id: string;
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
  { taskToken, actionQueueUrl }: Pick<TaskMessage, 'taskToken' | 'actionQueueUrl'>,
  expiresAt: number,
): Promise<void> {
  if ((await waitingRun(table, approvalId)).tokens.includes(taskToken)) return;
  await update<TokenRow>(table, `token#${approvalId}`, {
    prepend: { tokens: [taskToken] },
    set: { expiresAt, ...(actionQueueUrl === undefined ? {} : { actionQueueUrl }) },
  });
}

/** The run that waits, in its own words. An attention check has none, and so no token. */
export async function waitingRun(table: string, approvalId: string): Promise<WaitingRun> {
  return (await get<TokenRow>(table, `token#${approvalId}`)) ?? { tokens: [] };
}
