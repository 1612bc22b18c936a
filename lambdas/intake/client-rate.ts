import { clock, DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { type Caller, Problem } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { countPost, type Post, type PostsRow } from '../tables/control/client-posts.ts';

/*
 * One row per client and day, shared by the intakes of all automations. `due` is the time at which all posts
 * so far would have been due at the client's rate: a post adds one interval, and is allowed while `due` is
 * less than a burst ahead. It is one conditional write; no post is lost or counted twice, however many
 * functions write at once.
 */

/** Each client's `due` as this function last saw it: a hint, which may be old. */
const lastDue = new Map<string, number>();

/** How often a post retries that others preceded. */
const ROUNDS = 4;

/**
 * Takes one post of a client. @returns how many seconds it is ahead of its rate, within its burst
 * @throws Problem 429 with the time to retry, if it exceeds the rate or quota
 */
export async function admitPost(
  table: string,
  { name, limits }: Pick<Caller, 'name' | 'limits'>,
): Promise<number> {
  const { rate, quota } = limits;
  if (quota.perDay === 0) throw tooMany(`the client '${name}' may post nothing`, DAY_SECONDS);
  const interval = 1000 / rate.perSecond;
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = clock.now();
    const most = now + (rate.burst - 1) * interval;
    // After a pause the count starts again at now.
    const anew: Post = { now, next: now + interval };
    const further: Post = { interval, now, most };
    // A refused write costs as much as another: the last seen value tells which of the two to make.
    const posts = (lastDue.get(name) ?? 0) < now ? [anew, further] : [further, anew];
    for (const [at, post] of posts.entries()) {
      const before = await add(table, name, quota.perDay, post);
      if (before === 'taken') return secondsAhead(name, interval);
      if (at > 0) continue;
      // The row that refused the first write tells what else is the case.
      if ((before.used ?? 0) >= quota.perDay) throw overQuota(name, quota.perDay);
      // By the clock as it is now: a write may have taken longer than the burst lasts.
      const beyond = (before.due ?? 0) - clock.now() - (rate.burst - 1) * interval;
      if (beyond > 0) throw overRate(name, rate.perSecond, beyond);
    }
  }
  // Others were first each time, and each time there was room: if an interval is shorter than a write, the
  // count always lags behind the clock. They have just brought it up to date, so this post counts from there.
  const most = clock.now() + (rate.burst - 1) * interval;
  const last = await add(table, name, quota.perDay, { interval, most });
  if (last !== 'taken') throw overRate(name, rate.perSecond, 1000);
  return secondsAhead(name, interval);
}

/** As its count was after the last write. */
function secondsAhead(client: string, interval: number): number {
  return Math.max(0, Math.floor(((lastDue.get(client) ?? 0) - interval - clock.now()) / 1000));
}

async function add(table: string, client: string, perDay: number, post: Post): Promise<'taken' | PostsRow> {
  try {
    const { done, row } = await countPost(table, client, perDay, post);
    lastDue.set(client, row?.due ?? 0);
    return done ? 'taken' : (row ?? {});
  } catch (error) {
    if (isThrottled(error)) throw tooMany(`the client '${client}' posts more than can be counted`, 2);
    throw error;
  }
}

/** A row takes a thousand writes per second: a client above that is above any rate. */
function isThrottled(error: unknown): boolean {
  const names = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];
  return error instanceof Error && names.includes(error.name);
}

function overRate(client: string, perSecond: number, waitMs: number): Problem {
  return tooMany(
    `the client '${client}' may post ${perSecond} a second: nothing was kept; send it again later`,
    waitMs / 1000,
  );
}

function overQuota(client: string, perDay: number): Problem {
  const tomorrow = Date.parse(`${isoNow().slice(0, 10)}T00:00:00.000Z`) + DAY_SECONDS * 1000;
  return tooMany(
    `the client '${client}' may post ${perDay} a day (UTC): nothing was kept; send it again tomorrow`,
    (tomorrow - clock.now()) / 1000,
  );
}

function tooMany(detail: string, seconds: number): Problem {
  logger.info('too many posts');
  const after = String(Math.max(1, Math.ceil(seconds)));
  return new Problem(429, detail, { accepted: false }, { 'retry-after': after });
}
