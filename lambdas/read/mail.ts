import { parseMail } from '../kit/mail/parse.ts';
import { type Address, bytesOf, type Email, filesOf } from '../kit/mail/parts.ts';
import { MOST_PARTS } from './bounds.ts';
import { type Context, type Draft, textPage, withFiles } from './draft.ts';
import { Refused } from './refusal.ts';
import { readHtml, readText } from './text/read.ts';

/** A mail: who wrote what to whom, its text, then its attachments as further pages. */
export async function readMail(bytes: Uint8Array, context: Context): Promise<Draft> {
  const mail = await parsed(bytes);
  const body = mail.text?.trim() ? readText(mail.text) : readHtml(mail.html ?? '');
  const head = headOf(mail);
  const files = filesOf(mail).map(bytesOf);
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
  const mail = await parseMail(bytes);
  if (!mail) throw new Refused('too-deep');
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
