import { type ModelOffer, PICTURE_TOKENS } from '../../contract/endpoint.ts';

/* What a picture of a page is to a model server. */

/** Servers that look at pixels make a token of 16 by 16 of them at the finest; others have a fixed most for each picture. */
const PIXELS_PER_TOKEN = 256;

/** Upper bound on the input tokens of a PNG at a model. */
export function pictureTokens(
  { pictureTokens: own }: Pick<ModelOffer, 'pictureTokens'>,
  png: Uint8Array,
): number {
  return own ?? Math.max(PICTURE_TOKENS, Math.ceil(pixelsOf(png) / PIXELS_PER_TOKEN));
}

/** As it says at its beginning: pictures of pages are our own. */
function pixelsOf(png: Uint8Array): number {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return png.byteLength < 24 ? 0 : view.getUint32(16) * view.getUint32(20);
}

export function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}`;
}
