import type { ModelRequest } from '../contract/automation.ts';
import { VISION } from '../contract/document.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { digest, sha256 } from '../kit/digest.ts';
import { ProcessingError } from '../kit/errors.ts';
import { isInside } from '../privacy/way-out.ts';
import { Memo, type Remembered } from '../tables/idempotency/once.ts';
import { stepId } from '../tables/keys.ts';
import { feedbackMessage } from './answer/answer.ts';
import { worthOf } from './answer/confidence.ts';
import { ModelStep } from './chat.ts';
import { embedder } from './embed.ts';
import { joined } from './lineage.ts';
import { exact } from './prices.ts';
import { openPurses } from './purse.ts';
import { ItemBudget, type Runner, type RunnerOptions, type StepMoney } from './runner.ts';
import { PAGE_PROMPT } from './vision/prompt.ts';
import { lookAt } from './vision/vision.ts';

/** The only way to a model: remembered, routed, budgeted, paced, validated. `lineage` collects calls. */
export function stepRunner(options: RunnerOptions): Runner {
  const { item, automation, idempotencyTable, contentDays, fresh } = options;
  const memo = new Memo(idempotencyTable, item.id, { contentDays, fresh });
  const feedback = feedbackMessage(options.feedback);
  const lineage: LineageEntry[] = [];
  const lost: LineageEntry[] = [];
  const sure = new Map<string, number | null>();
  /** The item's cost so far, including earlier generations and deliveries. */
  const spentUsd = () =>
    exact(joined(item.lineage ?? [], [...lineage, ...lost]).reduce((sum, { costUsd }) => sum + costUsd, 0));
  const budget = new ItemBudget(automation.budget.perItemUsd, spentUsd);
  const embed = embedder(options, { lineage, lost }, budget);
  /** Pays for an answer once, and counts what it cost, whoever gives it. */
  const paid = async <T>(
    name: string,
    { version, input }: { version: string; input: string },
    pay: (means: { budget: ItemBudget; money: StepMoney; lost: LineageEntry[] }) => Promise<Remembered<T>>,
  ): Promise<Remembered<T>> => {
    const id = stepId(automation.name, item.id, String(item.generation), name, version, input);
    const money = budget.step();
    const mine: LineageEntry[] = [];
    try {
      const kept = await memo.once<T>(id, () => pay({ budget, money, lost: mine }), mine);
      // Asked for twice, it is one step and was paid for once.
      lineage.push(...kept.lineage.filter((entry) => !lineage.includes(entry)));
      return kept;
    } finally {
      // At one moment: its siblings must not find its cost counted twice, or not at all.
      lost.push(...mine);
      money.end();
    }
  };
  const model = async <T>(name: string, request: ModelRequest<T>): Promise<T> => {
    const { version, text } = request.prompt;
    const input = digest({ input: request.input, prompt: text, feedback });
    const kept = await paid<T>(name, { version, input }, (means) =>
      new ModelStep<T>(options, { ...request, step: name, feedback }, means).answer(),
    );
    const { model: by = '' } = kept.lineage.at(-1) ?? {};
    const about = { automation: automation.name, step: name, promptVersion: version, model: by };
    const worth = await worthOf(options.controlTable, about, kept.rawConfidence);
    // Of a text that is read in parts, what is least sure.
    const before = sure.get(name);
    sure.set(
      name,
      before === undefined ? worth : worth === null || before === null ? null : Math.min(before, worth),
    );
    return answered(kept);
  };
  const see = async (picture: Uint8Array): Promise<string> => {
    const { version, text } = PAGE_PROMPT;
    const input = digest({ picture: sha256(picture), prompt: text });
    return answered(
      await paid<string>(VISION, { version, input }, (means) => lookAt(options, picture, means)),
    );
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
    sees: options.endpoints.some(
      (endpoint) => isInside(automation, endpoint) && endpoint.models.some(({ vision }) => vision),
    ),
    see: (picture) => start(() => see(picture)),
  };
}

/** @throws ProcessingError that was paid for */
function answered<T>(kept: Remembered<T>): T {
  if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
  return kept.value as T;
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
