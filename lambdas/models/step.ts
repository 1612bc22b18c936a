import type { ModelRequest } from '../contract/automation.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { digest } from '../kit/digest.ts';
import { ProcessingError } from '../kit/errors.ts';
import { Memo } from '../tables/idempotency/once.ts';
import { stepId } from '../tables/keys.ts';
import { feedbackMessage } from './answer/answer.ts';
import { worthOf } from './answer/confidence.ts';
import { ModelStep } from './chat.ts';
import { embedder } from './embed.ts';
import { joined } from './lineage.ts';
import { exact } from './prices.ts';
import { openPurses } from './purse.ts';
import type { Runner, RunnerOptions } from './runner.ts';

/** The only way to a model: remembered, routed, budgeted, paced, validated. `lineage` collects calls. */
export function stepRunner(options: RunnerOptions): Runner {
  const { item, automation, idempotencyTable, contentDays, fresh } = options;
  const memo = new Memo(idempotencyTable, { contentDays, fresh });
  const feedback = feedbackMessage(options.feedback);
  const lineage: LineageEntry[] = [];
  const lost: LineageEntry[] = [];
  const sure = new Map<string, number | null>();
  /** The item's cost so far, including earlier generations and deliveries. */
  const spentUsd = () =>
    exact(joined(item.lineage ?? [], [...lineage, ...lost]).reduce((sum, { costUsd }) => sum + costUsd, 0));
  const embed = embedder(options, { lineage, lost }, spentUsd);
  const model = async <T>(name: string, request: ModelRequest<T>): Promise<T> => {
    const { version, text } = request.prompt;
    const input = digest({ input: request.input, prompt: text, feedback });
    const id = stepId(automation.name, item.id, String(item.generation), name, version, input);
    const left = automation.budget.perItemUsd - spentUsd();
    const step = new ModelStep<T>(options, { ...request, step: name, feedback }, { left, lost });
    const kept = await memo.once<T>(id, () => step.answer(), lost);
    // Asked for twice, it is one step and was paid for once.
    lineage.push(...kept.lineage.filter((entry) => !lineage.includes(entry)));
    const { model: by = '' } = kept.lineage.at(-1) ?? {};
    const about = { automation: automation.name, step: name, promptVersion: version, model: by };
    sure.set(name, await worthOf(options.controlTable, about, kept.rawConfidence));
    if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
    return kept.value as T;
  };
  const { next, close } = oneByOne();
  const giveBack = openPurses(options.controlTable, automation.name);
  return {
    close: async () => {
      await close();
      await giveBack();
    },
    lineage,
    lost,
    confidence: (name) => sure.get(name) ?? null,
    embed: (name, texts) => next(() => embed(name, texts)),
    model: (name, request) => next(() => model(name, request)),
  };
}

/** Steps started together run one after another: each must know what the others left of the budget. */
function oneByOne() {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    next<T>(run: () => Promise<T>): Promise<T> {
      const mine = last.then(() => {
        if (closed) throw new Error('the thinking of this item is over');
        return run();
      });
      last = mine.catch(() => {});
      return mine;
    },
    async close(): Promise<void> {
      closed = true;
      await last;
    },
  };
}
