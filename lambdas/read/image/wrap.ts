/*
 * Pictures as a PDF: the one engine that draws pages decodes them, too (JPEG, fax, LZW), and everything behind it sees pages.
 */

/** A part of a picture as its file holds it. */
export interface Strip {
  /** In pixels from the upper left corner. */
  x: number;
  y: number;
  width: number;
  height: number;
  data: Uint8Array;
}

export interface Picture {
  width: number;
  height: number;
  /** Pixels to an inch, along and down. Absent if the file does not say. */
  dpi?: readonly [number, number];
  /** Degrees clockwise that it must be turned by to be seen upright. */
  turn?: number;
  /** Of the image dictionary, all but its size and length. `height` is that of the strip. */
  dictionary: (strip: Strip) => string;
  strips: readonly Strip[];
}

/** A page of A4 or Letter is 11 to 12 inches high; a picture that says nothing is taken for one. */
const HIGH = 842;
const LEAST_DPI = 40;
const MOST_DPI = 2400;

export function pdfOf(pictures: readonly Picture[]): Uint8Array {
  const objects: Buffer[] = [];
  const add = (...parts: (string | Uint8Array)[]): number => {
    objects.push(
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
    );
    return objects.length;
  };
  add('<</Type/Catalog/Pages 2 0 R>>');
  add('');
  const pages = pictures.map((picture) => page(picture, add));
  objects[1] = Buffer.from(
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((id) => `${id} 0 R`).join(' ')}]>>`,
    'latin1',
  );
  return file(objects);
}

function page(picture: Picture, add: (...parts: (string | Uint8Array)[]) => number): number {
  const [wide, high] = sizeOf(picture);
  const [scaleX, scaleY] = [wide / picture.width, high / picture.height];
  const images = picture.strips.map((strip) =>
    add(
      `<</Type/XObject/Subtype/Image/Width ${strip.width}/Height ${strip.height}${picture.dictionary(strip)}/Length ${strip.data.length}>>\nstream\n`,
      strip.data,
      '\nendstream',
    ),
  );
  const drawn = picture.strips.map(({ x, y, width, height }, at) => {
    const below = high - (y + height) * scaleY;
    return `q ${width * scaleX} 0 0 ${height * scaleY} ${x * scaleX} ${below} cm /I${at} Do Q`;
  });
  const content = drawn.join('\n');
  const contents = add(`<</Length ${content.length}>>\nstream\n${content}\nendstream`);
  const names = images.map((id, at) => `/I${at} ${id} 0 R`).join('');
  return add(
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${wide} ${high}]/Rotate ${picture.turn ?? 0}`,
    `/Resources<</XObject<<${names}>>>>/Contents ${contents} 0 R>>`,
  );
}

/** In points. */
function sizeOf({ width, height, dpi }: Picture): [number, number] {
  const known = dpi?.every((value) => value >= LEAST_DPI && value <= MOST_DPI) ? dpi : undefined;
  if (known) return [(width / known[0]) * 72, (height / known[1]) * 72];
  const scale = HIGH / Math.max(width, height);
  return [width * scale, height * scale];
}

function file(objects: readonly Buffer[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  let at = parts[0]?.length ?? 0;
  const offsets = objects.map((object, index) => {
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(whole);
    at += whole.length;
    return at - whole.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(end)]);
}
