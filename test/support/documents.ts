import { crc32, deflateRawSync } from 'node:zlib';
import type { DocumentPolicy, Reading } from '../../lambdas/contract/document.ts';
import { DOCUMENT_TYPES } from '../../lambdas/contract/document.ts';
import { readDocument } from '../../lambdas/read/read-document.ts';

export const EVERY_TYPE: DocumentPolicy = { types: DOCUMENT_TYPES, mostBytes: 50_000_000, mostPages: 200 };

/** The reading of what must be read, or the name of the refusal. */
export async function read(
  bytes: Uint8Array | string,
  policy: Partial<DocumentPolicy> = {},
): Promise<Reading | string> {
  const result = await readDocument(Buffer.from(bytes), { policy: { ...EVERY_TYPE, ...policy } });
  if ('refusal' in result) return result.refusal;
  result.close();
  return result.reading;
}

export async function readingOf(
  bytes: Uint8Array | string,
  policy: Partial<DocumentPolicy> = {},
): Promise<Reading> {
  const reading = await read(bytes, policy);
  if (typeof reading === 'string') throw new Error(`refused: ${reading}`);
  return reading;
}

export const textOf = ({ pages }: Reading): string => pages.map(({ text }) => text).join('\n\n');

/** In two parts, as in the code that looks for it. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** A zip archive of these files. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>, flags = 0): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(raw), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(raw.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, place, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
