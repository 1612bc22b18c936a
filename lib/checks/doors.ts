import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Door } from '../../lambdas/contract/intake/doors.ts';
import { PRIORITIES } from '../../lambdas/contract/item/status.ts';

/** Of an address: as SES compares it, and as people can say it. */
const LOCAL_PART = /^[a-z0-9](?:[a-z0-9.-]{0,58}[a-z0-9])?$/;
const NAME = /^[a-z][a-z0-9-]{0,29}$/;
/** As `signalbox token` takes it. */
const NAME_OF_CLIENT = /^[a-z][a-z0-9-]{0,39}$/;

/** What is wrong with the doors by which work comes in. */
export function faultsInDoors({ doors, documents }: Pick<Automation, 'doors' | 'documents'>): string[] {
  if (!doors) return [];
  const { events = {}, mail, drop, ...others } = doors;
  return [
    ...Object.keys(others).map(
      (kind) => `'doors' has '${kind}', which is no door: it takes events, mail and drop`,
    ),
    ...(mail ? faultsOf('mail', mail) : []),
    ...(mail?.addresses ?? []).flatMap((address) =>
      LOCAL_PART.test(address)
        ? []
        : [
            `'doors.mail.addresses' has '${address}': it takes the part before the "@", in lower-case letters, digits, "." and "-"`,
          ],
    ),
    ...(mail?.addresses?.length === 0 ? ["'doors.mail.addresses' is empty: leave it out, or name one"] : []),
    ...(drop ? faultsOf('drop', drop) : []),
    ...(drop?.body && !documents
      ? ["'doors.drop.body' is of items with a document: declare 'documents'"]
      : []),
    ...named('events', events),
    ...Object.entries(events).flatMap(([name, { source, detailType }]) =>
      source && detailType ? [] : [`'doors.events.${name}' needs 'source' and 'detailType'`],
    ),
  ];
}

function named(kind: string, doors: Readonly<Record<string, Door>>): string[] {
  return Object.entries(doors).flatMap(([name, door]) => [
    ...(NAME.test(name)
      ? []
      : [`'doors.${kind}' has '${name}': a name is lower-case words joined by "-", at most 30 characters`]),
    ...faultsOf(`${kind}.${name}`, door),
  ]);
}

function faultsOf(where: string, { priority, client }: Door): string[] {
  return [
    ...(priority === undefined || PRIORITIES.includes(priority)
      ? []
      : [`'doors.${where}.priority' must be one of ${PRIORITIES.join(', ')}`]),
    ...(client === undefined || NAME_OF_CLIENT.test(client)
      ? []
      : [`'doors.${where}.client' must be the name of a client's entry`]),
  ];
}
