import { isUtf8 } from 'node:buffer';
import type { Doubt, Repair } from '../../contract/intake/repair.ts';
import { encodingOf } from '../encoding/encoding.ts';

/** A body as it came, and what its sender says of it. */
export interface Came {
  bytes: Uint8Array;
  /** The charset that its sender named. */
  charset?: string | undefined;
  /** It was changed on the way. */
  damaged?: boolean | undefined;
}

export type Text = { text: string; repairs: Repair[]; doubts: Doubt[] } | { fault: string };

/** The bytes as text: by their mark, by the charset that was named, or by what they look like, which is a doubt. */
export function textOf({ bytes, charset, damaged }: Came): Text {
  if (damaged) return { fault: 'bytes of it that are not UTF-8 were lost on the way' };
  // Gzip; no text begins so.
  if (bytes[0] === 0x1f) return { fault: 'it is compressed' };
  const named = charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset) ? undefined : charset;
  const looks = encodingOf(bytes, named);
  // Whoever names another charset for what is UTF-8 has mostly the wrong name for it.
  const encoding = isUtf8(bytes) && !looks.startsWith('utf-16') ? 'utf-8' : looks;
  const text = new TextDecoder(encoding).decode(bytes);
  if (NO_TEXT.test(text)) return { fault: 'it is no text' };
  const marked = encoding === 'utf-8' && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (encoding === 'utf-8' && !marked && (named === undefined || isAscii(text)))
    return { text, repairs: [], doubts: [] };
  const from = marked ? 'utf-8 with a byte order mark' : encoding === 'utf-8' ? (named ?? '') : encoding;
  const sure = marked || encoding.startsWith('utf-16') || (encoding !== 'utf-8' && named !== undefined);
  return {
    ...{ text, doubts: sure ? [] : ['encoding'] },
    repairs: [{ pointer: '', from, to: 'utf-8', by: 'encoding' }],
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
const isAscii = (text: string) => /^[\u0000-\u007f]*$/.test(text);
