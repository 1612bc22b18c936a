import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Door } from '../../lambdas/contract/intake/doors.ts';
import { PRIORITIES } from '../../lambdas/contract/item/status.ts';

const NAME = /^[a-z][a-z0-9-]{0,29}$/;
/** As `signalbox token` takes it. */
const NAME_OF_CLIENT = /^[a-z][a-z0-9-]{0,39}$/;

/** What is wrong with the doors by which work comes in. */
export function faultsInDoors({ doors }: Pick<Automation, 'doors'>): string[] {
  if (!doors) return [];
  const { events = {}, ...others } = doors;
  return [
    ...Object.keys(others).map((kind) => `'doors' has '${kind}', which is no door: it takes events`),
    ...named('events', events),
    ...Object.entries(events).flatMap(([name, { source, detailType }]) =>
      source && detailType ? [] : [`'doors.events.${name}' needs 'source' and 'detailType'`],
    ),
  ];
}

function named(kind: string, doors: Readonly<Record<string, Door>>): string[] {
  return Object.entries(doors).flatMap(([name, { priority, client }]) => [
    ...(NAME.test(name)
      ? []
      : [`'doors.${kind}' has '${name}': a name is lower-case words joined by "-", at most 30 characters`]),
    ...(priority === undefined || PRIORITIES.includes(priority)
      ? []
      : [`'doors.${kind}.${name}.priority' must be one of ${PRIORITIES.join(', ')}`]),
    ...(client === undefined || NAME_OF_CLIENT.test(client)
      ? []
      : [`'doors.${kind}.${name}.client' must be the name of a client's entry`]),
  ]);
}
