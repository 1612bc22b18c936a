import type { Automation } from '../../../lambdas/contract/automation.ts';
import { MOST_SEEN, VISION } from '../../../lambdas/contract/document.ts';
import { PICTURE_TOKENS } from '../../../lambdas/contract/endpoint.ts';
import { worstCase } from '../../../lambdas/models/prices.ts';
import type { ResolvedConfig } from '../../config.ts';
import { type Offer, offersFor, placesOf } from './offers.ts';

/** Tokens of the prompt and of the schema beside the picture. */
const WORDS = 1500;

/** What is wrong with how a model is to read its pages. Where nothing is said of it and no model can, a person reads them. */
export function faultsInVision(automation: Automation, { endpoints }: ResolvedConfig): string[] {
  const { documents, steps, budget } = automation;
  const { tier, mostUsd = Number.POSITIVE_INFINITY, ...unused } = steps?.[VISION] ?? {};
  const wrong = Object.keys(unused).map(
    (field) => `step '${VISION}': '${field}' does nothing there: it takes tier and mostUsd`,
  );
  if (documents && automation.prompts[VISION])
    wrong.push(
      `step '${VISION}': this name is the house's own, by which pages are read: name yours otherwise`,
    );
  const { mostPages = MOST_SEEN } = documents?.vision ?? {};
  const isMeant = documents?.vision !== undefined || steps?.[VISION] !== undefined;
  if (!documents || !isMeant || mostPages === 0) return wrong;
  return [
    ...wrong,
    ...placesOf(automation).flatMap((residencies) => {
      if (residencies?.length === 0) return [];
      const where = residencies ? ` with the residency ${residencies.join(' or ')}` : '';
      const offers = offersFor(tier ? { tier } : {}, endpoints, residencies).filter(canSee);
      const [cheapest] = offers.sort((a, b) => worstOf(a) - worstOf(b));
      if (!cheapest)
        return [
          `step '${VISION}' needs a chat model that says 'vision: true', which no endpoint${where} has at the tier ${tier ?? 'small'} or above: add one, or leave out 'documents.vision', and a person reads such pages`,
        ];
      const most = Math.min(budget.perItemUsd, mostUsd);
      return worstOf(cheapest) > most
        ? [
            `step '${VISION}': one page may cost $${worstOf(cheapest)} at ${cheapest.at}, and $${most} is allowed: raise 'budget.perItemUsd' or 'mostUsd', or lower the model's 'maxOutputTokens'`,
          ]
        : [];
    }),
  ].filter((fault, at, all) => all.indexOf(fault) === at);
}

function canSee({ model, capabilities: { chat, vision } }: Offer): boolean {
  return model.vision === true && chat !== false && vision !== false;
}

function worstOf({ model }: Offer): number {
  return worstCase(model, (model.pictureTokens ?? PICTURE_TOKENS) + WORDS);
}
