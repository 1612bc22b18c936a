import type { Door } from './door.ts';
import type { InboundMail } from './mail.ts';
import type { ScheduleDoor } from './schedules.ts';
import type { WebhookDoor } from './webhooks.ts';

/**
 * How work comes in beside the API. What came and does not fit the schema of the body is kept as it came: its item is repaired, where
 * the automation allows that, or quarantined.
 */
export interface Doors<Body = unknown> {
  /** Events of an event bus, by name. */
  events?: Readonly<Record<string, EventDoor<Body>>>;
  /** Mails to its addresses. */
  mail?: MailDoor<Body>;
  /** Objects in the drop bucket. */
  drop?: DropDoor<Body>;
  /** Sources that are polled, by name. */
  schedules?: Readonly<Record<string, ScheduleDoor<Body>>>;
  /** Signed calls of senders that cannot set a bearer token, by name: `POST /v1/automations/{automation}/webhooks/{name}`. */
  webhooks?: Readonly<Record<string, WebhookDoor<Body>>>;
}

/** Each event that matches is an item, once. */
export interface EventDoor<Body = unknown> extends Door {
  /** Name of the bus; `signalbox`: the house's own, of the same environment. @default `default`, the account's own */
  bus?: string;
  source: string;
  detailType: string;
  /** A pattern for `detail`, as EventBridge has it: `{ state: ['open'] }`. @default every event */
  detail?: Readonly<Record<string, unknown>>;
  body(event: BusEvent): Body;
}

/** An event as EventBridge delivers it: `detail` is a stranger's until the schema has seen it. */
export interface BusEvent {
  id: string;
  source: string;
  'detail-type': string;
  /** ISO 8601. */
  time: string;
  detail: unknown;
}

/** Mails to an automation's own addresses: each is an item, with its attachments as documents. */
export interface MailDoor<Body = unknown> extends Door {
  /** Local parts of its addresses, before the `@` of the environment's domain. @default the automation's name alone */
  addresses?: readonly string[];
  /** What it throws, and what does not fit the schema, leaves the mail unfit: kept as it came. */
  body(mail: InboundMail): Body;
}

/**
 * Objects below `<automation>/` in the drop bucket. One that ends in `.json` holds an item's body, each line of an `.ndjson` or `.jsonl` is one;
 * every other is the document of an item.
 */
export interface DropDoor<Body = unknown> extends Door {
  /** Of an item with a document. Needs `documents` in the declaration. @default only data is taken */
  body?(object: DroppedObject): Body;
  /** Of a value of a data file. What it throws leaves the value unfit: kept as it came. @default the value itself */
  record?(value: unknown): Body;
}

export interface DroppedObject {
  /** The part of its key behind `<automation>/`: a stranger's words. */
  name: string;
  bytes: number;
  contentType: string;
}

/** By which work may come to an automation, the API first. What stands behind `:` is the door's own name. */
export function doorNames({ doors = {}, documents }: { doors?: Doors; documents?: object }): string[] {
  return ['api', 'mcp', ...(documents ? ['upload'] : []), ...declaredDoors(doors).map(([name]) => name)];
}

/** The doors that an automation declares, by the names that timelines, metrics and the registry have for them. */
export function declaredDoors(doors: Doors): [string, Door][] {
  const { events = {}, schedules = {}, webhooks = {}, mail, drop } = doors;
  const named = (kind: string, doors: Readonly<Record<string, Door>>) =>
    Object.entries(doors).map(([name, door]): [string, Door] => [`${kind}:${name}`, door]);
  const polled = Object.entries(schedules).map(([name, door]) => [name, { silentHours: 24, ...door }]);
  return [
    ...Object.entries({ ...(mail ? { mail } : {}), ...(drop ? { drop } : {}) }),
    ...named('event', events),
    ...named('schedule', Object.fromEntries(polled)),
    ...named('webhook', webhooks),
  ];
}
