import { answer as read } from '../../lambdas/api/api.ts';
import { ROUTES, type Route } from '../../lambdas/api/routes.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { NeighbourName } from '../../lambdas/contract/neighbour.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import type { ModelChoice } from '../../lambdas/contract/steps/release.ts';
import type { ApiEvent, Caller, Reply } from '../../lambdas/kit/http.ts';
import { answer as command } from '../../lambdas/operate/commands.ts';
import { ENV, SETTINGS } from './fixtures.ts';

/** The function of the route answers, as behind API Gateway. */
export function answer(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  neighbours: readonly NeighbourName[] = [],
  declarations: readonly Automation[] = [],
  models: readonly ModelChoice[] = [],
): Promise<Reply> {
  const routes: readonly Route[] = Object.values(ROUTES);
  return routes.some(({ at, fn }) => at === event.routeKey && fn === 'operate/commands')
    ? command(
        event,
        caller,
        registry,
        ENV,
        neighbours,
        async (name) => declarations.find((it) => it.name === name),
        models,
      )
    : read(event, caller, registry, ENV, SETTINGS, neighbours);
}
