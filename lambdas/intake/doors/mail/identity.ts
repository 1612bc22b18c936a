import { sha256 } from '../../../kit/digest.ts';
import type { Email } from '../../../kit/mail/parts.ts';

/** Of what its sender wrote. Servers on its way add headers of their own, others at each try, and change none of these. */
const WRITTEN = [
  'message-id',
  'from',
  'to',
  'cc',
  'date',
  'subject',
  'content-type',
  'content-transfer-encoding',
];

/**
 * What a mail is known by when it comes again. Anybody may write anybody's Message-ID: two mails with one are two mails unless every
 * byte below their headers is the same.
 */
export function identityOf(email: Email | undefined, bytes: Uint8Array): string {
  if (!email) return sha256(Buffer.from(bytes));
  const headers = email.headers
    .filter(({ key }) => WRITTEN.includes(key))
    .map(({ key, value }) => [key, value]);
  return sha256(JSON.stringify([headers, sha256(Buffer.from(bytes.subarray(bodyStart(bytes))))]));
}

/** Where the first empty line ends; the beginning where there is none. */
function bodyStart(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return 0;
}
