import { crc32, deflateSync } from 'node:zlib';
import type { Bitmap } from '../pdf/render.ts';

/* Writes PNG: pictures of pages for people. */

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const GREY = 0;
const COLOURS = 2;

export function encodePng({ width, height, channels, data }: Bitmap): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? GREY : COLOURS], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered(width, height, channels, data), { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Each row as its difference to the one above: pages are mostly the same from row to row. */
function filtered(width: number, height: number, channels: number, data: Uint8Array): Uint8Array {
  const length = width * channels;
  const out = new Uint8Array((length + 1) * height);
  for (let y = 0, to = 0; y < height; y += 1) {
    const from = y * length;
    out[to] = y === 0 ? 0 : 2;
    to += 1;
    for (let x = 0; x < length; x += 1, to += 1)
      out[to] = y === 0 ? (data[from + x] ?? 0) : (data[from + x] ?? 0) - (data[from + x - length] ?? 0);
  }
  return out;
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(content.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
