import { type ItemStatus, RESTING } from '../../lambdas/contract/item/status.ts';
import { AFTER } from '../../lambdas/outbound/classify.ts';
import type { Sent } from './send.ts';

/* Where the time of an item went: each moment from its post to its rest belongs to one part, by the events around it. */

export interface Event {
  at: string;
  event: string;
  [fact: string]: unknown;
}

/** The part of `GET /v1/items/{id}` that is read. */
export interface Story {
  id: string;
  automation: string;
  status: ItemStatus;
  priority?: string;
  receivedAt: string;
  timeline: readonly Event[];
  /** What its actions made, in other automations or its own. */
  children?: readonly string[];
  costUsd?: number;
  degraded?: readonly { step: string }[];
  error?: { class: string; message: string };
}

/**
 * `door`: turned away and waiting to come back · `work`: our own functions at work · `asking`: from the verdict until people are asked ·
 * neighbours by name
 */
export type Part =
  | 'door'
  | 'intake'
  | 'work queue'
  | 'reading'
  | 'work'
  | 'action queue'
  | 'asking'
  | 'budget'
  | 'deferred'
  | `${'endpoint' | 'source' | 'destination'} ${string}`;

export type Parts = ReadonlyMap<Part, number>;

const NEIGHBOUR = /^(endpoint|source|destination) '([^']+)'/;

/** Names of destinations by automation and action. */
export type Destinations = ReadonlyMap<string, string>;
export const actionKey = (automation: string, action: string): string => `${automation} ${action}`;

/** Milliseconds by part, up to the moment in which it rests. */
export function partsOf(story: Story, destinations: Destinations, sent?: Sent): Map<Part, number> {
  const parts = new Map<Part, number>();
  const add = (part: Part, ms: number) => {
    if (ms > 0) parts.set(part, (parts.get(part) ?? 0) + ms);
  };
  if (sent) {
    add('door', sent.heldMs);
    // Who waits for the outcome waits for the whole item.
    if (sent.post.wait === undefined) add('intake', sent.lateMs + sent.answerMs);
  }
  const events = untilRest(story);
  let action: string | undefined;
  for (let at = 1; at < events.length; at += 1) {
    const [before, now] = [events[at - 1], events[at]];
    if (!before || !now) continue;
    if (before.event === 'acting') action = String(before.action ?? '');
    const gap = Date.parse(now.at) - Date.parse(before.at);
    const called = callOf(now);
    const inCall = called ? Math.min(gap, Number(now.milliseconds ?? 0)) : 0;
    if (called) add(called, inCall);
    const destination = destinations.get(actionKey(story.automation, action ?? ''));
    add(partBetween(before, now, destination ?? action ?? ''), gap - inCall);
  }
  return parts;
}

/** Events up to the first at which the item rests, as they are for whoever waits for it. */
function untilRest({ timeline }: Story): Event[] {
  const end = timeline.findIndex(({ event }) => event === 'waiting_approval');
  return end < 0 ? [...timeline] : timeline.slice(0, end + 1);
}

/** Calls that an endpoint answered, and when (ms). What was remembered asks nobody. */
export function askedAt({ timeline }: Story): { endpoint: string; atMs: number }[] {
  const asked = timeline.filter(
    (it) => callOf(it)?.startsWith('endpoint ') && it.cached !== true && wasAnswered(it),
  );
  return asked.map(({ endpoint, at }) => ({ endpoint: String(endpoint), atMs: Date.parse(at) }));
}

/** An answer of no use to its reader took as much of the endpoint's limit as any. */
function wasAnswered({ failure }: Event): boolean {
  return failure === undefined || AFTER[failure as keyof typeof AFTER]?.breaker === 'none';
}

function callOf({ event, endpoint, source }: Event): Part | undefined {
  if (event === 'source_asked') return `source ${String(source)}`;
  return event === 'model_called' && endpoint !== 'none' ? `endpoint ${String(endpoint)}` : undefined;
}

function partBetween(before: Event, now: Event, destination: string): Part {
  switch (before.event) {
    case 'received':
    case 'read':
      return 'work queue';
    case 'deferred':
      return 'deferred';
    case 'reading':
      return 'reading';
    case 'suspended':
      return 'budget';
    case 'waiting':
      return waitedFor(before) ?? 'work';
    case 'acting':
      return `destination ${destination}`;
    case 'gated':
    case 'decided':
      if (now.event === 'waiting_approval') return 'asking';
      return now.event === 'acting' || isActWait(now) ? 'action queue' : 'work';
    default:
      return 'work';
  }
}

export function isActWait({ event, stage }: Event): boolean {
  return event === 'waiting' && stage === 'act';
}

/** Whom an event of waiting names. */
export function waitedFor({ reason }: Event): Part | undefined {
  const [, kind, name] = NEIGHBOUR.exec(String(reason)) ?? [];
  return kind && name ? (`${kind} ${name}` as Part) : undefined;
}

/** Stages in the order of an item's life; `queue`, `to ask` and `to act` are waiting. */
export const STEPS = [
  ...(['intake', 'queue', 'read', 'prepare', 'route', 'evaluate', 'gate'] as const),
  ...(['to ask', 'to act', 'act', 'total'] as const),
];
export type Step = (typeof STEPS)[number];

/** Milliseconds of each stage that the item went through. */
export function stepsOf(story: Story, sent?: Sent): Partial<Record<Step, number>> {
  const { timeline, receivedAt } = story;
  const first = (...names: string[]) => timeline.find(({ event }) => names.includes(event))?.at;
  const last = (...names: string[]) => timeline.findLast(({ event }) => names.includes(event))?.at;
  const between = (from: string | undefined, to: string | undefined) =>
    from === undefined || to === undefined ? undefined : Math.max(0, Date.parse(to) - Date.parse(from));
  const [reading, read, processing] = [first('reading'), first('read'), first('processing')];
  const [prepared, routed, evaluated, gated] = [
    ...[first('prepared'), first('routed'), first('evaluated'), first('gated')],
  ];
  const acting = first('acting');
  const asked = first('waiting_approval');
  const queued = between(receivedAt, reading ?? processing);
  const steps: Partial<Record<Step, number | undefined>> = {
    intake: sent && sent.post.wait === undefined && sent.id !== undefined ? sent.answerMs : undefined,
    queue: queued === undefined ? undefined : queued + (read ? (between(read, processing) ?? 0) : 0),
    read: between(reading, read),
    prepare: between(processing, prepared),
    route: between(prepared, routed),
    evaluate: between(routed ?? prepared, evaluated),
    gate: between(evaluated ?? routed ?? prepared, gated),
    'to ask': between(gated, asked),
    'to act': asked === undefined ? between(gated, acting) : undefined,
    act: between(acting, last('acted', 'not_acted')),
    total: between(receivedAt, restedAt(story)),
  };
  return Object.fromEntries(Object.entries(steps).filter(([, ms]) => ms !== undefined));
}

/** When it came to rest; undefined of one that does not rest. */
export function restedAt({ status, timeline }: Story): string | undefined {
  if (!isResting(status)) return undefined;
  return (timeline.find(({ event }) => event === 'waiting_approval') ?? timeline.at(-1))?.at;
}

/** A person, an operator or a later time has the next word. */
export function isResting(status: ItemStatus | undefined): boolean {
  return status !== undefined && (RESTING.includes(status) || status === 'waiting_approval');
}
