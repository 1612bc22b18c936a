import type { EnvFor } from '../../contract/env.ts';
import type { NeighbourName } from '../../contract/neighbour.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import type { AlarmChange } from '../../tables/alarms/alarms.ts';
import { readWatch, type Standing, type Watch, writeWatch } from '../../tables/alarms/watch.ts';
import { breakersNow } from './breakers.ts';
import { alarmOf, type Condition, lasts } from './condition.ts';
import { lateQueues } from './queues.ts';
import { raise, toldOf, type Ways } from './raise.ts';
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
    breakersNow(table, neighbours, stage),
    lateQueues(stage, before),
  ]);
  const faults = [told, open, late].flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  const heard = told.status === 'fulfilled' ? told.value : undefined;
  const seen = open.status === 'fulfilled' ? open.value : undefined;
  const found = [
    ...(heard?.found ?? []),
    ...(seen?.found ?? []),
    ...(late.status === 'fulfilled' ? (late.value ?? []) : []),
  ];
  /** Nothing is over that nobody could look for; a breaker that is tried out just now is not closed yet. */
  const mayStand = (alarm: string, { at }: Standing) => {
    const [where, name] = partsOf(alarm);
    if (name.startsWith('breaker/')) {
      const tried = name === 'breaker/open' && Date.parse(at) > clock.now() - TRIED_MS;
      return tried || seen === undefined || seen.unread.includes(where);
    }
    if (name !== 'queue/oldest-message') return heard === undefined;
    return late.status === 'rejected' || late.value === undefined;
  };
  const ways: Ways = { table, topics: ALARM_TOPICS.split(','), stage };
  const standing: Record<string, Standing> = {};
  const tell = async (...of: Parameters<typeof raise>) => {
    const { told, faults: met } = await raise(...of);
    faults.push(...met);
    return told;
  };

  for (const condition of found) {
    const alarm = alarmOf(condition);
    const { at, before: counted } = condition;
    const known: Standing = before.standing[alarm] ?? {
      ...{ since: at, at },
      ...(counted === undefined ? {} : { before: counted }),
    };
    const all = toldOf(condition.name, ways.topics);
    const knowing = knowingOf(known, all);
    const missing = lasts(condition, known) || knowing.length > 0 ? without(all, knowing) : [];
    const told = [...knowing, ...(await tell(condition, change(alarm, 'ALARM', known.since), missing, ways))];
    standing[alarm] = { ...known, at, ...(told.length > 0 ? { told } : {}) };
  }
  for (const [alarm, known] of Object.entries(before.standing)) {
    if (standing[alarm]) continue;
    if (mayStand(alarm, known)) {
      standing[alarm] = known;
      continue;
    }
    const [, name] = partsOf(alarm);
    const knowing = knowingOf(known, toldOf(name, ways.topics));
    const over = { name, reason: `last at ${known.at}` };
    const told = without(knowing, await tell(over, change(alarm, 'OK', isoNow()), knowing, ways));
    // Who could not be told of its end is told with the next look.
    if (told.length > 0) standing[alarm] = { ...known, told };
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

/** Who knows that it stands, of those who are told of such an alarm today. */
function knowingOf({ told = [] }: Standing, all: readonly string[]): readonly string[] {
  return told === true ? all : all.filter((it) => told.includes(it));
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((it) => !some.includes(it));
}

/** @returns where, and the alarm's name */
function partsOf(alarm: string): [string, Condition['name']] {
  const end = alarm.lastIndexOf(': ');
  return [alarm.slice(0, end), alarm.slice(end + 2) as Condition['name']];
}
