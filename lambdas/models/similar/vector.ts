import type { LineageEntry } from '../../contract/item/row.ts';
import { sha256 } from '../../kit/digest.ts';
import { forOutside } from '../../privacy/outside.ts';
import { isInside } from '../../privacy/way-out.ts';
import { keepSeconds } from '../../tables/idempotency/once.ts';
import { type Asker, keepVector, keptVector } from '../../tables/similar/vectors.ts';
import { readCapabilities } from '../capabilities.ts';
import { embedCandidates } from '../embed.ts';
import { FallbackChain } from '../fallback.ts';
import type { PaidCall } from '../paid-call.ts';
import { worstCalls } from '../prices.ts';
import { payerOf, type RunnerOptions, type StepMoney } from '../runner.ts';
import { embeddings } from '../wire/embeddings.ts';
import { likelyTokens, mostTokens } from '../wire/tokens.ts';
import { quantised } from './shelf.ts';

export interface Vector {
  vector: Int8Array;
  /** Whose it is: vectors of two models cannot be compared. */
  by: string;
  lineage: readonly LineageEntry[];
}

/** So long at most an item waits. */
const WAIT_DAYS = 30;

/**
 * The vector of a question: of an item that waited the one that was paid for before. Unlike those of `step.embed` it is not kept by its
 * text: it lies with its question.
 * @param lost where what it cost is counted if there is none
 */
export async function vectorOf(
  options: RunnerOptions,
  step: string,
  text: string,
  means: { mostUsd: number; money: StepMoney; lost: LineageEntry[] },
): Promise<Vector> {
  const kept = options.fresh ? undefined : await keptVector(askerOf(options, step), sha256(text));
  return kept ? { ...kept, lineage: [] } : paidVector(options, step, text, means);
}

/** For when the item comes back, which now waits. */
export async function rememberVector(
  options: RunnerOptions,
  step: string,
  text: string,
  { vector, by, lineage }: Vector,
): Promise<void> {
  // It came from there.
  if (lineage.length === 0) return;
  const kept = { of: sha256(text), vector, by };
  await keepVector(askerOf(options, step), kept, keepSeconds(WAIT_DAYS, options.contentDays));
}

function askerOf({ idempotencyTable: table, automation, item }: RunnerOptions, step: string): Asker {
  return { table, automation: automation.name, step, item: item.id };
}

async function paidVector(
  options: RunnerOptions,
  step: string,
  given: string,
  { mostUsd, money, lost }: { mostUsd: number; money: StepMoney; lost: LineageEntry[] },
): Promise<Vector> {
  const { automation, endpoints } = options;
  const inside = endpoints.every((endpoint) => isInside(automation, endpoint));
  const text = inside ? given : forOutside(automation, step, given);
  const capabilities = await readCapabilities(options.controlTable, endpoints);
  const list = embedCandidates(options, step, [text], mostUsd, capabilities);
  const tokens = mostTokens(text);
  const chain = new FallbackChain<readonly number[]>(
    payerOf(options),
    { mostUsd, money },
    ({ endpoint, offer }): PaidCall<readonly number[]> => ({
      about: { step, promptVersion: 'none', promptHash: 'none' },
      worst: worstCalls(offer, tokens),
      likelyTokens: likelyTokens(tokens),
      run: async (requests) => {
        const reply = await requests.make(() => embeddings(endpoint, offer, step, [text], tokens));
        return { result: reply.vectors[0] ?? [], headers: reply.headers };
      },
    }),
  );
  try {
    const { answer, candidate } = await chain.run(list);
    return {
      vector: quantised(answer),
      by: `${candidate.endpoint.name}/${candidate.offer.name}`,
      lineage: chain.lineage,
    };
  } catch (error) {
    lost.push(...chain.lineage);
    throw error;
  }
}
