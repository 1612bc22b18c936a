import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import {
  absent,
  all,
  atMost,
  below,
  between,
  type Change,
  either,
  type Outcome,
  updateAndSee,
} from '../../kit/dynamo/rows.ts';
import { clientKey } from '../keys.ts';

/** The control table's row of what a client has posted on one day. */
export interface PostsRow {
  /** Milliseconds since 1970: when all posts so far would have been due at the client's rate. */
  due?: number;
  used?: number;
  expiresAt?: number;
}

/** A post that restarts the count at `now`, or moves `due` on unless that is past `most`. */
export type Post = { now: number; next: number } | { interval: number; now?: number; most: number };

/** Counts a post within the day's quota. Refused, it tells the row that refused it. */
export function countPost(
  table: string,
  client: string,
  perDay: number,
  post: Post,
): Promise<Outcome<PostsRow>> {
  const { when, add, ...change } = changeBy(post);
  return updateAndSee<PostsRow>(table, clientKey(client), {
    ...change,
    add: { ...add, used: 1 },
    when: all(...(when ? [when] : []), either(absent('used'), below('used', perDay))),
  });
}

function changeBy(post: Post): Change<PostsRow> {
  if ('next' in post)
    return {
      set: { due: post.next, expiresAt: epochSeconds(2 * DAY_SECONDS) },
      when: either(absent('due'), below('due', post.now)),
    };
  const { interval, now, most } = post;
  return {
    add: { due: interval },
    when: now === undefined ? atMost('due', most) : between('due', now, most),
  };
}
