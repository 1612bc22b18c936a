import type { DynamoDBRecord } from 'aws-lambda';
import type { EnvFor } from '../../contract/env.ts';
import type { NeighbourName } from '../../contract/neighbour.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { Problem } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { healthOf, readBreakers } from '../../tables/control/breakers.ts';
import { getItem } from '../../tables/items/items.ts';
import { type Lanes, toWork } from '../../tables/items/lanes.ts';
import { leaseLeft } from '../../tables/items/lease.ts';
import { automationOf, neighbourKey } from '../../tables/keys.ts';
import { neighbourIn, waitingOn } from '../../tables/redrives/waiting.ts';
import { lanesOf } from '../resume.ts';

/*
 * A breaker closed, or an operator gave it back: what waits for that neighbour goes on now, and not when it would look again by itself.
 * Each gets a second message, and keeps the one that it waits with; whichever comes first takes it up, and the other finds nothing to do.
 * The neighbour's rate limiter paces the calls, as it does for a burst.
 */

type Env = Pick<EnvFor<'operate/redrives'>, 'ITEM_TABLE' | 'CONTROL_TABLE' | 'STAGE'>;

/** Items at once. */
const AT_ONCE = 50;

/** A neighbour whose breaker lets calls through again. */
export interface Ended extends NeighbourName {
  /** An operator gave the breaker back: the next call is its probe. */
  untried: boolean;
}

/** Whose openings ended, as the stream of the control table tells; one that opened again since is none of them. */
export async function endedIn(
  records: readonly Pick<DynamoDBRecord, 'dynamodb'>[],
  env: Env,
): Promise<Ended[]> {
  const ids = new Set(records.map(({ dynamodb }) => dynamodb?.Keys?.id?.S ?? ''));
  const told = [...ids].flatMap((id) => neighbourIn(id) ?? []);
  const now = await readBreakers(env.CONTROL_TABLE, told);
  return told.flatMap((of, at) => {
    const found = now[at];
    const untried = found !== undefined && healthOf(found) === 'untried';
    return untried || found?.state === 'closed' ? [{ ...of, untried }] : [];
  });
}

/** Wakes what waits for it, some at a time; what is left at `until` looks by itself. @returns how many */
export async function wakeAll(
  neighbour: NeighbourName,
  registry: readonly RegistryEntry[],
  env: Env,
  until: number,
): Promise<number> {
  const lanes = new Map<string, Promise<Lanes | undefined>>();
  const lanesFor = (automation: string) => {
    const found = lanes.get(automation) ?? deployed(automation, registry, env);
    lanes.set(automation, found);
    return found;
  };
  let woken = 0;
  for await (const ids of waitingOn(env.ITEM_TABLE, neighbour, AT_ONCE)) {
    const sent = await Promise.all(ids.map((id) => wake(id, neighbour, lanesFor, env)));
    woken += sent.filter(Boolean).length;
    if (clock.now() >= until) break;
  }
  logger.info('woken', { [neighbour.kind]: neighbour.name, items: woken });
  return woken;
}

/** Undefined where nobody could take a message up. */
async function deployed(
  automation: string,
  registry: readonly RegistryEntry[],
  env: Env,
): Promise<Lanes | undefined> {
  const entry = registry.find(({ name }) => name === automation);
  return (
    entry &&
    lanesOf(entry, env.STAGE).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      return undefined;
    })
  );
}

async function wake(
  id: string,
  { kind, name }: NeighbourName,
  lanesFor: (automation: string) => Promise<Lanes | undefined>,
  env: Env,
): Promise<boolean> {
  const to = await lanesFor(automationOf(id));
  const row = to && (await getItem(env.ITEM_TABLE, id));
  // The index is a little behind.
  if (!row || row.waitsOn !== neighbourKey(kind, name) || leaseLeft(row) > 0) return false;
  const { ticket } = row;
  await toWork(to, row, { woken: true, ...(ticket === undefined ? {} : { ticket }) });
  return true;
}
