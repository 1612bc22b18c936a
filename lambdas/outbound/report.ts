import type { Neighbour } from '../contract/neighbour.ts';
import { clock } from '../kit/clock.ts';
import { logger } from '../kit/telemetry.ts';
import type { BreakerRow } from '../tables/control/breakers.ts';
import type { RowChange } from '../tables/control/neighbours.ts';
import { AFTER, CallFailure } from './classify.ts';
import {
  close,
  countFailure,
  inEpoch,
  isTripped,
  type OpenKind,
  open,
  openUntil,
  reopen,
} from './neighbour/breaker.ts';
import { leastTaken, pushBack } from './neighbour/rate-limiter.ts';
import {
  changeRow,
  countLater,
  type Row,
  RowFault,
  readRow,
  remembered,
  rowOf,
  takeUncounted,
} from './neighbour/row.ts';
import { named, type Permit } from './permit.ts';
import type { RateHeaders } from './rate-headers.ts';

/*
 * What came of a permit. A report never fails its caller: the answer is paid for, or the failure is the caller's to tell. It holds
 * only while the breaker is as it was when the permit was given, so that what an outage leaves behind opens nothing a second time.
 */

export interface Failure {
  kind: OpenKind | 'rate';
  retryAfterMs?: number | undefined;
  headers?: RateHeaders | undefined;
  /** Of a destination: the call did nothing there, or is known by its key when it comes again. @default it may have acted */
  harmless?: boolean;
}

/** After a 429 that says nothing more; after each further one twice as long, up to `MOST_SILENT_MS`. */
const PAUSE_MS = 1000;
const MOST_SILENT_MS = 60_000;
/** So that those who were sent away together do not come back together. */
const JITTER = 0.25;
/** With no such answer for this long, the next one is a first one again. */
const CALM_MS = 300_000;
/** Of a wish to be left alone, this much is believed. */
const MOST_PAUSE_MS = 3_600_000;
/** And this much while an operator holds the breaker closed: who does not believe the neighbour still need not hammer it. */
const HELD_PAUSE_MS = 30_000;

const OPENED = { quota: 'quota used up', key: 'key refused', region: 'region not served' } as const;

/** A round is lost only to another one who pushed or counted, and to a change of the breaker. */
const ROUNDS = 5;

/** An answer that says nothing against the neighbour's health, usable or not. Writes only where there is something to say. */
export function reportSuccess(
  table: string,
  neighbour: Neighbour,
  permit: Permit,
  headers?: RateHeaders,
): Promise<void> {
  return quietly(neighbour, permit, async () => {
    const of = rowOf(table, neighbour);
    if (permit.probe) {
      const { done } = await changeRow(of, close({ id: '', epoch: permit.epoch ?? 0 }, clock.now()));
      if (done) logger.warn('breaker closed', named(of));
    }
    await forgetSilence(of, permit);
    if (headers) await heed(of, neighbour, headers);
  });
}

export function reportFailure(
  table: string,
  neighbour: Neighbour,
  permit: Permit,
  failure: Failure,
): Promise<void> {
  return quietly(neighbour, permit, async () => {
    const of = rowOf(table, neighbour);
    const { kind } = failure;
    const { epoch = 0 } = permit;
    const seen = remembered(of) ?? (await readRow(of));
    if (kind === 'rate') await push(of, neighbour, permit, saidPause(failure));
    // What is known to come too late costs no write.
    if ((seen.epoch ?? 0) > epoch) return;
    const row: BreakerRow = { ...seen, epoch };
    const now = clock.now();
    if (kind === 'rate') {
      // It lives, and it has no room: the next probe comes when it said.
      if (permit.probe)
        await shut(of, openUntil(row, now + (saidPause(failure) ?? PAUSE_MS), 'no room for the probe'));
    } else if (kind !== 'transient') await shut(of, open(row, now, kind, OPENED[kind]));
    else if (permit.probe) await shut(of, reopen(row, now, permit.item, failure.harmless ?? false));
    else await countOne(of, row, permit.item);
  });
}

/** What came of a call: the headers of its answer, or its failure. */
export function reportCall(
  table: string,
  endpoint: Neighbour,
  permit: Permit,
  outcome: RateHeaders | CallFailure,
): Promise<void> {
  if (!(outcome instanceof CallFailure)) return reportSuccess(table, endpoint, permit, outcome);
  // Nobody knows what it says; whoever finds out reports that.
  if (outcome.kind === 'unsure') return Promise.resolve();
  const { breaker: kind } = AFTER[outcome.kind];
  const { retryAfterMs, headers } = outcome;
  // An answer of no use says nothing against the endpoint's health.
  if (kind === 'none') return reportSuccess(table, endpoint, permit, headers);
  logger.warn('endpoint failed', { ...named(endpoint), kind, reason: outcome.message });
  return reportFailure(table, endpoint, permit, { kind, retryAfterMs, headers });
}

