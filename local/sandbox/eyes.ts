import { createHash } from 'node:crypto';
import { readApart } from '../../lambdas/read/apart.ts';
import { isObject } from './brain-schema.ts';

/*
 * How the sandbox model looks at pictures: by OCR, in a process of its own. It reads what OCR can read, and no handwriting: whoever
 * wants to see more takes a real model.
 */

const PNG = /^data:image\/png;base64,([A-Za-z0-9+/]+={0,2})$/;
const MOST_BYTES = 5_000_000;
const MOST_KEPT = 50;

/** A rule of thumb of the trade for the picture of a page. */
export const PICTURE_TOKENS = 1500;

const kept = new Map<string, Promise<string>>();

/** The first picture among the parts of a message. */
export function pictureIn(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  const urls = content.map((part: unknown) =>
    isObject(part) && part.type === 'image_url' && isObject(part.image_url) ? part.image_url.url : undefined,
  );
  return urls.find((url) => typeof url === 'string');
}

/** What stands on it; undefined for what is no picture. The same one is read once. */
export async function seenOn(url: string): Promise<string | undefined> {
  const bytes = Buffer.from(PNG.exec(url)?.[1] ?? '', 'base64');
  if (bytes.length === 0 || bytes.length > MOST_BYTES) return undefined;
  const hash = createHash('sha256').update(bytes).digest('hex');
  const reading = kept.get(hash) ?? read(bytes);
  kept.set(hash, reading);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return reading;
}

async function read(bytes: Buffer): Promise<string> {
  const came = await readApart(bytes, {
    policy: { types: ['image'], mostBytes: MOST_BYTES, mostPages: 1 },
  });
  return 'reading' in came ? came.reading.pages.map(({ text }) => text).join('\n') : '';
}
