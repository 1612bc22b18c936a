import { decoded, encodingOf } from '../kit/encoding/encoding.ts';
import { cutText, isBlank } from '../kit/text.ts';
import { openZip, type Zip } from './office/zip.ts';
import { Refused } from './refusal.ts';

/*
 * What a document is by its content: its name and its declared type are a stranger's words. Throws `Refused` for what nobody
 * here reads, by name.
 */

export type Sniffed =
  | { type: 'pdf' | 'tiff' }
  | { type: 'image'; format: 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp' }
  | { type: 'docx' | 'xlsx'; zip: Zip }
  | { type: 'mail' | 'csv' | 'html' | 'text' | 'xml'; text: string };

/** In two parts, so that no scanner takes our own code for it. */
const EICAR = Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE'].join(''));

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const ARCHIVES = [
  '1f8b',
  '425a68',
  'fd377a585a00',
  '377abcaf271c',
  '526172211a07',
  '28b52ffd',
  '4d534346',
  '504b0506',
  '4c5a4950',
];
const EXECUTABLES = [
  '4d5a',
  '7f454c46',
  'cafebabe',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  '0061736d',
  '4c000000011402',
  '2321',
];
const IMAGES = [
  ['89504e470d0a1a0a', 'png'],
  ['ffd8ff', 'jpeg'],
  ['474946383761', 'gif'],
  ['474946383961', 'gif'],
  ['424d', 'bmp'],
] as const;

export function sniff(bytes: Uint8Array): Sniffed {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = (signature: string): boolean => {
    const wanted = hex(signature);
    return all.subarray(0, wanted.length).equals(wanted);
  };
  if (all.length === 0) throw new Refused('empty');
  if (isMalwareTest(all)) throw new Refused('malware-test');
  // Readers of PDF forgive what stands above it: a program or an archive stays one.
  const above = all.subarray(0, 1024).indexOf('%PDF-');
  if (above > 0 && EXECUTABLES.some(starts)) throw new Refused('executable');
  if (above > 0 && ['504b0304', ...ARCHIVES].some(starts)) throw new Refused('archive');
  if (above >= 0) return { type: 'pdf' };
  if (starts('504b0304')) return ofZip(openZip(bytes));
  if (ARCHIVES.some(starts) || all.toString('latin1', 257, 262) === 'ustar') throw new Refused('archive');
  if (starts('d0cf11e0a1b11ae1')) throw new Refused(ofCompound(all));
  const format = IMAGES.find(([signature]) => starts(signature))?.[1];
  if (format && (format !== 'bmp' || isBmp(all))) return { type: 'image', format };
  if (starts('52494646') && all.toString('latin1', 8, 12) === 'WEBP')
    return { type: 'image', format: 'webp' };
  if (starts('49492a00') || starts('4d4d002a')) return { type: 'tiff' };
  if (EXECUTABLES.some(starts)) throw new Refused('executable');
  return ofText(bytes);
}

export const isMalwareTest = (bytes: Buffer): boolean => bytes.includes(EICAR);

/** `BM` begins many a text; a picture says how long its header is, too. */
const isBmp = (all: Buffer): boolean =>
  all.length > 30 && [12, 40, 52, 56, 64, 108, 124].includes(all.readUInt32LE(14));

function ofZip(zip: Zip): Sniffed {
  const has = (pattern: RegExp) => zip.names.some((name) => pattern.test(name));
  if (!zip.names.includes('[Content_Types].xml')) throw new Refused('archive');
  if (has(/vbaProject\.bin$|(?:^|\/)macrosheets\//i)) throw new Refused('macros');
  // The part may have any name: its type says what it is.
  const types = Buffer.from(zip.entry('[Content_Types].xml') ?? []).toString('latin1');
  if (/vnd\.ms-office\.vbaProject|macroEnabled|intlmacrosheet|ms-excel\.macrosheet/i.test(types))
    throw new Refused('macros');
  for (const name of zip.names.filter((name) => /(?:^|\/)embeddings\//.test(name))) {
    if (isMalwareTest(Buffer.from(zip.entry(name) ?? []))) throw new Refused('malware-test');
    if (/\.(?:exe|dll|scr|bat|cmd|js|vbs|jar|ps1|lnk|msi)$/i.test(name)) throw new Refused('executable');
  }
  if (has(/^word\/document\.xml$/)) return { type: 'docx', zip };
  if (has(/^xl\/workbook\.xml$/)) return { type: 'xlsx', zip };
  throw new Refused('unknown-type');
}

/** Files of before 2007, and encrypted ones of after. Names in them are UTF-16. */
function ofCompound(all: Buffer): 'encrypted' | 'macros' | 'old-office' {
  const names = (name: string) => all.includes(Buffer.from(name, 'utf16le'));
  if (names('EncryptedPackage') || names('EncryptionInfo')) return 'encrypted';
  return names('_VBA_PROJECT') || names('Macros') ? 'macros' : 'old-office';
}

const HEADERS =
  /^(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|reply-to|sender|x-[\w-]+|in-reply-to|references|dkim-signature)[ \t]*:/i;
const MOST_HEADER_LINES = 400;
/** Control characters but white space; what no encoding has. */
const STRANGE = /(?!\s)[\p{Cc}\ufffd]/gu;

function ofText(bytes: Uint8Array): Sniffed {
  const text = decoded(bytes);
  const head = cutText(text, 65_536);
  // Binary data of a kind that nobody here knows.
  const controls = head.match(STRANGE)?.length ?? 0;
  if (controls > head.length * 0.02 + (encodingOf(bytes).startsWith('utf-16') ? 0 : 1))
    throw new Refused('unknown-type');
  if (isBlank(text)) throw new Refused('empty');
  if (isMalwareTest(Buffer.from(cutText(text, 4096).replaceAll('\u0000', ''))))
    throw new Refused('malware-test');
  const start = head.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('{\\rtf')) throw new Refused('unknown-type');
  if (/^<\?xml\b/.test(start) && !/<html[\s>]/i.test(head.slice(0, 2048))) return { type: 'xml', text };
  if (
    /^(?:<\?xml\b|<!--|<!doctype\s+html|<(?:html|head|body|meta|title|style|div|table|p|span|font|br|center|h[1-6])[\s>/])/i.test(
      start,
    )
  )
    return { type: 'html', text };
  if (/^<(?:[\w-]+:)?(?:Invoice|CreditNote|CrossIndustryInvoice)[\s>]/.test(start))
    return { type: 'xml', text };
  if (isMail(start)) return { type: 'mail', text };
  if (/<html[\s>]|<body[\s>]/i.test(head.slice(0, 4096))) return { type: 'html', text };
  return { type: delimiterOf(start) ? 'csv' : 'text', text };
}

function isMail(start: string): boolean {
  const lines = start.slice(0, 65_536).split(/\r\n|\r|\n/, MOST_HEADER_LINES);
  const first = /^From \S+/.test(lines[0] ?? '') ? 1 : 0;
  const end = lines.indexOf('', first);
  const block = lines.slice(first, end < 0 ? undefined : end);
  if (!/^[!-9;-~]+[ \t]*:/.test(block[0] ?? '')) return false;
  const known = new Set(block.flatMap((line) => HEADERS.exec(line)?.[0].toLowerCase() ?? []));
  const strange = block.filter((line) => !/^(?:[!-9;-~]+[ \t]*:|[ \t])/.test(line));
  // A forwarded message begins with such lines, too; a mail has nothing else above its first empty line.
  return known.size >= 2 && strange.length <= block.length * 0.2;
}

/** What parts the cells, if the lines are those of a table: each line with as many of it. */
export function delimiterOf(text: string): string | undefined {
  const lines = text
    .slice(0, 20_000)
    // What stands in quotes parts nothing, and may reach over lines.
    .replaceAll(/"(?:[^"]|"")*"/g, 'x')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim())
    .slice(0, 20);
  if (lines.length < 2) return undefined;
  return ['\t', ';', ',', '|'].find((delimiter) => {
    // The last of them may be cut.
    const counts = lines
      .slice(0, lines.length > 2 ? -1 : undefined)
      .map((line) => line.split(delimiter).length - 1);
    const [first = 0] = counts;
    // Sentences with a comma each are no table.
    if (delimiter === ',' && isProse(lines)) return false;
    const least = lines.length > 3 ? 1 : 2;
    return (
      first >= least && counts.every((count) => count === first) && lines.every((it) => it.length < 4000)
    );
  });
}

/** People leave a space behind a comma, and programs do not. */
function isProse(lines: readonly string[]): boolean {
  const text = lines.join('\n');
  const commas = text.match(/,/g)?.length ?? 0;
  return (text.match(/, /g)?.length ?? 0) > commas / 2 && lines.some((line) => /[.!?:]$/.test(line.trim()));
}
