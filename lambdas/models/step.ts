import type { ModelRequest } from '../contract/automation.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { digest } from '../kit/digest.ts';
import { ProcessingError } from '../kit/errors.ts';
import { Memo, type Remembered } from '../tables/idempotency/once.ts';
import { stepId } from '../tables/keys.ts';
import { feedbackMessage } from './answer/answer.ts';
import { worthOf } from './answer/confidence.ts';
import { ModelStep } from './chat.ts';
import { embedder } from './embed.ts';
import { joined } from './lineage.ts';
import { exact } from './prices.ts';
import { openPurses } from './purse.ts';
import { ItemBudget, type Runner, type RunnerOptions } from './runner.ts';

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
  const budget = new ItemBudget(automation.budget.perItemUsd, spentUsd);
  const embed = embedder(options, { lineage, lost }, budget);
  const model = async <T>(name: string, request: ModelRequest<T>): Promise<T> => {
    const { version, text } = request.prompt;
    const input = digest({ input: request.input, prompt: text, feedback });
    const id = stepId(automation.name, item.id, String(item.generation), name, version, input);
    const money = budget.step();
    const mine: LineageEntry[] = [];
    const step = new ModelStep<T>(
      options,
      { ...request, step: name, feedback },
      { budget, money, lost: mine },
    );
    let kept: Remembered<T>;
    try {
      kept = await memo.once<T>(id, () => step.answer(), mine);
      // Asked for twice, it is one step and was paid for once.
      lineage.push(...kept.lineage.filter((entry) => !lineage.includes(entry)));
    } finally {
      // At one moment: its siblings must not find its cost counted twice, or not at all.
      lost.push(...mine);
      money.end();
    }
    const { model: by = '' } = kept.lineage.at(-1) ?? {};
    const about = { automation: automation.name, step: name, promptVersion: version, model: by };
    sure.set(name, await worthOf(options.controlTable, about, kept.rawConfidence));
    if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
    return kept.value as T;
  };
  const { start, close } = sideBySide();
  const giveBack = openPurses(options.controlTable, automation.name);
  return {
    close: async () => {
      await close();
      await giveBack();
    },
    lineage,
    lost,
    confidence: (name) => sure.get(name) ?? null,
    embed: (name, texts) => start(() => embed(name, texts)),
    model: (name, request) => start(() => model(name, request)),
  };
}

/** Steps started together run together: what each may spend is held before its calls. */
function sideBySide() {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  return {
    start<T>(run: () => Promise<T>): Promise<T> {
      const mine = closed ? Promise.reject(new Error('the thinking of this item is over')) : run();
      running.add(mine);
      // Whoever started it may listen later, or never: a failure that nobody hears must not end the worker.
      void mine.catch(() => {}).finally(() => running.delete(mine));
      return mine;
    },
    async close(): Promise<void> {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
