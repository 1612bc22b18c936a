import { clock } from '../../kit/clock.ts';
import { json, MOST_REPLY_BYTES, type Reply, replyBytes } from '../../kit/http.ts';
import { itemsAfter } from '../../tables/items/lists.ts';
import { type Judged, type JudgedStores, judgedAmong } from '../../tables/judged/kept.ts';
import type { Cursors } from '../door/cursor.ts';
import type { Asked } from '../door/dispatch.ts';
import { placeIn, rangeOf } from '../door/query.ts';

/** Rows of the index at a time. */
const AT_ONCE = 100;
/** The caller asks again for the rest, and for other times meanwhile. */
const MOST_MS = 2000;

/** `GET /v1/automations/{name}/judged`: what the gate was given, the oldest first. It holds customers' words: operators only. */
export async function judgedReply(
  {
    automation: { name },
    query: { cursor, readings, ...asked },
  }: Pick<Asked<'judged'>, 'automation' | 'query'>,
  from: JudgedStores,
  cursors: Cursors,
): Promise<Reply> {
  const range = rangeOf(asked);
  const until = clock.now() + MOST_MS;
  const items: Judged[] = [];
  let place = (await placeIn(cursors, cursor)) ?? range.from;
  let room = MOST_REPLY_BYTES;
  let skipped = 0;
  for (;;) {
    const { rows, next } = await itemsAfter(from.itemTable, name, place, AT_ONCE);
    const inTime = rows.filter(({ receivedAt }) => receivedAt < range.to);
    const read = await judgedAmong(inTime, from, readings === 'true');
    for (const [at, all] of read.entries()) {
      const one = all && sendable(all);
      room -= one ? replyBytes(one) : 0;
      // An item that is larger than any reply goes alone.
      if (room < 0 && items.length > 0) return reply(items, skipped, place);
      if (one) items.push(one);
      else skipped += 1;
      place = inTime[at]?.order ?? place;
    }
    if (next === undefined || inTime.length < rows.length) return reply(items, skipped);
    place = next;
    if (clock.now() >= until) return reply(items, skipped, place);
  }

  async function reply(some: Judged[], left: number, after?: string): Promise<Reply> {
    const more = after === undefined ? {} : { cursor: await cursors.seal(after) };
    return json(200, { automation: name, items: some, skipped: left, ...more });
  }
}

/** Without its readings where no reply could hold them. */
function sendable(one: Judged): Judged {
  if (!one.readings || replyBytes(one) < MOST_REPLY_BYTES) return one;
  const { readings: _, ...rest } = one;
  return rest;
}
