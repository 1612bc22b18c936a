import type { InboundMail } from '../../../contract/intake/mail.ts';
import type { MailThread } from '../../../contract/intake/thread.ts';
import { cutText } from '../../../kit/text.ts';

/** As RFC 5322 writes it, in plain letters: what is otherwise threads nowhere. */
const ID = /<[\x21-\x3b\x3d\x3f\x41-\x7e]{1,120}@[\x21-\x3b\x3d\x3f\x41-\x7e]{1,120}>/g;

/** SES takes a header's value of 870 signs. */
const MOST_REFERENCES = 800;

/** What an answer needs, so that it stands below the mail in its sender's program. Undefined where nobody can be answered. */
export function threadOf({ from, subject, messageId = '', headers }: InboundMail): MailThread | undefined {
  if (!from) return undefined;
  const [own] = messageId.match(ID) ?? [];
  const before = headers.references?.match(ID) ?? headers['in-reply-to']?.match(ID)?.slice(0, 1) ?? [];
  return {
    ...{ from, subject: cutText(subject, 500), references: shortened(before, own?.length ?? 0) },
    ...(own ? { messageId: own } : {}),
  };
}

/** The first one names the thread; of the others the last ones tell where in it. */
function shortened(ids: readonly string[], room: number): string[] {
  const [first, ...others] = ids;
  if (first === undefined) return [];
  let left = MOST_REFERENCES - room - first.length;
  const kept: string[] = [];
  for (const id of others.reverse()) {
    left -= id.length + 1;
    if (left < 0) break;
    kept.unshift(id);
  }
  return [first, ...kept];
}
