import * as z from 'zod/v4/core';
import type { LineageEntry } from '../contract/item/row.ts';
import type { Source, SourceRequest } from '../contract/outside/source.ts';
import type { Lookup } from '../contract/steps/lookup.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { digest } from '../kit/digest.ts';
import { errorFacts, ProcessingError } from '../kit/errors.ts';
import { isDeep } from '../kit/request-body.ts';
import { logger } from '../kit/telemetry.ts';
import { below } from '../outbound/address.ts';
import { askSource } from '../outbound/source.ts';
import { outOfTime } from '../outbound/waiting-error.ts';
import { hasTime } from '../outbound/waiting-time.ts';
import { getAnswer, putAnswer } from '../tables/idempotency/cache.ts';
import type { Remembered } from '../tables/idempotency/once.ts';
import { cacheId } from '../tables/keys.ts';
import type { LookupOptions } from './options.ts';
import type { Without } from './without.ts';

/** What is remembered of a question: what the source said and when, or why it could not be asked. */
export type Kept = { is: unknown; at: string } | Without;

/** More than any answer has. */
const MOST_LEVELS = 100;

interface Question {
  lookup: Lookup;
  source: Source;
  request: SourceRequest;
  input: unknown;
  /** Of source, request and input. */
  hash: string;
}

/**
 * The answer that was kept for others, or one of the source, checked.
 * @throws ProcessingError where it is of no use; as `askSource` does
 */
export async function question(options: LookupOptions, asked: Question): Promise<Remembered<Kept>> {
  const { automation, idempotencyTable } = options;
  const { lookup, source } = asked;
  const began = clock.now();
  const minutes = lookup.cacheMinutes ?? 0;
  const key = minutes > 0 ? cacheId(automation.name, lookup.name, hashOf(asked)) : '';
  const kept = minutes > 0 ? await readKept(idempotencyTable, key, minutes) : undefined;
  if (kept) return { value: kept, lineage: [entryOf(asked, 0, true)] };
  const is = await answerOf(options, asked);
  const at = isoNow();
  // What is not there yet may be there in a minute.
  if (minutes > 0 && is !== null) await keep(options, key, minutes, source, { is, at });
  const entry = entryOf(asked, clock.now() - began, false);
  logger.info('source asked', {
    ...{ automation: automation.name, lookup: lookup.name, source: source.name },
    ...{ found: is !== null, milliseconds: entry.milliseconds },
  });
  return { value: { is, at }, lineage: [entry] };
}

/** A deploy that names other fields wants other answers than those that were kept before it. */
function hashOf({ lookup, hash }: Question): string {
  return digest({ hash, answer: z.toJSONSchema(lookup.answer, { unrepresentable: 'any' }) });
}

async function answerOf(
  options: LookupOptions,
  { lookup, source, request, input }: Question,
): Promise<unknown> {
  const { controlTable, automation, item, deadline, lease, local } = options;
  mayGo(lookup, source, request);
  if (!hasTime(deadline, source, item.priority, 1)) throw outOfTime();
  lease?.mustHold();
  const answer = await askSource(source, request, {
    ...{ table: controlTable, automation: automation.name, priority: item.priority, item: item.id },
    ...{ mayLack: true, ...(local === undefined ? {} : { local }) },
  });
  if (answer === null) return null;
  // Whoever reads it goes down level by level: keeping it, hiding what is in it, looking for instructions.
  if (isDeep(answer, MOST_LEVELS))
    throw new ProcessingError(`the answer to the lookup '${lookup.name}' is nested too deeply`);
  const read = z.safeParse(lookup.answer, answer);
  if (!read.success) throw new ProcessingError(`the answer to the lookup '${lookup.name}' does not fit`);
  if (!fits(lookup, read.data, input))
    throw new ProcessingError(`the answer to the lookup '${lookup.name}' is about something else`);
  return read.data;
}

/** What an item or a model named leads out of the source: that is the item's fault, and no setting's. */
function mayGo(lookup: Lookup, source: Source, request: SourceRequest): void {
  try {
    below(source, request);
  } catch (cause) {
    throw new ProcessingError(`the lookup '${lookup.name}' would leave its source with this input`, {
      cause,
    });
  }
}

function fits(lookup: Lookup, answer: unknown, input: unknown): boolean {
  try {
    return lookup.matches?.(answer, input) ?? true;
  } catch {
    return false;
  }
}

function entryOf({ lookup, source }: Question, milliseconds: number, cached: boolean): LineageEntry {
  return {
    ...{ at: isoNow(), step: lookup.name, source: source.name, model: 'none', endpoint: 'none' },
    ...{ promptVersion: 'none', promptHash: 'none', price: 'none', costUsd: 0 },
    ...{ inputTokens: 0, cachedTokens: 0, outputTokens: 0, milliseconds: Math.round(milliseconds) },
    ...{ cached, route: cached ? 'an answer to the same question was kept' : `asked '${source.name}'` },
  };
}

/** A table that falters costs a question, never the item. */
async function readKept(table: string, key: string, minutes: number): Promise<Kept | undefined> {
  try {
    const kept = await getAnswer(table, key);
    const isYoung = kept !== undefined && kept.at > clock.now() - minutes * 60_000;
    return isYoung ? { is: kept.value, at: new Date(kept.at).toISOString() } : undefined;
  } catch (error) {
    logger.warn('cache not read', { reason: errorFacts(error).message });
    return undefined;
  }
}

async function keep(
  { idempotencyTable, item }: LookupOptions,
  key: string,
  minutes: number,
  { name }: Source,
  { is, at }: { is: unknown; at: string },
): Promise<void> {
  const answer = { value: is, madeFor: item.id, model: 'none', endpoint: name, at: Date.parse(at) };
  try {
    await putAnswer(idempotencyTable, key, answer, minutes * 60);
  } catch (error) {
    logger.warn('cache not written', { reason: errorFacts(error).message });
  }
}
