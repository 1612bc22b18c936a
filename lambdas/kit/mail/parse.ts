import '#start';
import PostalMime, { type Email } from 'postal-mime';

/** What lies deeper, or has longer headers, is nobody's mail. */
const BOUNDS = { maxNestingDepth: 30, maxHeadersSize: 1024 * 1024 };

/** A mail with the mails in it as attachments. Undefined if it is nested too deep, or has too long headers. */
export async function parseMail(bytes: Uint8Array): Promise<Email | undefined> {
  // A line that mail boxes put before each mail is none of it.
  const start = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'From ' ? bytes.indexOf(10) + 1 : 0;
  return PostalMime.parse(bytes.subarray(start), { forceRfc822Attachments: true, ...BOUNDS }).catch(
    () => undefined,
  );
}
