import {
  ANY_CONTENT_TYPE,
  CONTENT_TYPES,
  type DocumentPolicy,
  MOST_DOCUMENTS,
} from '../../../contract/document.ts';
import { bytesOf, type Email, filesOf } from '../../../kit/mail/parts.ts';
import { cutText } from '../../../kit/text.ts';
import { type File, kindOfName, refOf } from '../files.ts';

/** Proof of who wrote the mail, not a part of what it says. */
const SIGNATURES = [
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'application/pgp-signature',
];

/** Says nothing of a file, whatever its name. */
const UNSAID = [ANY_CONTENT_TYPE, 'binary/octet-stream', 'application/x-unknown', ''];

/** What becomes of a mail's attachments. */
export interface Attached {
  /** As far as the automation takes them. */
  files: File[];
  leftOut: number;
}

/** @param identity of the mail: the references of the same mail are the same */
export function attachedTo(
  email: Email,
  { name: automation, documents }: { name: string; documents?: DocumentPolicy },
  identity: string,
): Attached {
  const all = filesOf(email).filter(({ mimeType }) => !SIGNATURES.includes(mimeType));
  const fit = all.flatMap(({ mimeType, filename, content }, at): File[] => {
    const bytes = bytesOf({ content });
    const named = cutText(filename ?? '', 255) || `attachment ${at + 1}`;
    const contentType = documents && takenAs(mimeType, named, documents);
    if (!contentType || bytes.length === 0 || bytes.length > documents.mostBytes) return [];
    return [{ ref: refOf(automation, identity, at), name: named, contentType, bytes }];
  });
  const files = fit.slice(0, documents?.most ?? MOST_DOCUMENTS);
  return { files, leftOut: all.length - files.length };
}

/** The content type that it is announced as. Undefined where the automation does not take such files. */
function takenAs(mimeType: string, name: string, { types }: DocumentPolicy): string | undefined {
  const type = CONTENT_TYPES[mimeType];
  if (type) return types.includes(type) ? mimeType : undefined;
  if (!UNSAID.includes(mimeType)) return undefined;
  const kind = kindOfName(name);
  return kind === undefined || types.includes(kind) ? ANY_CONTENT_TYPE : undefined;
}
