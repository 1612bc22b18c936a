import type { MailThread } from '../../../contract/intake/thread.ts';
import type { ItemRow } from '../../../contract/item/row.ts';
import { SystemError } from '../../../kit/errors.ts';
import { getContent } from '../../../kit/objects.ts';
import { cutText, oneLine, shownText } from '../../../kit/text.ts';
import { threadKey } from '../../../tables/keys.ts';

/** Where an answer stands: its subject, and the headers by which mail programs put it below the mail. */
export interface Thread {
  subject: string;
  headers: readonly { Name: string; Value: string }[];
}

const MOST_SUBJECT = 200;
const ANSWERS = /^(?:(?:re|aw|antw|sv|vs|tr|odp)(?:\[\d+\])?\s*:\s*)+/i;

/**
 * Undefined unless the item came as a mail of this very address, and its domain answers for it: a forged mail would have us send
 * words of a stranger to somebody who wrote nothing.
 */
export async function threadFor(
  { id, mail }: Pick<ItemRow, 'id' | 'mail'>,
  bucket: string,
  to: string,
): Promise<Thread | undefined> {
  if (!mail?.verified) return undefined;
  const thread = await getContent<MailThread>(bucket, threadKey(id)).catch((error: unknown) => {
    // Content has a shorter life than its item, and an earlier version kept none of this.
    if (error instanceof SystemError) return undefined;
    throw error;
  });
  if (!thread || thread.from.toLowerCase() !== to.toLowerCase()) return undefined;
  return { subject: answerTo(thread.subject), headers: headersOf(thread) };
}

function answerTo(subject: string): string {
  const plain = oneLine(shownText(subject)).replace(ANSWERS, '').trim();
  return `Re: ${cutText(plain, MOST_SUBJECT - 4)}`.trim();
}

function headersOf({ messageId, references }: MailThread) {
  if (!messageId) return [];
  return [
    { Name: 'In-Reply-To', Value: messageId },
    { Name: 'References', Value: [...references.filter((id) => id !== messageId), messageId].join(' ') },
  ];
}
