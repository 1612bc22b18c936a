import type { Automation } from '../../lambdas/contract/automation.ts';
import { worstCalls, worstCase } from '../../lambdas/models/prices.ts';
import type { ResolvedConfig } from '../config.ts';
import { type Offer, offersFor, placesOf, thatCan } from './models/offers.ts';

/** Tokens of a question as short as they come: some sentences of prompt, a schema, a line of input. */
const SHORT_QUESTION = 500;

/** What is wrong with an automation's budget: no amount, or one that not even a short question fits into. */
export function faultsInBudget(automation: Automation, config: ResolvedConfig): string[] {
  const given = Object.entries(automation.budget).filter(([, amount]) => amount !== undefined);
  const wrong = [
    ...['perDayUsd', 'perItemUsd']
      .filter((field) => !given.some(([name]) => name === field))
      .map((field) => `'budget.${field}' is missing`),
    ...given
      .filter(([, amount]) => !isAmount(amount))
      .map(([field, amount]) => `'budget.${field}' must be a number above 0, got '${amount}'`),
  ];
  return wrong.length > 0 ? wrong : tooSmall(automation, config);
}

/** What will not work as it may be meant to, and is no fault: models that no item can fall back on. */
export function warningsAbout(automation: Automation, config: ResolvedConfig): string[] {
  const { perItemUsd } = automation.budget;
  const steps = new Map<Offer['model'], { at: string; names: Set<string> }>();
  for (const { step, offers } of questionsOf(automation, config))
    for (const { at, model } of offers)
      if (worstCase(model, SHORT_QUESTION) > perItemUsd) {
        const { names } = steps.get(model) ?? { names: new Set() };
        steps.set(model, { at, names: names.add(step) });
      }
  return [...steps].map(
    ([model, { at, names }]) =>
      `${automation.name}: no item can fall back on ${at} (${model.tier}) in the steps ${[...names].join(', ')}: ` +
      `a short question may cost $${worstCase(model, SHORT_QUESTION)} there, and 'budget.perItemUsd' is ${perItemUsd}. ` +
      "Raise that, or lower the model's 'maxOutputTokens'",
  );
}

function tooSmall(automation: Automation, config: ResolvedConfig): string[] {
  const { perDayUsd, perItemUsd, perDayTokens = Number.POSITIVE_INFINITY } = automation.budget;
  const faults = questionsOf(automation, config).flatMap(({ step, offers }) => {
    const [cheapest] = offers
      .map((offer) => ({ ...offer, worst: worstCase(offer.model, SHORT_QUESTION) }))
      .sort((a, b) => a.worst - b.worst);
    const [shortest] = offers
      .map((offer) => ({ ...offer, worst: tokensOf(offer) }))
      .sort((a, b) => a.worst - b.worst);
    if (!cheapest || !shortest) return [];
    const { mostUsd = Number.POSITIVE_INFINITY } = automation.steps?.[step] ?? {};
    const limits: [string, number, typeof cheapest, string][] = [
      ["'budget.perDayUsd'", perDayUsd, cheapest, `cost $${cheapest.worst}`],
      ["'budget.perItemUsd'", perItemUsd, cheapest, `cost $${cheapest.worst}`],
      [`step '${step}': 'mostUsd'`, mostUsd, cheapest, `cost $${cheapest.worst}`],
      ["'budget.perDayTokens'", perDayTokens, shortest, `take ${shortest.worst} tokens`],
    ];
    return limits
      .filter(([, limit, { worst }]) => limit > 0 && limit < worst)
      .map(
        ([field, limit, { at }, most]) =>
          `${field} is ${limit}, which no question of the step '${step}' fits into: a short one to ${at} may ${most}, asked again once; raise it, or lower the model's 'maxOutputTokens'`,
      );
  });
  return [...new Set(faults)];
}

function tokensOf({ model }: Offer): number {
  return worstCalls(model, SHORT_QUESTION).reduce(
    (sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens,
    0,
  );
}

/**
 * Every step with the models that could answer it: for any item, and for each example, whose data may go to
 * fewer of them.
 */
function questionsOf(
  automation: Automation,
  { endpoints }: ResolvedConfig,
): { step: string; offers: Offer[] }[] {
  const places = placesOf(automation);
  return Object.keys(automation.prompts).flatMap((step) => {
    const policy = automation.steps?.[step] ?? {};
    return places.map((residencies) => ({
      step,
      offers: thatCan(policy, offersFor(policy, endpoints, residencies)),
    }));
  });
}

function isAmount(amount: unknown): boolean {
  return typeof amount === 'number' && Number.isFinite(amount) && amount > 0;
}
