import type { PageContext } from '../approve/channels/page/visit.ts';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import type { Outline } from '../contract/registry.ts';
import { zoneOf } from '../pages/time.ts';
import type { Site } from './site.ts';

export interface ConsoleContext extends PageContext {
  env: EnvFor<'console/console'>;
  outlines: readonly Outline[];
  /** Whatever has a breaker, in the order of the configuration. */
  neighbours: readonly NeighbourName[];
  site: Site;
}

/** Of the pages on which nobody decides. */
export interface DeskContext extends ConsoleContext {
  declarations: readonly Automation[];
}

/** The time zone of an automation's calendar, in which its approvers read times. */
export function zoneFor(
  { settings, outlines }: Pick<ConsoleContext, 'settings' | 'outlines'>,
  automation: string,
): string | undefined {
  return zoneOf(settings, outlines.find(({ name }) => name === automation)?.calendar);
}
