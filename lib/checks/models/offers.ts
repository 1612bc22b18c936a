import type { Automation, StepPolicy } from '../../../lambdas/contract/automation.ts';
import { TIERS } from '../../../lambdas/contract/endpoint.ts';
import { placesFor } from '../../../lambdas/models/residency.ts';
import type { ResolvedConfig } from '../../config.ts';

type Endpoint = ResolvedConfig['endpoints'][string];

/** A chat model that a step may be sent to, as far as tier and residency go. */
export interface Offer {
  /** `openai/gpt-6-luna` */
  at: string;
  model: Endpoint['models'][number];
  capabilities: Endpoint['capabilities'];
}

export function offersFor(
  { tier = 'small' }: StepPolicy,
  endpoints: ResolvedConfig['endpoints'],
  residencies: readonly string[] | undefined,
): Offer[] {
  return Object.entries(endpoints).flatMap(([name, { residency, capabilities, models }]) =>
    residencies && !residencies.includes(residency)
      ? []
      : models
          .filter((model) => model.kind === 'chat' && TIERS.indexOf(model.tier) >= TIERS.indexOf(tier))
          .map((model) => ({ at: `${name}/${model.name}`, model, capabilities })),
  );
}

/** Without those that the configuration says cannot do what the step needs: the router refuses them. */
export function thatCan({ confidence }: StepPolicy, offers: readonly Offer[]): Offer[] {
  return offers.filter(
    ({ capabilities: { chat, logprobs } }) =>
      chat !== false && !(confidence === 'logprobs' && logprobs === false),
  );
}

/** The residencies of any item, and those of each example. */
export function placesOf(automation: Automation): (readonly string[] | undefined)[] {
  return [undefined, ...automation.examples.map(({ body }) => placesFor(automation, body))];
}
