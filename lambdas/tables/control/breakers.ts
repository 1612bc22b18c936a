import type { NeighbourKind, NeighbourName } from '../../contract/neighbour.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { get, updateAndSee } from '../../kit/dynamo/rows.ts';
import { logger } from '../../kit/telemetry.ts';
import { neighbourKey } from '../keys.ts';

/**
 * The control table's row of one neighbour: its rate limiter and its breaker, shared by every worker of every automation. Times are
 * milliseconds since 1970, what is absent never happened. One row, so that one write takes a permit.
 */
export interface BreakerRow {
  id: string;
  /** Rises with every change of the breaker; a permit, and its report, holds for one epoch. */
  epoch?: number;
  breaker?: 'closed' | 'open' | 'half-open';
  /** Why it is open. */
  reason?: string;
  /** Of an opening, its probe included, and of one that an operator makes: once it is gone, that has ended. */
  openUntil?: number;
  /** Until then one call alone tries the neighbour out. */
  probeUntil?: number;
  /** Openings in a row, without a good while in between. */
  openings?: number;
  /** From here on the pace rises to its full height. */
  rampFrom?: number;
  /** The window in which calls and failures are counted. */
  windowAt?: number;
  calls?: number;
  failures?: number;
  /** Digests of the first few items whose calls failed in it: one item alone is no outage. */
  failedItems?: string;
  /** Whose call was the last probe that failed. */
  probeItem?: string;
  /** Of a destination that stays down: `harmless` where that call did nothing there, or may be repeated by its key; else `acted`. */
  lastProbe?: string;
  /** Of an endpoint: until then one call asks whether it refuses everybody or one text. */
  doubtUntil?: number;
  /** When it last answered that call. */
  vouchedAt?: number;
  /** Of an endpoint: its models that know the limit of an answer by its older name alone. */
  oldLimit?: string;
  /** Of an endpoint: its models that refuse `logprobs`, and those that refuse a temperature. */
  noLogprobs?: string;
  noTemperature?: string;
  noPromptCacheKey?: string;
  /** Up to here the slots of the rate limiter are taken. It only ever goes up. */
  lineAt?: number;
  /** The neighbour asked to be left alone until then. */
  pausedUntil?: number;
  /** How often in a row it had no room and did not say for how long. */
  silentRates?: number;
  /** By how much such wishes pushed the rate limiter back, all together. */
  pushedMs?: number;
  forced?: Forced;
}

/** What an operator decided, and why. `auto` gives the breaker back to itself. */
export interface Forced {
  state: 'open' | 'closed' | 'auto';
  reason: string;
  by: string;
  at: string;
}

/** How often a caller looks whether an operator still holds a breaker open. */
const FORCED_LOOK_MS = 60_000;

/** What the next call meets. Half-open without `until`: it is the probe. */
export type Standing =
  | { state: 'closed' }
  | { state: 'open'; until: number; reason: string }
  | { state: 'half-open'; until?: number; reason: string };

export function standingOf(row: BreakerRow, now: number): Standing {
  const { breaker = 'closed', openUntil = 0, probeUntil = 0, reason = '', forced } = row;
  if (forced?.state === 'open') return { state: 'open', until: now + FORCED_LOOK_MS, reason: forced.reason };
  if (forced?.state === 'closed' || breaker === 'closed') return { state: 'closed' };
  if (breaker === 'open' && openUntil > now) return { state: 'open', until: openUntil, reason };
  if (breaker === 'half-open' && probeUntil > now) return { state: 'half-open', until: probeUntil, reason };
  return { state: 'half-open', reason };
}

export interface BreakerView {
  kind: NeighbourKind;
  name: string;
  /** The name once more, of an endpoint: as it was called when there were no others. */
  endpoint?: string;
  state: Standing['state'];
  reason?: string;
  /** ISO 8601: when the next call may try; for a half-open breaker, when its probe gives up. */
  until?: string;
  forced?: Forced;
  /** In the present window, which ends with 100 calls or a minute. */
  calls: number;
  failures: number;
  /** ISO 8601: the neighbour asked to be left alone until then. */
  pausedUntil?: string;
  /** How long a call that came now would wait, bursts aside. */
  lineMs: number;
}

/** The breakers of these neighbours, in their order. One that was never called is closed. @param how `eventual`: half the price */
export function readBreakers(
  table: string,
  neighbours: readonly NeighbourName[],
  how: { eventual?: boolean } = {},
): Promise<BreakerView[]> {
  return Promise.all(
    neighbours.map(async (of) =>
      viewOf(of, await get<BreakerRow>(table, neighbourKey(of.kind, of.name), how)),
    ),
  );
}

/**
 * Holds a breaker open or closed, or gives it back to itself. Closing also clears a rate limiter that the neighbour pushed back, and the
 * slow pace after it: a mistaken `Retry-After` must not outlast the operator's word. Giving back lets the next call probe at once.
 * A row that nobody can read begins anew.
 */
