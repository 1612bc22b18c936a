import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StepRunner } from '../contract/automation.ts';
import type { Usage } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { dynamo } from '../kit/aws.ts';
import { clock, epochSeconds, isoNow } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { errorFacts, ProcessingError, SystemError } from '../kit/errors.ts';
import { logger, modelCall } from '../kit/telemetry.ts';
import { AFTER, CallFailure, errorOf, total } from '../outbound/classify.ts';
import { comeTo, type Turn, waitFor } from '../outbound/permit.ts';
import { reportCall } from '../outbound/report.ts';
import { BudgetSpent, outOfTime, Waiting } from '../outbound/waiting-error.ts';
import { hasTime } from '../outbound/waiting-time.ts';
import { embedId } from '../tables/keys.ts';
import { isDoubtful, secondOpinion } from './answer/opinion.ts';
import { type Reservation, release, reserve, settle } from './budget.ts';
import { readKnown } from './capabilities.ts';
import { waitForRoom } from './fallback.ts';
import { keepSeconds } from './memo.ts';
import { cost, exact, priceRow } from './prices.ts';
import { placesFor } from './residency.ts';
import { type Candidate, candidates } from './router.ts';
import type { Runner, RunnerOptions } from './runner.ts';
import { embeddings, type Vectors } from './wire/embed-call.ts';
import { likelyTokens, mostTokens } from './wire/tokens.ts';

/** A vector says the same for ever; its text may not be kept that long, and much of a text can be told from its vector. */
const KEEP_DAYS = 90;

/** One vector per text. Each is kept under its text's hash, its endpoint and its model, so that a text is paid for once. */
export function embedder(
  options: RunnerOptions,
  into: Pick<Runner, 'lineage' | 'lost'>,
  spentUsd: () => number,
): StepRunner['embed'] {
  return async (name, texts) => {
    if (texts.length === 0) return [];
    const list = await choose(options, name, texts, spentUsd());
    const failed: Error[] = [];
    for (const candidate of list) {
      const left = options.automation.budget.perItemUsd - spentUsd();
      if (failed.length > 0 && candidate.worstUsd > left) continue;
      try {
        return await vectorsOf(options, name, candidate, texts, into);
      } catch (error) {
        // What the day does not hold is only heard of where nobody cheaper is waited for.
        if (error instanceof BudgetSpent && failed.length > 0) continue;
        if (!(error instanceof Error && isElsewhere(error))) throw error;
        failed.push(error);
      }
    }
    throw soonest(failed) ?? failed.at(-1) ?? new SystemError('no model could be asked');
  };
}

/** Whether another endpoint may do better; the item's texts are the same everywhere. */
function isElsewhere(error: Error): boolean {
  if (error instanceof Waiting) return true;
  const { cause } = error;
  return cause instanceof CallFailure && AFTER[cause.kind].next === 'another endpoint';
}

function soonest(errors: readonly Error[]): Waiting | undefined {
  return errors.filter((it) => it instanceof Waiting).sort((a, b) => a.seconds - b.seconds)[0];
}

/** All of one endpoint: what was kept of another one is not mixed in. */
async function vectorsOf(
  options: RunnerOptions,
  name: string,
  candidate: Candidate,
  texts: readonly string[],
  into: Pick<Runner, 'lineage' | 'lost'>,
): Promise<number[][]> {
  const different = [...new Set(texts)];
  const known = new Map<string, number[]>();
  await Promise.all(
    different.map(async (text) => {
      const vector = await read(options.idempotencyTable, keyOf(options.automation.name, candidate, text));
      if (vector) known.set(text, vector);
    }),
  );
  const missing = different.filter((text) => !known.has(text));
  if (missing.length === 0) into.lineage.push(entryOf(name, candidate, { milliseconds: 0, cached: true }));
  else {
    const vectors = await ask(options, name, candidate, missing, into.lost);
    missing.forEach((text, index) => {
      known.set(text, vectors[index] ?? []);
    });
    const keep = (text: string) =>
      write(options, keyOf(options.automation.name, candidate, text), known.get(text) ?? []);
    await Promise.all(missing.map(keep));
  }
  const vectors = texts.map((text) => known.get(text) ?? []);
  // Kept ones may be of the model that had this name before.
  if (vectors.some(({ length }) => length !== vectors[0]?.length))
    throw new ProcessingError(`the step '${name}' got vectors of different lengths`);
  return vectors;
}

/* The endpoint too: two servers may call different models by one name, and one of them may lie where this item may not look. */
function keyOf(automation: string, { endpoint, offer }: Candidate, text: string): string {
  return embedId(automation, endpoint.name, offer.name, sha256(text));
}

