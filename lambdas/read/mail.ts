import PostalMime, { type Address, type Email } from 'postal-mime';
import { MOST_PARTS } from './bounds.ts';
import { type Context, type Draft, textPage, withFiles } from './draft.ts';
import { Refused } from './refusal.ts';
import { readHtml, readText } from './text/read.ts';

/** Signatures and newsletters carry their logos along. */
const SMALL_PICTURE = 30_000;

/** A mail: who wrote what to whom, its text, then its attachments as further pages. */
export async function readMail(bytes: Uint8Array, context: Context): Promise<Draft> {
  const mail = await parsed(bytes);
  const body = mail.text?.trim() ? readText(mail.text) : readHtml(mail.html ?? '');
  const head = headOf(mail);
  const files = mail.attachments
    .filter(({ mimeType, content, disposition, contentId }) => {
      const inline = disposition === 'inline' || contentId !== undefined;
      return !(mimeType.startsWith('image/') && inline && sizeOf(content) < SMALL_PICTURE);
    })
    .map(({ content }) => bytesOf(content));
  context.onPage(1);
  return withFiles(
    {
      type: 'mail',
      pages: [textPage([head, body.pages[0]?.text ?? ''].join('\n\n'))],
      suspicions: body.suspicions,
    },
    files,
    context,
  );
}

async function parsed(bytes: Uint8Array): Promise<Email> {
  // A line that mail boxes put before each mail is none of it.
  const start = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'From ' ? bytes.indexOf(10) + 1 : 0;
  let mail: Email;
  try {
    mail = await PostalMime.parse(bytes.subarray(start), {
      forceRfc822Attachments: true,
      maxNestingDepth: 30,
      maxHeadersSize: 1024 * 1024,
    });
  } catch {
    throw new Refused('too-deep');
  }
  if (mail.attachments.length > MOST_PARTS) throw new Refused('decompression-bomb');
  return mail;
}

function headOf({ from, to, cc, subject, date }: Email): string {
  const lines: [string, string | undefined][] = [
    ['From', from && written([from])],
    ['To', written(to ?? [])],
    ['Cc', written(cc ?? [])],
    ['Date', date],
    ['Subject', subject],
  ];
  return lines
    .flatMap(([name, value]) => (value ? `${name}: ${value.replaceAll(/\s+/g, ' ')}` : []))
    .join('\n');
}

const written = (addresses: readonly Address[]): string =>
  addresses
    .slice(0, 50)
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : (address ?? name)))
    .join(', ');

const sizeOf = (content: string | ArrayBuffer | Uint8Array): number =>
  typeof content === 'string' ? content.length : content.byteLength;

const bytesOf = (content: string | ArrayBuffer | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
