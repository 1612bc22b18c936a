import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';

export type { Address, Attachment, Email } from 'postal-mime';

/** What lies deeper, or has longer headers, is nobody's mail. */
const BOUNDS = { maxNestingDepth: 30, maxHeadersSize: 1024 * 1024 };

/** Signatures and newsletters carry their logos along. */
const SMALL_PICTURE = 30_000;

/** A mail with the mails in it as attachments. Undefined if it is nested too deep, or has too long headers. */
export async function parseMail(bytes: Uint8Array): Promise<Email | undefined> {
  // A line that mail boxes put before each mail is none of it.
  const start = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'From ' ? bytes.indexOf(10) + 1 : 0;
  return PostalMime.parse(bytes.subarray(start), { forceRfc822Attachments: true, ...BOUNDS }).catch(
    () => undefined,
  );
}

/** Its attachments, without the small pictures of its text. */
export function filesOf({ attachments }: Email): Attachment[] {
  return attachments.filter(({ mimeType, content, disposition, contentId }) => {
    const inline = disposition === 'inline' || contentId !== undefined;
    return !(mimeType.startsWith('image/') && inline && sizeOf(content) < SMALL_PICTURE);
  });
}

/** The mailboxes of a list, those in groups among them. */
export function mailboxesOf(addresses: readonly Address[] = []): { name: string; address: string }[] {
  return addresses.flatMap((it) => (it.group ? it.group : [{ name: it.name, address: it.address }]));
}

const sizeOf = (content: Attachment['content']): number =>
  typeof content === 'string' ? content.length : content.byteLength;

export const bytesOf = ({ content }: Pick<Attachment, 'content'>): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
