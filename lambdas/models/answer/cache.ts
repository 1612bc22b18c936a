import type { ModelRequest } from '../../contract/automation.ts';
import { clock } from '../../kit/clock.ts';
import { asJson, digest } from '../../kit/digest.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { withFewMarks } from '../../kit/text.ts';
import { type CachedAnswer, getAnswer, putAnswer } from '../../tables/idempotency/cache.ts';
import { cacheId } from '../../tables/keys.ts';

/*
 * Paid answers, reused for exactly the same request. The key holds everything that could change the answer, so a new prompt,
 * schema or list of models misses; old answers are not deleted, only never looked up again.
 */

export interface CacheRequest {
  automation: string;
  step: string;
  request: Pick<ModelRequest<unknown>, 'prompt' | 'input'>;
  feedback: string | undefined;
  /** The schema as it goes over the wire. */
  schema: unknown;
  /** The models that could answer, in their order. */
  models: readonly string[];
}

export function cacheKey({ automation, step, request, feedback, schema, models }: CacheRequest): string {
  const { prompt, input } = request;
  const parts = {
    prompt: [prompt.version, prompt.text],
    input: normalised(asJson(input)),
    feedback,
    schema,
    models,
  };
  return cacheId(automation, step, digest(parts));
}

/**
 * The same text in another encoding is the same request: an accented letter as one character or two, line ends as LF or CR LF.
 * Nothing else is normalised: NFKC would turn 10² into 102, and spaces carry meaning in tables and code.
 */
function normalised(value: unknown): unknown {
  if (typeof value === 'string') return withFewMarks(value).normalize('NFC').replaceAll('\r\n', '\n');
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normalised(member)]));
}

/** A kept answer of at most that age. A table that falters costs a call, never the item. */
export async function readCache(
  table: string,
  key: string,
  hours: number,
): Promise<CachedAnswer | undefined> {
  try {
    const kept = await getAnswer(table, key);
    return kept && kept.at > clock.now() - hours * 3_600_000 ? kept : undefined;
  } catch (error) {
    logger.warn('cache not read', { reason: errorFacts(error).message });
    return undefined;
  }
}

export async function writeCache(
  table: string,
  key: string,
  hours: number,
  answer: CachedAnswer,
): Promise<void> {
  try {
    await putAnswer(table, key, answer, hours * 3600);
  } catch (error) {
    logger.warn('cache not written', { reason: errorFacts(error).message });
  }
}
