import type { PageContext } from '../approve/channels/page/visit.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import { zoneOf } from '../pages/time.ts';
import type { Site } from './site.ts';

export interface ConsoleContext extends PageContext {
  env: EnvFor<'console/console'>;
  declarations: readonly Automation[];
  /** Whatever has a breaker, in the order of the configuration. */
  neighbours: readonly NeighbourName[];
  site: Site;
}

/** The time zone of an automation's calendar, in which its approvers read times. */
export function zoneFor(
  { settings, declarations }: Pick<ConsoleContext, 'settings' | 'declarations'>,
  automation: string,
): string | undefined {
  return zoneOf(settings, declarations.find(({ name }) => name === automation)?.approval.calendar);
}
