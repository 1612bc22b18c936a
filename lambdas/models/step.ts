import type { ModelRequest } from '../contract/automation.ts';
import { VISION } from '../contract/document.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { digest, sha256 } from '../kit/digest.ts';
import { ProcessingError } from '../kit/errors.ts';
import { sideBySide } from '../kit/together.ts';
import { clearing } from '../privacy/way-out.ts';
import { Memo, type Remembered } from '../tables/idempotency/once.ts';
import { stepId } from '../tables/keys.ts';
import type { AgentSteps, Telling } from './agent/agent.ts';
import { feedbackMessage } from './answer/answer.ts';
import { worthOf } from './answer/confidence.ts';
import { mayWait } from './batch/may-wait.ts';
import { type Means, ModelStep, policyOf } from './chat.ts';
import { joined } from './lineage.ts';
import { exact } from './prices.ts';
import { openPurses } from './purse.ts';
import { keptInside } from './residency.ts';
import { ItemBudget, type Runner, type RunnerOptions } from './runner.ts';
import { PAGE_PROMPT } from './vision/prompt.ts';

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
  const embed: Runner['embed'] = async (...given) => {
    const { embedder } = await import('./agent/seldom.ts');
    return embedder(options, { lineage, lost }, budget)(...given);
  };
  /** Pays for an answer once, and counts what it cost, whoever gives it. */
  const paid = async <T>(
    name: string,
    { version, input }: { version: string; input: string },
    pay: (means: Means & { budget: ItemBudget }) => Promise<Remembered<T>>,
  ): Promise<Remembered<T>> => {
    const id = stepId(
      automation.name,
      item.id,
      String(item.remembers ?? item.generation),
      name,
      version,
      input,
    );
    const money = budget.step();
    const mine: LineageEntry[] = [];
    try {
      const kept = await memo.once<T>(id, () => pay({ id, budget, money, lost: mine }), mine);
      // Asked for twice, it is one step and was paid for once.
      lineage.push(...kept.lineage.filter((entry) => !lineage.includes(entry)));
      return kept;
    } finally {
      // At one moment: its siblings must not find its cost counted twice, or not at all.
      lost.push(...mine);
      money.end();
    }
  };
  const measured = async <T>(name: string, request: ModelRequest<T>, kept: Remembered<T>): Promise<T> => {
    const { model: by = '' } = kept.lineage.at(-1) ?? {};
    const { version: promptVersion } = request.prompt;
    const about = { automation: automation.name, step: name, promptVersion, model: by };
    const worth = await worthOf(options.controlTable, about, kept.rawConfidence);
    // Of a text that is read in parts, what is least sure.
    const before = sure.get(name);
    sure.set(
      name,
      before === undefined ? worth : worth === null || before === null ? null : Math.min(before, worth),
    );
    return answered(kept);
  };
  const askedOf = async <T>(options: RunnerOptions, name: string, request: ModelRequest<T>): Promise<T> => {
    const { version, text } = request.prompt;
    const input = digest({ input: request.input, prompt: text, feedback, model: request.model });
    const asked = { ...request, step: name, feedback };
    const { similar, surrogate, batch } = policyOf(automation, name);
    const kept = await paid<T>(name, { version, input }, async (given) => {
      const waited = batch && !fresh && mayWait(options, batch);
      const batches = () => import('./agent/seldom.ts');
      const answered = waited && (await batches()).wasAnswered(options, given.id);
      const means = { ...given, batches, answered: (await answered) === true };
      const ask = async () =>
        new ModelStep<T>(options, asked, means, await clearing(automation)).answer(
          similar &&
            (async (list, pay) => {
              const { answeredAlike } = await import('./agent/seldom.ts');
              return answeredAlike(options, asked, similar, means, list, pay);
            }),
        );
      // Few automations have surrogates.
      const room = surrogate && (await import('./agent/seldom.ts'));
      return room
        ? room.orAsk(options, { name, request, policy: surrogate, answered: means.answered }, ask)
        : ask();
    });
    return measured(name, request, kept);
  };
  const see = async (picture: Uint8Array): Promise<string> => {
    const { version, text } = PAGE_PROMPT;
    const input = digest({ picture: sha256(picture), prompt: text });
    return answered(
      await paid<string>(VISION, { version, input }, async (means) => {
        const { lookAt } = await import('./agent/seldom.ts');
        return lookAt(options, picture, means);
      }),
    );
  };
  const { start, close } = sideBySide();
  const traces: Telling[] = [];
  const agentWith: Runner['agentWith'] = (name, request, given) => {
    const trace: Telling = { agent: name, looked: [], turns: 0 };
    traces.push(trace);
    // Each turn is a step: none begins once the thinking is over.
    const steps: AgentSteps = { feedback, measured, paid: (...turn) => start(() => paid(...turn)) };
    // Few automations have agents.
    const answering = import('./agent/seldom.ts').then(({ runAgent }) =>
      runAgent(options, steps, { name, request, ...given, trace }),
    );
    answering.catch(() => {});
    return answering;
  };
  const inside = keptInside(options);
  const giveBack = openPurses(options.controlTable, automation.name);
  return {
    close: async () => {
      await close();
      await giveBack();
    },
    lineage,
    lost,
    confidence: (name) => sure.get(name) ?? null,
    embed: (name, texts, of) => start(() => embed(name, texts, of)),
    model: (name, request) => start(() => askedOf(options, name, request)),
    modelInside: (name, request) => start(() => askedOf(inside, name, request)),
    sees: inside.endpoints.some((endpoint) => endpoint.models.some(({ vision }) => vision)),
    see: (picture) => start(() => see(picture)),
    agentWith,
    traces,
  };
}

/** @throws ProcessingError that was paid for */
function answered<T>(kept: Remembered<T>): T {
  if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
  return kept.value as T;
}
