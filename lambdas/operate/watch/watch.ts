import type { EnvFor } from '../../contract/env.ts';
import type { NeighbourName } from '../../contract/neighbour.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import type { AlarmChange } from '../../tables/alarms/alarms.ts';
import { readWatch, type Standing, type Watch, writeWatch } from '../../tables/alarms/watch.ts';
import { openBreakers } from './breakers.ts';
import { alarmOf, type Condition, lasts } from './condition.ts';
import { lateQueues } from './queues.ts';
import { raise, type Ways } from './raise.ts';
import { toldNow } from './told.ts';

type Env = Pick<EnvFor<'operate/redrives'>, 'CONTROL_TABLE' | 'STAGE' | 'ALARM_TOPICS'>;

/** Shorter than what is told takes to be over. */
const UNWRITTEN_MS = 4 * 60_000;
/** So long a breaker may be on trial between two openings. */
const TRIED_MS = 3 * 60_000;

/**
 * Judges what is wrong now, and tells once that it began and once that it is over. An alarm is told before it is noted as told: a clock
 * that dies in between tells it again. @throws the first fault, when everything that could be told was
 */
export async function watch(
  registry: readonly Pick<RegistryEntry, 'name'>[],
  neighbours: readonly NeighbourName[],
  { CONTROL_TABLE: table, STAGE: stage, ALARM_TOPICS }: Env,
): Promise<void> {
  const before = await readWatch(table);
  const lookedAt = isoNow();
  const names = registry.map(({ name }) => name);
  const [told, open, late] = await Promise.allSettled([
    toldNow(table, names, stage, before),
    openBreakers(table, neighbours, stage),
    lateQueues(stage, before),
  ]);
  const faults = [told, open, late].flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  const heard = told.status === 'fulfilled' ? told.value : undefined;
  const found = [
    ...(heard?.found ?? []),
    ...(open.status === 'fulfilled' ? open.value : []),
    ...(late.status === 'fulfilled' ? (late.value ?? []) : []),
  ];
  /** Nothing is over that nobody has looked for; a breaker that is tried out just now is not closed yet. */
  const mayStand = (alarm: string, { at }: Standing) => {
    if (alarm.endsWith(': breaker/open') && Date.parse(at) > clock.now() - TRIED_MS) return true;
    if (!alarm.endsWith(': queue/oldest-message')) return heard === undefined;
    return late.status === 'rejected' || late.value === undefined;
  };
  const ways: Ways = { table, topics: ALARM_TOPICS.split(','), stage };
  const standing: Record<string, Standing> = {};
  const attempt = async (tell: Promise<void>) =>
    tell.then(
      () => true,
      (fault: unknown) => {
        faults.push(fault);
        return false;
      },
    );

  for (const condition of found) {
    const alarm = alarmOf(condition);
    const { at, before: counted } = condition;
    const known: Standing = before.standing[alarm] ?? {
      ...{ since: at, at },
      ...(counted === undefined ? {} : { before: counted }),
    };
    const begins = !known.told && lasts(condition, known);
    const isTold = begins && (await attempt(raise(condition, change(alarm, 'ALARM', known.since), ways)));
    standing[alarm] = { ...known, at, ...(isTold ? { told: true } : {}) };
  }
  for (const [alarm, known] of Object.entries(before.standing)) {
    if (standing[alarm]) continue;
    const over =
      !mayStand(alarm, known) && (!known.told || (await attempt(raise(...ended(alarm, known), ways))));
    if (!over) standing[alarm] = known;
  }
  const queuesAt = late.status === 'fulfilled' && late.value ? lookedAt : before.queuesAt;
  // What could not be read is read from the last look on.
  const { lookedAt: lastAt, counts } = heard ? { lookedAt, ...heard } : before;
  const now: Watch = {
    ...(lastAt ? { lookedAt: lastAt } : {}),
    ...(queuesAt ? { queuesAt } : {}),
    ...(counts ? { counts } : {}),
    standing,
  };
  if (isNews(before, now)) await writeWatch(table, now);
  if (faults.length > 0) throw faults[0];
}

/** That it has looked once more is no news for a few minutes: each write costs. */
function isNews(before: Watch, now: Watch): boolean {
  const { lookedAt: at = '', queuesAt, counts, standing } = before;
  const same =
    JSON.stringify([queuesAt, counts, standing]) === JSON.stringify([now.queuesAt, now.counts, now.standing]);
  return !same || Date.parse(at) <= clock.now() - UNWRITTEN_MS;
}

function change(alarm: string, state: AlarmChange['state'], at: string) {
  return { alarm, state, at };
}

function ended(
  alarm: string,
  { at }: Standing,
): [Pick<Condition, 'name' | 'reason'>, ReturnType<typeof change>] {
  const name = alarm.slice(alarm.lastIndexOf(': ') + 2) as Condition['name'];
  return [{ name, reason: `last at ${at}` }, change(alarm, 'OK', isoNow())];
}
