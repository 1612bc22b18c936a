import { type Draft, textPage } from '../draft.ts';
import { Refused } from '../refusal.ts';
import { sniff } from '../sniff.ts';
import { isAmbiguous } from './ambiguous.ts';
import { filesIn, invoiceOf } from './invoice.ts';
import { told } from './told.ts';
import { parseXml } from './xml.ts';

/** What must not lie in an invoice; anything else in it is left to whoever looks at it. */
const HARMFUL: ReadonlySet<string> = new Set(['malware-test', 'executable', 'macros', 'archive']);

/** An e-invoice as data, and as a text of it. Files inside it are looked at, not read. */
export function readXml(source: string): Draft {
  const root = parseXml(source.replace(/^\ufeff/, ''));
  const structured = invoiceOf(root);
  const files = filesIn(root);
  for (const file of files) check(Buffer.from(file, 'base64'));
  return {
    type: 'xml',
    pages: [textPage(told(structured), 'xml')],
    structured,
    suspicions: [
      ...(files.length > 0 ? ['attachment-not-read'] : []),
      ...(isAmbiguous(root, structured) ? ['ambiguous-invoice'] : []),
    ],
  };
}

function check(file: Uint8Array): void {
  try {
    sniff(file);
  } catch (error) {
    if (!(error instanceof Refused) || HARMFUL.has(error.refusal)) throw error;
  }
}