async function countOne(of: Row, before: BreakerRow, item: string): Promise<void> {
  const uncounted = takeUncounted(of);
  let { done, row } = await changeRow(of, countFailure(before, clock.now(), item, uncounted));
  const isSame = () => (row.epoch ?? 0) === (before.epoch ?? 0);
  // Lost to the next window or to another item, if not to another epoch.
  for (let round = 1; round < ROUNDS && !done && isSame(); round += 1)
    ({ done, row } = await changeRow(of, countFailure(row, clock.now(), item, uncounted)));
  if (!done && isSame()) countLater(of, uncounted);
  if (!done || !isTripped(row)) return;
  const { calls = 0, failures = 0 } = row;
  await shut(
    of,
    open(row, clock.now(), 'transient', `${failures} of ${Math.max(calls, failures)} calls failed`),
  );
}

async function shut(of: Row, change: RowChange): Promise<void> {
  // An operator who holds it closed changed the epoch of permits before that; later ones find it here.
  if (remembered(of)?.forced?.state === 'closed') return;
  const { done } = await changeRow(of, change);
  const { reason, openUntil: until = 0 } = change.set;
  if (done) logger.warn('breaker opened', { ...named(of), reason, until: new Date(until).toISOString() });
}

/** What the neighbour says of how long it has no room, if it says anything. */
function saidPause({ retryAfterMs, headers }: Failure): number | undefined {
  // Of two kinds of limit the one that is used up says nothing of what remains.
  const resets = [
    headers?.remainingRequests === undefined ? headers?.resetRequestsMs : undefined,
    headers?.remainingTokens === undefined ? headers?.resetTokensMs : undefined,
  ].filter((reset) => reset !== undefined);
  const said = retryAfterMs ?? headers?.retryAfterMs ?? (resets.length > 0 ? Math.max(...resets) : undefined);
  return said === undefined ? undefined : Math.min(MOST_PAUSE_MS, said);
}

/** Which one in a row a silent 429 is. Those who went before the last pause was over are one with it. */
function silencesOf({ silentRates = 0, pausedUntil = 0 }: BreakerRow, { at }: Permit, now: number): number {
  if (now - pausedUntil > CALM_MS) return 1;
  return at < pausedUntil ? Math.max(1, silentRates) : silentRates + 1;
}

function silentPause(silences: number): number {
  const pauseMs = Math.min(MOST_SILENT_MS, PAUSE_MS * 2 ** (silences - 1));
  return silences === 1 ? pauseMs : Math.min(MOST_SILENT_MS, pauseMs * (1 + JITTER * Math.random()));
}

/** A good answer to a call that went after the last pause: there is room again. */
async function forgetSilence(of: Row, permit: Permit): Promise<void> {
  const row = remembered(of);
  if (!row?.silentRates || permit.at < (row.pausedUntil ?? 0)) return;
  await changeRow(of, { set: {}, add: {}, remove: ['silentRates'], when: [] });
}

async function push(
  of: Row,
  neighbour: Neighbour,
  permit: Permit,
  saidMs: number | undefined,
): Promise<void> {
  const { epoch = 0 } = permit;
  // Read anew: a push is added to the limiter's time, and what is remembered of it may be as old as the call was long.
  let row = await readRow(of);
  for (let round = 0; round < ROUNDS; round += 1) {
    const held = row.forced?.state === 'closed';
    // The operator has spoken after this call began, and has cleared what others of its time were told. Any other change of the
    // breaker does not make the wish less true.
    if (held && (row.epoch ?? 0) > epoch) return;
    const silences = silencesOf(row, permit, clock.now());
    const wishedMs = saidMs ?? silentPause(silences);
    const pauseMs = held ? Math.min(HELD_PAUSE_MS, wishedMs) : wishedMs;
    const now = clock.now();
    const change = pushBack(neighbour, row, now, now + pauseMs);
    if (!change) return;
    const when = [...change.when, inEpoch(row.epoch)];
    const set = saidMs === undefined ? { ...change.set, silentRates: silences } : change.set;
    const { done, row: seen } = await changeRow(of, { ...change, set, when });
    if (done) return logger.info('rate limiter pushed back', { ...named(of), pauseMs });
    row = seen;
  }
}

/** A limiter never believes in more room than the neighbour says is left. A busy one costs no write. */
async function heed(of: Row, neighbour: Neighbour, headers: RateHeaders): Promise<void> {
  const now = clock.now();
  const least = leastTaken(neighbour, headers, now);
  const row = remembered(of);
  if (!row || least <= now || (row.lineAt ?? 0) >= least) return;
  await changeRow(of, {
    set: { lineAt: least },
    add: {},
    when: [inEpoch(row.epoch), { field: 'lineAt', is: 'absent or <', value: least }],
  });
}

async function quietly(neighbour: Neighbour, permit: Permit, report: () => Promise<void>): Promise<void> {
  if (permit.epoch === undefined) return;
  try {
    await report();
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    logger.error('call not reported', { ...named(neighbour), reason: error.message });
  }
}
