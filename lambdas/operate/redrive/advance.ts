import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { errorFacts, where } from '../../kit/errors.ts';
import { Problem } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { getItem } from '../../tables/items/items.ts';
import type { Lanes } from '../../tables/items/lanes.ts';
import {
  endRunning,
  leaveRedrive,
  moveRedrive,
  type RedriveRow,
  readRedrive,
  runningRedrives,
  takeRedrive,
} from '../../tables/redrives/redrives.ts';
import { lanesOf } from '../resume.ts';
import { goOnByThemselves } from './by-itself.ts';
import { candidates, fitting } from './candidates.ts';
import { redriveItem, wasRedriven } from './item.ts';
import { mostNow } from './own.ts';

type Env = Omit<EnvFor<'operate/redrives'>, 'BASE_URL' | 'ALARM_TOPICS' | 'PARKED_PER_MINUTE'>;

/** Items in hand at once: as many are looked at again where a worker dies. */
const IN_HAND = 20;
/** A fault of ours is met so often before its items count as failed. */
const MOST_TRIES = 3;
const MINUTE_MS = 60_000;

/** Begins what goes on by itself, and goes on with every redrive that runs, until the time is over: the rest is for the next minute. */
export async function advanceAll(
  registry: readonly RegistryEntry[],
  env: Env & Pick<EnvFor<'operate/redrives'>, 'PARKED_PER_MINUTE'>,
  until = clock.now() + 45_000,
): Promise<void> {
  const faults: unknown[] = [];
  await goOnByThemselves(registry, env).catch((error: unknown) => void faults.push(error));
  for (const redrive of await runningRedrives(env.CONTROL_TABLE)) {
    if (clock.now() >= until) break;
    // One that fails must not hold up those behind it, minute by minute.
    await advance(redrive, registry, env, until).catch((error: unknown) => void faults.push(error));
  }
  if (faults.length > 0) throw faults[0];
}

/** Goes on with one redrive at its pace. Whoever comes while another worker has it leaves it to that one. */
export async function advance(
  redrive: string,
  registry: readonly RegistryEntry[],
  env: Env,
  until: number,
): Promise<void> {
  let row = await takeRedrive(env.CONTROL_TABLE, redrive);
  if (!row) return endIfOver(redrive, env);
  const entry = registry.find(({ name }) => name === row?.automation);
  if (!entry) return finish(row, env);
  const lanes = await lanesOf(entry, env.STAGE);
  let most = await mostNow(row, env);
  while (clock.now() < until) {
    if (row.inHand.length === 0) {
      const room = Math.min(IN_HAND, allowed(row), most);
      if (room <= 0) break;
      const some = await candidates(row, row.place, room, env);
      if (some.ids.length === 0) return finish(row, env);
      row = await moveRedrive(env.CONTROL_TABLE, row, {
        ...{ inHand: some.ids, place: some.place ?? END, tries: 0 },
      });
      if (!row) return;
    }
    if (row.state === 'stopped') break;
    const { done } = row;
    row = await letGo(row, lanes, env);
    if (!row) return;
    most -= row.done - done;
    if (row.inHand.length > 0) break;
    if (row.place === END) return finish(row, env);
  }
  await leaveRedrive(env.CONTROL_TABLE, row);
}

/** Behind every item's place. */
const END = '~';

/** How many more may go on in this minute. What is skipped is only looked at. */
function allowed({ ratePerMinute, startedAt, done, failed }: RedriveRow): number {
  const minutes = 1 + Math.floor(Math.max(0, clock.now() - Date.parse(startedAt)) / MINUTE_MS);
  return ratePerMinute * minutes - (done + failed);
}

/** Lets those in hand go on. Where one meets a fault of ours, all of them are looked at again. */
async function letGo(before: RedriveRow, lanes: Lanes, env: Env): Promise<RedriveRow | undefined> {
  const { CONTROL_TABLE } = env;
  const row = await moveRedrive(CONTROL_TABLE, before, { tries: before.tries + 1 });
  if (row?.state !== 'running') return row;
  const became = await Promise.all(row.inHand.map((id) => letOne(id, row, lanes, env)));
  const count = (what: string) => became.filter((it) => it === what).length;
  if (count('failed') > 0 && row.tries < MOST_TRIES) return row;
  return moveRedrive(CONTROL_TABLE, row, {
    inHand: [],
    done: row.done + count('done'),
    failed: row.failed + count('failed'),
    skipped: row.skipped + count('skipped'),
  });
}

async function letOne(
  id: string,
  row: RedriveRow,
  lanes: Lanes,
  env: Env,
): Promise<'done' | 'failed' | 'skipped'> {
  const { redrive, by, reason, fresh, version } = row;
  try {
    // One that this redrive let go on before its worker died is completed, wherever it is by now.
    const before = await getItem(env.ITEM_TABLE, id);
    const item = before && wasRedriven(before, redrive) ? before : await fitting(id, row, env);
    if (!item) return 'skipped';
    const now = await redriveItem(item, { by, reason, fresh, version, redrive }, lanes, env);
    // Whoever was first a moment ago counts it.
    return wasRedriven(now, redrive) ? 'done' : 'skipped';
  } catch (error) {
    if (error instanceof Problem) return 'skipped';
    const { message } = errorFacts(error);
    logger.warn('not redriven', { itemId: id, reason: message, at: where(error) });
    return 'failed';
  }
}

/** What fitted and was not met has gone on by itself. */
async function finish(row: RedriveRow, env: Env): Promise<void> {
  const { redrive, automation, done, failed } = row;
  // The index may have shown one later than it was counted.
  const matched = Math.max(row.matched, done + failed);
  const skipped = matched - done - failed;
  await leaveRedrive(env.CONTROL_TABLE, row, { state: 'done', matched, skipped });
  logger.info('redrive ended', { redrive, automation, matched, done, failed, skipped });
}

/** One that is stopped, or whose worker died behind its last write, is over, and still among those that run. */
async function endIfOver(redrive: string, env: Env): Promise<void> {
  const row = await readRedrive(env.CONTROL_TABLE, redrive);
  if (row?.state === 'running') return;
  if (row?.state === 'stopped' && row.inHand.length > 0) {
    // Its worker died, or is at it: what it has let go on is counted first.
    const taken = await takeRedrive(env.CONTROL_TABLE, redrive, 'stopped');
    if (!taken) return;
    const items = await Promise.all(taken.inHand.map((id) => getItem(env.ITEM_TABLE, id)));
    const done = taken.done + items.filter((item) => item && wasRedriven(item, redrive)).length;
    const counted = await moveRedrive(env.CONTROL_TABLE, taken, { inHand: [], done });
    if (!counted) return;
    await leaveRedrive(env.CONTROL_TABLE, counted);
  }
  await endRunning(env.CONTROL_TABLE, redrive);
}
