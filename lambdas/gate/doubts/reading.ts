import type { Duplicate } from '../../contract/item/duplicates.ts';
import type { Prepared } from '../../contract/item/envelope.ts';
import {
  ATTACHMENT_LEFT_OUT,
  CUT_SHORT,
  HIDDEN_TEXT,
  LOST_TEXT,
  OF_DOCUMENT,
  OF_FOUND,
  PART_LEFT_OUT,
  SENDER_UNVERIFIED,
  SPAM,
  TOO_MANY_MARKS,
} from '../../contract/item/reading.ts';

/** Prepare's doubts about the reading itself; every other suspicion is about the text's words. */
const READING: Readonly<Record<string, string>> = {
  [CUT_SHORT]: 'the text is too long: only its beginning was read',
  [PART_LEFT_OUT]: 'the text is long, and not all of it was read',
  [HIDDEN_TEXT]: 'the message holds text that its reader does not see: it was left out',
  [LOST_TEXT]: 'an earlier message below it was taken off, and it may have been forwarded',
  [TOO_MANY_MARKS]: 'letters carry more marks than any language writes: they were taken off',
  [SENDER_UNVERIFIED]: 'the mail did not pass SPF, DKIM and DMARC: its sender may be somebody else',
  [SPAM]: 'the mail looks like spam',
  [ATTACHMENT_LEFT_OUT]:
    'the mail came with an attachment that this automation does not take: nobody read it',
};

/** Why nobody should act alone on a text: one reason for each of prepare's doubts. */
export function readingObjections({ suspicions }: Pick<Prepared, 'suspicions'>): string[] {
  const ofDocuments = suspicions.filter((name) => name.startsWith(OF_DOCUMENT));
  const ofFound = suspicions.filter((name) => name.startsWith(OF_FOUND));
  const instructions = suspicions.filter(
    (name) => !Object.hasOwn(READING, name) && !ofDocuments.includes(name) && !ofFound.includes(name),
  );
  const reasons = Object.entries(READING).flatMap(([name, reason]) =>
    suspicions.includes(name) ? [reason] : [],
  );
  if (ofDocuments.length > 0) {
    const names = ofDocuments.map((name) => name.slice(OF_DOCUMENT.length));
    reasons.push(`a document needs a person's eye (${names.join(', ')})`);
  }
  if (ofFound.length > 0) {
    const names = ofFound.map((name) => name.slice(OF_FOUND.length));
    reasons.push(`what was looked up looks like instructions to the model (${names.join(', ')})`);
  }
  return instructions.length === 0
    ? reasons
    : [`the text looks like instructions to the model (${instructions.join(', ')})`, ...reasons];
}

/** Why a duplicate does not go on, in fixed words: which item was first is a fact of its own. */
export function duplicateReason({ by }: Pick<Duplicate, 'by'>): string {
  return by === 'key'
    ? 'a duplicate: an earlier item is about the same'
    : 'perhaps a duplicate: its text is nearly that of an earlier item';
}
