import type { Priority } from '../item/status.ts';
import type { InboundMail } from './mail.ts';

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
}

export interface Door {
  /**
   * The client whose items they are, and who may read them by its token.
   * @default the door itself: only operators read them
   */
  client?: string;
  /** @default 'normal' */
  priority?: Priority;
}

/** Each event that matches is an item, once. */
export interface EventDoor<Body = unknown> extends Door {
  /** Name of the bus. @default `default`, the account's own */
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
  const { events = {}, mail, drop } = doors;
  return [
    'api',
    'mcp',
    ...(documents ? ['upload'] : []),
    ...(mail ? ['mail'] : []),
    ...(drop ? ['drop'] : []),
    ...Object.keys(events).map((name) => `event:${name}`),
  ];
}
