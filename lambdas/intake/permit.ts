import { clock, DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { type Caller, Problem } from '../kit/http.ts';
import { logger } from '../kit/telemetry.ts';
import { countPost, type Post, type PostsRow } from '../tables/control/client-posts.ts';

/*
 * One row per client and day, shared by the intakes of all automations. `due` is the time at which all posts so far would have been
 * due at the client's rate: a post moves it on by one interval, and may do so while it is less than a burst ahead. It is one
 * conditional write; no post is lost or counted twice, however many functions write at once.
 */

/** `due` of each client as this function saw it last: a hint, which may be old. */
const lastDue = new Map<string, number>();

/** How often a post that others came before looks again. */
const ROUNDS = 4;

/** Takes one post of a client. @throws Problem 429 with when to come again, where it is over its rate or quota */
export async function takePermit(table: string, { name, limits }: Caller): Promise<void> {
  const { rate, quota } = limits;
  if (quota.perDay === 0) throw tooMany(`the client '${name}' may post nothing`, DAY_SECONDS);
  const interval = 1000 / rate.perSecond;
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = clock.now();
    const most = now + (rate.burst - 1) * interval;
    // Nothing was posted for a while: the count begins anew at now.
    const anew: Post = { now, next: now + interval };
    const further: Post = { interval, now, most };
    // A write that is refused costs as much as one that counts: what was seen last tells which of the two it will be.
    const posts = (lastDue.get(name) ?? 0) < now ? [anew, further] : [further, anew];
    for (const [at, post] of posts.entries()) {
      const before = await add(table, name, quota.perDay, post);
      if (before === 'taken') return;
      if (at > 0) continue;
      // The row that refused the first one tells what else is the case.
      if ((before.used ?? 0) >= quota.perDay) throw overQuota(name, quota.perDay);
      if ((before.due ?? 0) > most) throw overRate(name, rate.perSecond, (before.due ?? 0) - most);
    }
  }
  // Each time others were first, and each time there was room: where an interval is shorter than a write, the count is always behind
  // the clock. They have just brought it up to date, so this post is counted from there.
  const most = clock.now() + (rate.burst - 1) * interval;
  const last = await add(table, name, quota.perDay, { interval, most });
  if (last !== 'taken') throw overRate(name, rate.perSecond, 1000);
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

/** A row takes a thousand writes a second: a client that is above them is above any rate. */
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