/* One model for all texts, and no other one after a fault: vectors of two models have nothing to do with each other. Other endpoints may offer the same. */
async function choose(
  { endpoints, automation, body, controlTable }: RunnerOptions,
  name: string,
  texts: readonly string[],
  spentUsd: number,
): Promise<Candidate[]> {
  const known = await readKnown(controlTable, endpoints);
  const need = {
    kind: 'embeddings',
    tier: automation.steps?.[name]?.tier ?? 'small',
    residencies: placesFor(automation, body),
    inputTokens: bound(texts),
    mostUsd: exact(automation.budget.perItemUsd - spentUsd),
    needs: ['embeddings'],
  } as const;
  const { candidates: list, refused } = candidates(endpoints, need, known);
  const [first] = list;
  if (first) return list.filter(({ offer }) => offer.name === first.offer.name);
  if (refused.some(({ kind }) => kind === 'residency'))
    throw new ProcessingError(`the step '${name}' has no endpoint where this item's data may go`);
  if (refused.some(({ kind }) => kind === 'price'))
    throw new ProcessingError(`the step '${name}' could cost more than the item's budget`);
  throw new SystemError(
    'no endpoint serves embeddings for this item: add a model of that kind to the configuration',
  );
}

function bound(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + mostTokens(text), 0);
}

async function ask(
  { controlTable, automation, item, deadline }: RunnerOptions,
  name: string,
  candidate: Candidate,
  texts: readonly string[],
  made: LineageEntry[],
): Promise<number[][]> {
  const { endpoint, offer, worstUsd } = candidate;
  if (!hasTime(deadline, endpoint, item.priority, 1)) throw outOfTime();
  const tokens = bound(texts);
  const reservation = await reserve(controlTable, automation, { usd: worstUsd, tokens });
  const place = {
    ...{ tokens: likelyTokens(tokens), priority: item.priority },
    ...{ automation: automation.name, item: item.id },
  };
  const turn = await turnFor(controlTable, candidate, place, reservation);
  const startedAt = clock.now();
  let outcome: Vectors | CallFailure | undefined;
  let more: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  try {
    outcome = await embeddings(endpoint, offer, name, texts, tokens);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    outcome = error;
    if (isDoubtful(error)) {
      const opinion = await secondOpinion(controlTable, endpoint, offer, turn, error, deadline);
      outcome = opinion.failure;
      if (opinion.usage) more = opinion.usage;
    }
  } finally {
    const usage = total([outcome?.usage ?? more, ...(outcome ? [more] : [])]);
    await settle(reservation, cost(offer, usage), usage.inputTokens);
    if (outcome) {
      const failure = outcome instanceof CallFailure ? { failure: outcome.kind } : {};
      const milliseconds = clock.now() - startedAt;
      const entry = { ...entryOf(name, candidate, { usage, milliseconds, cached: false }), ...failure };
      made.push(entry);
      modelCall(automation.name, entry);
    }
  }
  await reportCall(controlTable, endpoint, turn, outcome instanceof CallFailure ? outcome : outcome.headers);
  if (outcome instanceof CallFailure)
    throw outcome.kind === 'rate' || outcome.kind === 'unsure' ? waitForRoom(outcome) : errorOf(outcome);
  return outcome.vectors;
}

async function turnFor(
  table: string,
  { endpoint }: Candidate,
  place: Parameters<typeof comeTo>[2],
  reservation: Reservation,
): Promise<Turn> {
  try {
    const turn = await comeTo(table, endpoint, place);
    if ('refused' in turn) throw waitFor(endpoint, turn, place.automation);
    return turn;
  } catch (error) {
    await release(reservation);
    throw error;
  }
}

function entryOf(
  step: string,
  { endpoint, offer, reason }: Candidate,
  { usage, milliseconds, cached }: { usage?: Usage; milliseconds: number; cached: boolean },
): LineageEntry {
  const counted = usage ?? { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  return {
    ...{ at: isoNow(), step, model: offer.name, endpoint: endpoint.name },
    ...{ promptVersion: 'none', promptHash: 'none', route: reason, cached, ...counted },
    ...{ costUsd: cost(offer, counted), price: priceRow(offer), milliseconds: Math.round(milliseconds) },
  };
}

/* A table that falters costs a call, never the item. */
async function read(table: string, id: string): Promise<number[] | undefined> {
  try {
    const { Item } = await dynamo().send(new GetCommand({ TableName: table, Key: { id } }));
    const kept = Item as { vector?: number[]; expiresAt: number } | undefined;
    return kept && kept.expiresAt >= epochSeconds() ? kept.vector : undefined;
  } catch (error) {
    logger.warn('vector not read', { reason: errorFacts(error).message });
    return undefined;
  }
}

async function write(
  { idempotencyTable: table, contentDays }: RunnerOptions,
  id: string,
  vector: readonly number[],
): Promise<void> {
  const Item = { id, vector, expiresAt: epochSeconds(keepSeconds(KEEP_DAYS, contentDays)) };
  await dynamo()
    .send(new PutCommand({ TableName: table, Item }))
    .catch((error: unknown) => logger.warn('vector not kept', { reason: errorFacts(error).message }));
}
