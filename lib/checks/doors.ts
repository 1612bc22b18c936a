import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Door } from '../../lambdas/contract/intake/door.ts';
import { declaredDoors, type EventDoor } from '../../lambdas/contract/intake/doors.ts';
import type { ScheduleDoor } from '../../lambdas/contract/intake/schedules.ts';
import { MOST_CALLS, type WebhookDoor } from '../../lambdas/contract/intake/webhooks.ts';

/** Of an address: as SES compares it, and as people can say it. */
const LOCAL_PART = /^[a-z0-9](?:[a-z0-9.-]{0,58}[a-z0-9])?$/;
const NAME = /^[a-z][a-z0-9-]{0,29}$/;
/** As `signalbox token` takes it. */
const NAME_OF_CLIENT = /^[a-z][a-z0-9-]{0,39}$/;
const HEADER = /^[a-z][a-z0-9-]{0,63}$/;
/** EventBridge takes the singular for one, and for one alone. */
const RATE = /^rate\((?:1 (minute|hour|day)|(?!1 )([1-9]\d{0,3}) (minute|hour|day)s)\)$/;
const HOURS = { minute: 1 / 60, hour: 1, day: 24 };
const MOST_SILENT_HOURS = 168;

type Wrong = [is: boolean, fault: string];

/** What is wrong with the doors by which work comes in. @param sources those of the configuration, by name */
export function faultsInDoors(
  { doors, documents }: Pick<Automation, 'doors' | 'documents'>,
  sources: object = {},
): string[] {
  if (!doors) return [];
  const { events = {}, schedules = {}, webhooks = {}, mail, drop } = doors;
  return [
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
    ...Object.entries({ events, schedules, webhooks }).flatMap(([kind, doors]) => named(kind, doors)),
    ...Object.entries(events).flatMap(([name, { source, detailType }]) =>
      source && detailType ? [] : [`'doors.events.${name}' needs 'source' and 'detailType'`],
    ),
    ...heardTwice(events),
    ...Object.entries(schedules).flatMap(([name, door]) => faultsInSchedule(name, door, sources)),
    ...Object.entries(webhooks).flatMap(([name, door]) => faultsInWebhook(name, door)),
  ];
}

/** An event tells neither of its bus nor of the pattern that it matched: two doors could not be told apart. */
function heardTwice(events: Readonly<Record<string, EventDoor>>): string[] {
  const heard = Map.groupBy(
    Object.entries(events),
    ([, { source, detailType }]) => `${source}|${detailType}`,
  );
  return [...heard.values()]
    .filter(({ length }) => length > 1)
    .map(
      (doors) =>
        `'doors.events' has ${doors.map(([name]) => name).join(' and ')} for the same events: make them one door, whose 'body' tells them apart`,
    );
}

function named(kind: string, doors: Readonly<Record<string, Door>>): string[] {
  return Object.entries(doors).flatMap(([name, door]) => [
    ...(NAME.test(name)
      ? []
      : [`'doors.${kind}' has '${name}': a name is lower-case words joined by "-", at most 30 characters`]),
    ...faultsOf(`${kind}.${name}`, door),
  ]);
}

function faultsOf(where: string, { client, silentHours = 1 }: Door): string[] {
  return said([
    [
      client !== undefined && !NAME_OF_CLIENT.test(client),
      `'doors.${where}.client' must be the name of a client's entry`,
    ],
    [
      !Number.isInteger(silentHours) || silentHours < 1 || silentHours > MOST_SILENT_HOURS,
      `'doors.${where}.silentHours' must be a whole number from 1 to ${MOST_SILENT_HOURS}`,
    ],
  ]);
}

function faultsInSchedule(
  name: string,
  { source, every, mostPages = 1, ...door }: ScheduleDoor,
  sources: object,
) {
  const where = `'doors.schedules.${name}`;
  const [, one, count, many] = RATE.exec(every) ?? [];
  const unit = (one ?? many) as keyof typeof HOURS | undefined;
  const [, { silentHours = 0 } = {}] =
    declaredDoors({ schedules: { [name]: { source, every, ...door } } })[0] ?? [];
  return said([
    [
      !Object.hasOwn(sources, source),
      `${where}' polls '${source}': add it to 'sources' in the configuration`,
    ],
    [
      !unit && !/^cron\([^()]{9,200}\)$/.test(every),
      `${where}.every' must be like "rate(5 minutes)", "rate(1 hour)" or "cron(0 6 * * ? *)"`,
    ],
    [
      unit !== undefined && Number(count ?? 1) * HOURS[unit] >= silentHours,
      `${where}.silentHours' must be longer than its '${every}': it is silent in between`,
    ],
    [
      !Number.isInteger(mostPages) || mostPages < 1 || mostPages > 100,
      `${where}.mostPages' must be a whole number from 1 to 100`,
    ],
  ]);
}

function faultsInWebhook(
  name: string,
  { scheme, windowSeconds = 300, rate = MOST_CALLS }: WebhookDoor,
): string[] {
  const where = `'doors.webhooks.${name}`;
  const faults = said([
    [!scheme, `${where}.scheme' is missing: it says who signs`],
    [
      !Number.isInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > 3600,
      `${where}.windowSeconds' must be a whole number from 1 to 3600`,
    ],
    [
      !(rate.perSecond >= 0.01 && rate.perSecond <= 10_000),
      `${where}.rate.perSecond' must be a number from 0.01 to 10000`,
    ],
    [
      !Number.isInteger(rate.burst) || rate.burst < 1 || rate.burst > 10_000,
      `${where}.rate.burst' must be a whole number from 1 to 10000`,
    ],
  ]);
  if (scheme?.kind !== 'hmac') return faults;
  const { header, timestampHeader = 'x-time', prefix = '' } = scheme;
  return [
    ...faults,
    ...said([
      [
        ![header, timestampHeader].every((it) => HEADER.test(it)),
        `${where}.scheme' must name its headers in lower case, such as "x-signature"`,
      ],
      [typeof prefix !== 'string', `${where}.scheme.prefix' must be a text`],
    ]),
  ];
}

/**
 * Automations whose event doors hear changes of their own items, directly or through others: each item would make the next one, without
 * end.
 */
export function loopsOf(automations: readonly Pick<Automation, 'name' | 'doors'>[]): string[] {
  const all = automations.map(({ name }) => name);
  const hears = new Map(automations.map((one) => [one.name, heardBy(one, all)]));
  return all.flatMap((name) => {
    const seen = new Set<string>();
    const open = [...(hears.get(name) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(hears.get(next) ?? []));
    }
    return seen.has(name)
      ? [
          `  ${name}: 'doors.events' hears changes of its own items${hears.get(name)?.includes(name) ? '' : ' through others'}, without end: name in 'detail.automation' whose items it is to hear`,
        ]
      : [];
  });
}

/** Whose items it hears of: of whom it names, or of all. */
function heardBy({ doors }: Pick<Automation, 'doors'>, all: readonly string[]): readonly string[] {
  const own = Object.values(doors?.events ?? {}).filter(({ source }) => source === 'signalbox');
  return own.flatMap(({ detail }) => {
    const named = detail?.automation;
    const isPlain = Array.isArray(named) && named.every((it) => typeof it === 'string');
    return isPlain ? (named as string[]) : all;
  });
}

function said(wrong: readonly Wrong[]): string[] {
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}
