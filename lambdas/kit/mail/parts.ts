import type { Address, Attachment, Email } from 'postal-mime';

export type { Address, Attachment, Email } from 'postal-mime';

/* Of a mail that was read (`parse.ts`, which carries the library that reads them). */

/** Signatures and newsletters carry their logos along. */
const SMALL_PICTURE = 30_000;

/** The attachments of a mail, without the small pictures of its text. */
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
