import type { Priority } from '../item/status.ts';

/**
 * How work comes in beside the API. What came and does not fit the schema of the body is kept as it came: its item is repaired, where
 * the automation allows that, or quarantined.
 */
export interface Doors<Body = unknown> {
  /** Events of an event bus, by name. */
  events?: Readonly<Record<string, EventDoor<Body>>>;
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

/** By which work may come to an automation, the API first. What stands behind `:` is the door's own name. */
export function doorNames({ doors = {}, documents }: { doors?: Doors; documents?: object }): string[] {
  const { events = {} } = doors;
  return [
    'api',
    'mcp',
    ...(documents ? ['upload'] : []),
    ...Object.keys(events).map((name) => `event:${name}`),
  ];
}
