import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ApiEvent } from '../../lambdas/kit/http.ts';
import { apiHandler } from '../../lambdas/kit/http.ts';
import type { Invoked } from '../../lambdas/kit/signed/invoke.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { automation, ENV } from './fixtures.ts';
import { answer } from './gateway.ts';

/* Stands where `lambdas/kit/signed/invoke.ts` does: the function of commands answers, as it does behind API Gateway. */

export const commanded: { events: ApiEvent[]; instead: Invoked | undefined } = {
  events: [],
  instead: undefined,
};

export async function invoke(functionName: string, event: object): Promise<Invoked> {
  if (functionName !== ENV.COMMANDS_FUNCTION) return { outcome: 'refused', status: 404 };
  if (commanded.instead) return commanded.instead;
  const sent = JSON.parse(JSON.stringify(event)) as ApiEvent;
  commanded.events.push(sent);
  const declared = [automation as Automation];
  const run = apiHandler((asked, caller) => answer(asked, caller, declared.map(registryEntry), [], declared));
  return { outcome: 'answered', answer: await run(sent) };
}
