import type { Automation } from '../../contract/automation.ts';
import {
  type DocumentPolicy,
  LEAST_CONFIDENCE,
  MOST_SEEN,
  type Page,
  type ReadDocument,
} from '../../contract/document.ts';
import { LOW_CONFIDENCE, READINGS_DIFFER } from '../../contract/item/reading.ts';
import { getBytes } from '../../kit/bucket/bytes.ts';
import { sha256 } from '../../kit/digest.ts';
import { errorFacts, InputError, ProcessingError, SystemError } from '../../kit/errors.ts';
import { suspicionsIn } from '../../kit/html/suspicion.ts';
import { logger } from '../../kit/telemetry.ts';
import { pictureKey } from '../../tables/keys.ts';
import { agree } from './agree.ts';

/*
 * Pages that OCR read badly, read once more by a model. What the model says is what is thought about from here on, and alone never
 * enough to act: a person is asked unless OCR read the same.
 */

export interface Viewing {
  bucket: string;
  automation: Pick<Automation, 'documents'>;
  /** What a model reads on a picture, if any model sees. */
  step: { sees: boolean; see(picture: Uint8Array): Promise<string> };
}

/** The documents as they are thought about. One page after the other: each picture is a megabyte. */
export async function withVision(
  documents: readonly ReadDocument[],
  viewing: Viewing,
): Promise<readonly ReadDocument[]> {
  const { automation, step } = viewing;
  const policy = automation.documents;
  if (!policy || !step.sees) return documents;
  let left = policy.vision?.mostPages ?? MOST_SEEN;
  const seen: ReadDocument[] = [];
  for (const document of documents) {
    const pages: Page[] = [];
    for (const [at, page] of document.pages.entries()) {
      const may = left > 0 && isPoor(page, policy) && isHarmless(page);
      left -= Number(may);
      pages.push((may && (await seenPage(document, at + 1, page, viewing))) || page);
    }
    seen.push({ ...document, pages, suspicions: suspicionsOf(document, pages, policy) });
  }
  return seen;
}

function isPoor({ source, confidence = 1 }: Page, { confidence: least = LEAST_CONFIDENCE }: DocumentPolicy) {
  return source === 'ocr' && confidence < least;
}

/** A page that gives orders goes to a person anyhow, and to no model. */
function isHarmless({ text }: Page): boolean {
  return suspicionsIn(text).length === 0;
}

/** Undefined where no model could read it. @throws what a wait for a model is, and SystemError of a picture that was changed */
async function seenPage(
  { readingKey }: ReadDocument,
  number: number,
  page: Page,
  { bucket, step }: Viewing,
): Promise<Page | undefined> {
  if (page.pictureDigest === undefined) return undefined;
  const picture = await getBytes(bucket, pictureKey(readingKey, number));
  if (!picture) return undefined;
  if (sha256(picture) !== page.pictureDigest)
    throw new SystemError('the picture of a page is not the one that was kept of it');
  const text = await step.see(picture).catch(orNothing);
  return text?.trim() ? { ...page, source: 'vision', text, agrees: agree(page.text, text) } : undefined;
}

/** A person reads the page where no model does. A busy or broken endpoint is waited for, as by every step. */
function orNothing(error: unknown): undefined {
  const isFinal = [ProcessingError, InputError, SystemError].some((kind) => error instanceof kind);
  if (!isFinal) throw error;
  logger.warn('page not seen', { reason: errorFacts(error).message });
  return undefined;
}

function suspicionsOf(
  { suspicions }: ReadDocument,
  pages: readonly Page[],
  policy: DocumentPolicy,
): readonly string[] {
  return [
    ...suspicions.filter((name) => name !== LOW_CONFIDENCE),
    ...(pages.some((page) => isPoor(page, policy)) ? [LOW_CONFIDENCE] : []),
    ...(pages.some(({ agrees }) => agrees === false) ? [READINGS_DIFFER] : []),
  ];
}
