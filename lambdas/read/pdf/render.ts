import { memory, type Pdfium, withMemory } from './pdfium.ts';

/* Pages as pixels. A view says how the page is turned so that its text stands straight. */

export interface Bitmap {
  width: number;
  height: number;
  /** 1 is grey, 3 is red, green and blue. */
  channels: 1 | 3;
  data: Uint8Array;
}

export interface View {
  /** Of the page as it is stored, in points. */
  page: { width: number; height: number };
  /** Degrees clockwise that the page is turned by, a multiple of 90. */
  turn: number;
  /** Degrees clockwise, some few, on top of it. */
  skew: number;
}

/** Of the page as it is shown. */
export function sizeOf({ page, turn }: View): { width: number; height: number } {
  return turn % 180 === 0 ? page : { width: page.height, height: page.width };
}

const GREY = 1;
const BGRX = 3;
const ANNOTATIONS = 0x01;
const WHITE = 0xffffffff;

export function render(
  engine: Pdfium,
  page: number,
  { view, scale, grey }: { view: View; scale: number; grey: boolean },
): Bitmap {
  const shown = sizeOf(view);
  const width = Math.max(1, Math.round(shown.width * scale));
  const height = Math.max(1, Math.round(shown.height * scale));
  const bitmap = engine.FPDFBitmap_CreateEx(width, height, grey ? GREY : BGRX, 0, 0);
  if (!bitmap) throw new RangeError('PDFium has no memory left');
  try {
    engine.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
    withMemory(engine, 40, (at) => {
      const floats = new Float32Array(memory(engine).buffer, at, 10);
      floats.set([...matrixOf(view, scale), 0, 0, width, height]);
      engine.FPDF_RenderPageBitmapWithMatrix(bitmap, page, at, at + 24, ANNOTATIONS);
    });
    const stride = engine.FPDFBitmap_GetStride(bitmap);
    const from = engine.FPDFBitmap_GetBuffer(bitmap);
    const pixels = memory(engine).subarray(from, from + stride * height);
    return {
      width,
      height,
      channels: grey ? 1 : 3,
      data: grey ? rows(pixels, width, height, stride) : colours(pixels, width, height, stride),
    };
  } finally {
    engine.FPDFBitmap_Destroy(bitmap);
  }
}

/** From points of the page as it is stored to pixels of the view: a turn about the centre. */
function matrixOf(view: View, scale: number): number[] {
  const angle = ((view.turn + view.skew) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const shown = sizeOf(view);
  const [x, y] = [view.page.width / 2, view.page.height / 2];
  return [
    ...[cos, sin, -sin, cos],
    (shown.width / 2) * scale - (cos * x - sin * y),
    (shown.height / 2) * scale - (sin * x + cos * y),
  ];
}

function rows(pixels: Uint8Array, width: number, height: number, stride: number): Uint8Array {
  if (stride === width) return pixels.slice();
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) data.set(pixels.subarray(y * stride, y * stride + width), y * width);
  return data;
}

function colours(pixels: Uint8Array, width: number, height: number, stride: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y += 1)
    for (let x = 0, from = y * stride; x < width; x += 1, from += 4, to += 3) {
      data[to] = pixels[from + 2] ?? 0;
      data[to + 1] = pixels[from + 1] ?? 0;
      data[to + 2] = pixels[from] ?? 0;
    }
  return data;
}
