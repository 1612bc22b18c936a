import { crc32 } from 'node:zlib';

/** The zip archive of these files, stored as they are: the simplest form that a function's code may have. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const file = Buffer.from(name);
    // Version 2.0, names in UTF-8, stored, on 1 January 1980.
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(0x800, 2);
    about.writeUInt16LE(0x21, 8);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(content.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(file.length, 22);
    const made = Buffer.from([20, 3]);
    // No comment, disk 0, a plain file that all may read, and where in the archive it begins.
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 0x10000, 6);
    rest.writeUInt32LE(lengthOf(locals), 10);
    locals.push(Buffer.concat([signature(0x04034b50), about, file, content]));
    centrals.push(Buffer.concat([signature(0x02014b50), made, about, rest, file]));
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(locals.length, 4);
  end.writeUInt16LE(locals.length, 6);
  end.writeUInt32LE(lengthOf(centrals), 8);
  end.writeUInt32LE(lengthOf(locals), 12);
  return Buffer.concat([...locals, ...centrals, signature(0x06054b50), end]);
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
