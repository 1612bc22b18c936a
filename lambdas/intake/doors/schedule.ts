import { inspect } from 'node:util';
import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { ScheduleDoor, ScheduleRecords } from '../../contract/intake/schedules.ts';
import type { Source } from '../../contract/outside/source.ts';
import { clock } from '../../kit/clock.ts';
import { digest, sha256 } from '../../kit/digest.ts';
import { errorFacts, SystemError } from '../../kit/errors.ts';
import { send } from '../../kit/queue/send.ts';
import { isDeep } from '../../kit/request-body.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { askSource } from '../../outbound/source.ts';
import { Waiting } from '../../outbound/waiting-error.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import { failPoll, movePoll, type PollRow, readPoll } from '../../tables/control/polls.ts';
import type { Arrival } from '../accept.ts';
import { arrivalOf } from './arrival.ts';
import { isAlive } from './take-in.ts';

type Env = EnvFor<'intake/doors'>;

/** The rule's message, or one of ours that carries a poll on. */
export interface Tick {
  door: 'schedule';
  name: string;
  /** The try after one that failed: when it is due. */
  retry?: number;
  /** How often the poll was carried on. */
  turn?: number;
}

const MOST_PAGES = 10;
const MOST_RECORDS = 1000;
/** A source that never ends is left until the next tick. */
const MOST_TURNS = 50;
const FIRST_RETRY_SECONDS = 30;
const MOST_RETRY_SECONDS = 300;
/** A try that has not come by then was lost with its worker. */
const LOST_MS = 60_000;

/**
 * Polls a source from where its row stands, page by page. A place is written down when the records before it are items: who dies in
 * between, or polls at the same time, finds the same records again, which are the same items.
 */
export function fromSchedule(
  message: unknown,
  automation: Automation,
  env: Env,
): AsyncIterable<readonly Arrival[]> | undefined {
  const tick = message as Tick;
  const { schedules = {} } = automation.doors ?? {};
  const isOurs = tick.door === 'schedule' && Object.hasOwn(schedules, tick.name);
  const door = isOurs ? schedules[tick.name] : undefined;
  return door && poll(tick, door, automation, env);
}

async function* poll(
  tick: Tick,
  door: ScheduleDoor,
  automation: Automation,
  env: Env,
): AsyncIterable<readonly Arrival[]> {
  const { name, turn = 0 } = tick;
  const until = clock.now() + (Number(env.LIMIT_SECONDS) * 1000) / 2;
  let row: PollRow | undefined = await readPoll(env.CONTROL_TABLE, automation.name, name);
  if (isTried(row, tick)) return;
  for (let page = 1; row; page += 1) {
    const found = await pageFrom(row, tick, door, automation, env);
    if (!found) return;
    yield found.arrivals;
    const { next } = found;
    const isEnd = next === undefined || next === row.cursor || found.arrivals.length === 0;
    row = await movePoll(env.CONTROL_TABLE, row, next);
    if (isEnd || !row) return;
    if (page < (door.mostPages ?? MOST_PAGES) && clock.now() < until) continue;
    const further: Tick = { door: 'schedule', name, turn: turn + 1 };
    if (turn < MOST_TURNS) await send(env.ARRIVAL_QUEUE_URL, further);
    return;
  }
}

/** Another message is about to try again what failed. */
function isTried({ retryAt }: PollRow, { retry }: Tick): boolean {
  return retryAt !== undefined && retry !== retryAt && clock.now() < retryAt + LOST_MS;
}

interface Page {
  arrivals: readonly Arrival[];
  next: string | undefined;
}

/** Undefined where there was no answer, or none of use: it is asked for again later, from the same place. */
async function pageFrom(
  row: PollRow,
  { name }: Tick,
  door: ScheduleDoor,
  automation: Automation,
  env: Env,
): Promise<Page | undefined> {
  const known = `schedule:${name}`;
  try {
    const source = (JSON.parse(env.SOURCES) as Record<string, Source>)[door.source];
    if (!source) throw new SystemError(`this function may not call '${door.source}'`);
    const answer = await askSource(source, door.request(row.cursor), {
      ...{ table: env.CONTROL_TABLE, automation: automation.name, local: env.STAGE === 'local' },
      ...(door.priority ? { priority: door.priority } : {}),
    });
    const { records, next } = recordsIn(answer, row, name, door);
    isAlive(automation, known);
    const arrivals = records.map((it) => {
      const { id, record } = it ?? {};
      return arrivalOf(known, door, automation.schema, {
        ...{ key: keyOf(id, record), came: record, body: () => door.body(record) },
      });
    });
    return { arrivals, next };
  } catch (error) {
    await tryLater(row, { name, source: door.source }, automation, env, error);
    return undefined;
  }
}

function recordsIn(answer: unknown, { cursor }: PollRow, name: string, door: ScheduleDoor): ScheduleRecords {
  const read = (): ScheduleRecords => {
    try {
      return door.records(answer, cursor);
    } catch (cause) {
      throw new SystemError(`schedule '${name}': its 'records' finds none in the answer`, { cause });
    }
  };
  const { records, next } = read();
  if (!Array.isArray(records) || records.length > MOST_RECORDS)
    throw new SystemError(`schedule '${name}': 'records' must give at most ${MOST_RECORDS} at a time`);
  if (next !== undefined && !(typeof next === 'string' && /^[\x21-\x7e]{1,500}$/.test(next)))
    throw new SystemError(
      `schedule '${name}': 'next' must be 1 to 500 printable ASCII characters without spaces`,
    );
  return { records, next };
}

/** The source's own id of a record, or what it says. */
function keyOf(id: unknown, record: unknown): string {
  const isId = (typeof id === 'string' && id !== '' && id.length <= 255) || Number.isSafeInteger(id);
  return isId ? `id|${id}` : `record|${fingerprint(record)}`;
}

/** Of what is no JSON, or nested beyond reason: of as much as can be seen of it. It is quarantined, and the page goes on. */
function fingerprint(record: unknown): string {
  try {
    if (!isDeep(record)) return digest(record);
  } catch {
    // It goes by its looks.
  }
  return sha256(inspect(record, { depth: 3, sorted: true, maxArrayLength: 100, maxStringLength: 1000 }));
}

/** The row first: while it stands, other ticks leave the source alone. A try that is lost is made up for by one of them. */
async function tryLater(
  row: PollRow,
  { name, source }: { name: string; source: string },
  { name: automation }: Automation,
  env: Env,
  error: unknown,
): Promise<void> {
  const { class: kind, message } = errorFacts(error);
  const { failures = 0 } = row;
  const wished = error instanceof Waiting ? error.seconds : FIRST_RETRY_SECONDS * 2 ** Math.min(failures, 9);
  const seconds = Math.ceil(Math.max(1, Math.min(MOST_RETRY_SECONDS, wished)));
  logger[kind === 'TransientError' ? 'warn' : 'error']('poll failed', {
    ...{ automation, door: `schedule:${name}`, error: kind, reason: message, againSeconds: seconds },
  });
  count('pollsFailed', automation);
  await tellAlarm(env.CONTROL_TABLE, 'schedules/failing', automation);
  const retry = clock.now() + seconds * 1000;
  await failPoll(env.CONTROL_TABLE, row, { retryAt: retry, source, class: kind, message });
  const again: Tick = { door: 'schedule', name, retry };
  await send(env.ARRIVAL_QUEUE_URL, again, seconds);
}
