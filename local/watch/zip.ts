import { crc32 } from 'node:zlib';

/** The zip archive of one file, stored as it is: the smallest form that a function's code may have. */
export function zipOf(name: string, content: Uint8Array): Buffer {
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
  const local = Buffer.concat([signature(0x04034b50), about, file, content]);
  const made = Buffer.from([20, 3]);
  // No comment, disk 0, a plain file that all may read, at the start of the archive.
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(0o100644 * 0x10000, 6);
  const central = Buffer.concat([signature(0x02014b50), made, about, rest, file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
