import type { Grounds } from '../../contract/item/envelope.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import { clock } from '../../kit/clock.ts';
import { SystemError } from '../../kit/errors.ts';
import { json, MOST_REPLY_BYTES, type Reply, replyBytes } from '../../kit/http.ts';
import { getContent } from '../../kit/objects.ts';
import { itemsAfter, type ListedItem } from '../../tables/items/lists.ts';
import { decisionsOn, type JudgedRow, judgedItems } from '../../tables/judged/judged.ts';
import type { Cursors } from '../door/cursor.ts';
import type { Asked } from '../door/dispatch.ts';
import { placeIn, rangeOf } from '../door/query.ts';

/** Rows of the index at a time. */
const AT_ONCE = 100;
/** The caller asks again for the rest, and for other times meanwhile. */
const MOST_MS = 2000;

interface From {
  itemTable: string;
  approvalTable: string;
  bucket: string;
}

/** An item as another policy is asked about it. */
interface Judged {
  id: string;
  receivedAt: string;
  generation: number;
  status: string;
  label?: string;
  /** What it came to: also by limits, caution and holds, which no policy knows of. */
  verdict?: string;
  /** What people said of it, if they were asked. */
  decision?: string;
  costUsd?: number;
  grounds: Grounds;
}

/** `GET /v1/automations/{name}/judged`: what the gate was given, the oldest first. It holds customers' words: operators only. */
export async function judgedReply(
  { automation: { name }, query: { cursor, ...asked } }: Pick<Asked<'judged'>, 'automation' | 'query'>,
  from: From,
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
    const read = await judgedAmong(inTime, from);
    for (const [at, one] of read.entries()) {
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

/** In the order of the rows; undefined for one of which nothing is kept: it is not judged, or its content has ended. */
async function judgedAmong(
  listed: readonly ListedItem[],
  { itemTable, approvalTable, bucket }: From,
): Promise<(Judged | undefined)[]> {
  const judged = listed.filter(({ verdict }) => verdict !== undefined).map(({ id }) => id);
  const rows = await judgedItems(itemTable, judged);
  const asked = [...rows.values()].flatMap(({ approvalId = [] }) => approvalId);
  const [approvals, documents] = await Promise.all([
    decisionsOn(approvalTable, asked),
    Promise.all([...rows.values()].map(async (row) => [row.id, await groundsOf(bucket, row)] as const)),
  ]);
  const kept = new Map(documents);
  return listed.map(({ id }) => {
    const [row, grounds] = [rows.get(id), kept.get(id)];
    if (!row || !grounds) return undefined;
    const { receivedAt, generation, status, label, verdict, costUsd, approvalId = '' } = row;
    const decision = approvals.get(approvalId);
    return {
      ...{ id, receivedAt, generation, status, grounds },
      ...(label === undefined ? {} : { label }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(decision === undefined ? {} : { decision }),
      ...(costUsd === undefined ? {} : { costUsd }),
    };
  });
}

async function groundsOf(bucket: string, { proposalKey }: JudgedRow): Promise<Grounds | undefined> {
  if (proposalKey === undefined) return undefined;
  const document = await getContent<ProposalDocument>(bucket, proposalKey).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
  return document?.grounds;
}
