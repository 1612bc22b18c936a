import type { Automation, ModelRequest, StepRunner } from '../../shared/automation.ts';
import { digest } from '../../shared/digest.ts';
import { errorFacts, ProcessingError } from '../../shared/errors.ts';
import type { ItemRow, LineageEntry } from '../../shared/item.ts';
import { count, logger } from '../../shared/telemetry.ts';
import { microUsd, reserve, settle } from './budget.ts';
import { feedbackMessage } from './feedback.ts';
import { type Asked, ask, type Endpoint, type Spent, tokensIn } from './model.ts';
import { once } from './steps.ts';

export interface RunnerOptions {
  /** Its lineage so far: what earlier generations cost counts against the item's budget. */
  item: Pick<ItemRow, 'id' | 'generation' | 'lineage'>;
  /** What people said when they sent the item back. */
  feedback: readonly string[];
  automation: Pick<Automation, 'name' | 'budget'>;
  endpoint: Endpoint;
  idempotencyTable: string;
  controlTable: string;
}

/** The only door to a model: remembered, budgeted, validated. `lineage` collects what the item's steps were and cost. */
export function stepRunner(options: RunnerOptions): StepRunner & { lineage: LineageEntry[] } {
  const { item, automation, endpoint } = options;
  const feedback = feedbackMessage(options.feedback);
  const lineage: LineageEntry[] = [];
  return {
    lineage,
    async model<T>(name: string, request: ModelRequest<T>): Promise<T> {
      const { version } = request.prompt;
      const input = digest({ input: request.input, prompt: request.prompt.text, feedback });
      const id = `step#${item.id}#${item.generation}#${name}#${version}#${input}`;
      // Two calls at most (the answer and its repair), and a little time to write down what came of them.
      const lease = endpoint.timeoutSeconds * 2 + 10;
      const kept = await once<T>(options.idempotencyTable, id, lease, async () => {
        const question = request.prompt.text + JSON.stringify(request.input) + (feedback ?? '');
        const most = 2 * worstCase(endpoint, tokensIn(question));
        const before = [...(item.lineage ?? []), ...lineage].reduce((sum, { costUsd }) => sum + costUsd, 0);
        if (before + most > automation.budget.perItemUsd) {
          throw new ProcessingError(`the step '${name}' could cost more than the item's budget`);
        }
        const { spent, ...outcome } = await paid(options, name, { ...request, feedback }, most);
        const entry = {
          step: name,
          model: endpoint.model.name,
          endpoint: endpoint.name,
          promptVersion: version,
        };
        return { ...outcome, lineage: { ...entry, cached: false, costUsd: cost(endpoint, spent), ...spent } };
      });
      lineage.push(kept.lineage);
      if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
      return kept.value as T;
    },
  };
}

async function paid<T>(
  { automation, endpoint, controlTable }: RunnerOptions,
  name: string,
  request: Asked<T>,
  most: number,
): Promise<{ value?: T; failure?: string; spent: Spent }> {
  const reserved = microUsd(most);
  const budget = await reserve(
    controlTable,
    automation.name,
    reserved,
    microUsd(automation.budget.perDayUsd),
  );
  const spent: Spent = { inputTokens: 0, outputTokens: 0 };
  try {
    return { value: await ask(endpoint, name, request, spent), spent };
  } catch (error) {
    if (error instanceof ProcessingError) return { failure: error.message, spent };
    throw error;
  } finally {
    const costs = microUsd(cost(endpoint, spent));
    // A reservation that cannot be settled stays booked: dear for today, but the answer that was paid for is not lost.
    await settle(controlTable, budget, reserved, costs).catch((error: unknown) =>
      logger.warn('not settled', { reserved, costs, reason: errorFacts(error).message }),
    );
    count('modelCostMicroUsd', automation.name, costs);
  }
}

function cost({ model }: Endpoint, { inputTokens, outputTokens }: Spent): number {
  const usd = (inputTokens * model.inputUsdPerMillion + outputTokens * model.outputUsdPerMillion) / 1_000_000;
  // A binary fraction grows a tail that nobody paid.
  return Number(usd.toFixed(10));
}

function worstCase(endpoint: Endpoint, questionTokens: number): number {
  const { maxOutputTokens } = endpoint.model;
  // A repair sends the first answer back in.
  const inputTokens = questionTokens + maxOutputTokens;
  return cost(endpoint, { inputTokens, outputTokens: maxOutputTokens });
}