export async function forceBreaker(
  table: string,
  of: NeighbourName,
  { state, reason, by }: Omit<Forced, 'at'>,
): Promise<BreakerView> {
  const forced: Forced = { state, reason, by, at: isoNow() };
  // A probe under way reports for an epoch that is over; it must not hold others back meanwhile.
  // Without the ramp nobody knows how long ago the last opening was: the next one is a first one.
  const clear = state === 'closed' ? (['pausedUntil', 'lineAt', 'rampFrom', 'openings'] as const) : [];
  // Without a further one, the stream tells of the opening's end: what waits is woken.
  const opening = state === 'open' ? { openUntil: clock.now() } : undefined;
  const given = { forced, ...opening };
  const id = neighbourKey(of.kind, of.name);
  const changed = await updateAndSee<BreakerRow>(table, id, {
    set: given,
    remove: [...(opening ? [] : (['openUntil'] as const)), 'probeUntil', ...clear],
    add: { epoch: 1 },
  }).catch(unaddable);
  const row = changed?.row && isSound(changed.row) ? changed.row : await beginAnew(table, id, given);
  logger.warn('breaker forced', { [of.kind]: of.name, ...forced });
  return viewOf(of, row);
}

/** What is no number takes no addition. */
function unaddable(error: unknown): undefined {
  if (!(error instanceof Error && error.name === 'ValidationException')) throw error;
}

async function beginAnew(
  table: string,
  id: string,
  given: Pick<BreakerRow, 'forced' | 'openUntil'>,
): Promise<BreakerRow | undefined> {
  logger.warn('breaker row begins anew', { id });
  const { row } = await updateAndSee<BreakerRow>(table, id, {
    // No permit is of this epoch.
    set: { ...given, epoch: clock.now() },
    remove: FIELDS.filter((field) => field !== 'epoch' && !(field in given)),
  });
  return row;
}

/** `untried`: nobody has called it since it was down, and the next call is its probe. */
export type Health = 'well' | 'untried' | 'down';

export function healthOf({ state, until, pausedUntil }: BreakerView): Health {
  if (pausedUntil !== undefined) return 'down';
  if (state === 'closed') return 'well';
  return state === 'half-open' && until === undefined ? 'untried' : 'down';
}

/** How a neighbour is, and since when its breaker is closed (ISO 8601) where it was ever open. */
export async function readHealth(
  table: string,
  of: NeighbourName,
): Promise<{ health: Health; closedAt?: string }> {
  const found = await get<BreakerRow>(table, neighbourKey(of.kind, of.name));
  const row = found && isSound(found) ? found : undefined;
  const { rampFrom, forced } = row ?? {};
  const closedAt = forced?.state === 'closed' ? forced.at : rampFrom && iso(rampFrom);
  return { health: healthOf(viewOf(of, row)), ...(closedAt ? { closedAt } : {}) };
}

/** Nobody knows how it is: its row was changed by hand. */
export const isUnreadable = ({ reason }: BreakerView): boolean => reason === UNREADABLE;

function viewOf(of: NeighbourName, row: BreakerRow | undefined): BreakerView {
  if (row && !isSound(row)) return { ...viewOf(of, undefined), reason: UNREADABLE };
  const { kind, name } = of;
  const now = clock.now();
  const standing = standingOf(row ?? { id: neighbourKey(kind, name) }, now);
  const { forced, calls = 0, failures = 0, pausedUntil = 0 } = row ?? {};
  const ahead = Math.max(pausedUntil, row?.lineAt ?? 0) - now;
  return {
    kind,
    name,
    ...(kind === 'endpoint' ? { endpoint: name } : {}),
    state: standing.state,
    ...('reason' in standing && standing.reason ? { reason: standing.reason } : {}),
    ...('until' in standing && forced?.state !== 'open' ? { until: iso(standing.until) } : {}),
    ...(forced ? { forced } : {}),
    calls,
    failures,
    ...(pausedUntil > now ? { pausedUntil: iso(pausedUntil) } : {}),
    lineMs: Math.max(0, Math.round(ahead)),
  };
}

type Field = Exclude<keyof BreakerRow, 'id' | 'forced'>;

const OF_TYPE: Record<Field, 'number' | 'string'> = {
  epoch: 'number',
  breaker: 'string',
  reason: 'string',
  openUntil: 'number',
  probeUntil: 'number',
  openings: 'number',
  rampFrom: 'number',
  windowAt: 'number',
  calls: 'number',
  failures: 'number',
  failedItems: 'string',
  probeItem: 'string',
  lastProbe: 'string',
  doubtUntil: 'number',
  vouchedAt: 'number',
  oldLimit: 'string',
  noLogprobs: 'string',
  noTemperature: 'string',
  noPromptCacheKey: 'string',
  lineAt: 'number',
  pausedUntil: 'number',
  silentRates: 'number',
  pushedMs: 'number',
};

/** All that a breaker knows, but for what an operator decided. */
const FIELDS = Object.keys(OF_TYPE) as Field[];

/** What somebody has written into it by hand may be of no use to the calls that count with it. */
function isSound(row: BreakerRow): boolean {
  return FIELDS.every((field) => row[field] === undefined || typeof row[field] === OF_TYPE[field]);
}

const UNREADABLE = 'its row is unreadable, calls go out without pace and breaker: auto lets it begin anew';

function iso(time: number): string {
  return new Date(time).toISOString();
}
