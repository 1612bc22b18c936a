import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { readHealth } from '../../tables/control/breakers.ts';
import { redriveIdOf } from '../../tables/keys.ts';
import { changeEntry, type ParkedFor, parkedKey, readParked } from '../../tables/redrives/parked-for.ts';
import { putRedrive, runningRedrives } from '../../tables/redrives/redrives.ts';
import { lanesOf } from '../resume.ts';
import { BEGINNING } from './candidates.ts';
import { SIGNALBOX } from './own.ts';

/*
 * What is parked as a neighbour was down goes on by itself: a redrive of the house, once each time that the neighbour is well again.
 * Whoever is parked again soon after waits longer each time; an item that went on so a few times waits for an operator (`own.ts`).
 */

type Env = Omit<EnvFor<'operate/redrives'>, 'BASE_URL' | 'ALARM_TOPICS'>;

const MINUTE_MS = 60_000;
/** No item of the automation is lost in the moment in which it is parked: the index shows it later than its row. */
const SHOWN_MS = MINUTE_MS;
/** Where the breaker was never open, nobody can tell that the neighbour is well: it is tried after this long. */
const UNTOLD_MS = 5 * MINUTE_MS;
/** Parked again so soon, the redrive before was in vain. */
const SOON_MS = 12 * 3_600_000;
/** After the first redrive in vain, the second … */
const VAIN_MS = [10, 30, 120, 480].map((minutes) => minutes * MINUTE_MS);

/** Begins what is due. The number of reads does not depend on how many items there are. */
export async function goOnByThemselves(registry: readonly RegistryEntry[], env: Env): Promise<void> {
  const all = Object.values(await readParked(env.CONTROL_TABLE));
  const waiting = all.filter(({ first }) => first !== undefined);
  if (waiting.length === 0) return;
  const running = new Set(await runningRedrives(env.CONTROL_TABLE));
  for (const parked of waiting) {
    const entry = registry.find(({ name }) => name === parked.automation);
    if (!entry || (parked.redrive !== undefined && running.has(parked.redrive))) continue;
    const { health, closedAt } = await readHealth(env.CONTROL_TABLE, parked.neighbour);
    if (health !== 'down' && dueAt(parked, closedAt) <= clock.now()) await begin(parked, entry, env);
  }
}

/** Milliseconds since 1970. */
function dueAt(parked: ParkedFor, closedAt = ''): number {
  const { first = '', last, startedAt, vain } = parked;
  if (isAgain(parked) && startedAt !== undefined)
    return Date.parse(startedAt) + (VAIN_MS[Math.min(vain, VAIN_MS.length - 1)] ?? 0);
  // Closed since: it was seen to be well.
  return closedAt > last ? 0 : Date.parse(first) + UNTOLD_MS;
}

/** Whether the redrive before was in vain for those that wait now. */
function isAgain({ first, startedAt }: ParkedFor): boolean {
  if (first === undefined || startedAt === undefined || first < startedAt) return false;
  return Date.parse(first) - Date.parse(startedAt) < SOON_MS;
}

/** Two clocks, or one that died in between, begin the same redrive: its name is that of its entry and its number. */
async function begin(parked: ParkedFor, entry: RegistryEntry, env: Env): Promise<void> {
  const { automation, neighbour, made, starts, since } = parked;
  const { kind, name } = neighbour;
  // Not deployed: nobody could take it up.
  await lanesOf(entry, env.STAGE);
  const redrive = redriveIdOf(automation, sha256(`${parkedKey(parked)}|${made}|${starts}`));
  const startedAt = isoNow();
  await putRedrive(env.CONTROL_TABLE, {
    ...{ redrive, automation, by: SIGNALBOX, reason: `${kind} '${name}' is well again`, startedAt },
    filter: { status: ['parked'], class: ['TransientError'], neighbour, ...(since ? { since } : {}) },
    ...{
      ratePerMinute: Number(env.PARKED_PER_MINUTE),
      matched: 0,
      state: 'running',
      place: BEGINNING,
      inHand: [],
    },
    ...{ tries: 0, done: 0, failed: 0, skipped: 0 },
  });
  await changeEntry(env.CONTROL_TABLE, parked, ({ first: _, since: __, ...now }) => ({
    ...{ ...now, redrive, startedAt, starts: starts + 1, vain: isAgain(parked) ? parked.vain + 1 : 0 },
    // What was parked at this moment may not be shown yet: it is looked for once more.
    ...(Date.parse(now.last) > clock.now() - SHOWN_MS
      ? { first: now.last, ...(since ? { since } : {}) }
      : {}),
  }));
  logger.info('goes on by itself', { redrive, automation, [kind]: name });
}
