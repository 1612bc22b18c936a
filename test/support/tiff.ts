import type { Bitmap } from '../../lambdas/read/pdf/render.ts';

/** A TIFF of grey pages, each in strips of 200 rows that are packed run by run. */
export function tiffFile(pages: readonly Bitmap[], dpi: number): Buffer {
  const parts: Buffer[] = [];
  let at = 8;
  const add = (part: Buffer): number => {
    parts.push(part);
    at += part.length;
    return at - part.length;
  };
  const head = Buffer.from('49492a0000000000', 'hex');
  let link = (place: number) => head.writeUInt32LE(place, 4);
  for (const { width, height, data } of pages) {
    const rows = 200;
    const strips = Array.from({ length: Math.ceil(height / rows) }, (_, index) =>
      packed(data.subarray(index * rows * width, Math.min(height, (index + 1) * rows) * width), width),
    );
    const offsets = longs(strips.map(add));
    const lengths = longs(strips.map(({ length }) => length));
    const [offsetsAt, lengthsAt, dpiAt] = [add(offsets), add(lengths), add(longs([dpi, 1]))];
    const count = strips.length;
    const tags: [number, number, number, number][] = [
      ...([
        [256, 4, 1, width],
        [257, 4, 1, height],
        [258, 3, 1, 8],
      ] as [number, number, number, number][]),
      ...([
        [259, 3, 1, 32_773],
        [262, 3, 1, 1],
      ] as [number, number, number, number][]),
      [273, 4, count, count === 1 ? offsets.readUInt32LE() : offsetsAt],
      ...([
        [277, 3, 1, 1],
        [278, 4, 1, rows],
      ] as [number, number, number, number][]),
      [279, 4, count, count === 1 ? lengths.readUInt32LE() : lengthsAt],
      ...([
        [282, 5, 1, dpiAt],
        [283, 5, 1, dpiAt],
        [296, 3, 1, 2],
      ] as [number, number, number, number][]),
    ];
    const directory = Buffer.alloc(2 + tags.length * 12 + 4);
    directory.writeUInt16LE(tags.length, 0);
    for (const [index, [tag, type, values, value]] of tags.entries()) {
      directory.writeUInt16LE(tag, 2 + index * 12);
      directory.writeUInt16LE(type, 4 + index * 12);
      directory.writeUInt32LE(values, 6 + index * 12);
      directory.writeUInt32LE(value, 10 + index * 12);
    }
    link(add(directory));
    link = (place) => directory.writeUInt32LE(place, directory.length - 4);
  }
  return Buffer.concat([head, ...parts]);
}

function longs(values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) out.writeUInt32LE(value, index * 4);
  return out;
}

/** Runs of one value as two bytes; nothing runs over the end of a row. */
function packed(data: Uint8Array, width: number): Buffer {
  const out: number[] = [];
  for (let start = 0; start < data.length; start += width)
    for (let at = start; at < start + width; ) {
      let end = at + 1;
      while (end < start + width && end - at < 128 && data[end] === data[at]) end += 1;
      if (end - at > 1) out.push(257 - (end - at), data[at] ?? 0);
      else out.push(0, data[at] ?? 0);
      at = end;
    }
  return Buffer.from(out);
}
