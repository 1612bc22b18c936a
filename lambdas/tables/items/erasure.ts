import { COMPENSATION_ASKED } from '../../contract/item/compensation.ts';
import type { ItemRow, TimelineEvent } from '../../contract/item/row.ts';
import { type ItemStatus, RESTING } from '../../contract/item/status.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { all, is, oneOf, update } from '../../kit/dynamo/rows.ts';
import { event } from './items.ts';
import { leaseLeft } from './lease.ts';

/** As long as a function of AWS can run: whoever was at work on an item may write until then. */
export const LONGEST_RUN_MS = 15 * 60 * 1000;

/** What a row has that leads to content, or is made of it. */
const OF_CONTENT = [
  'reference',
  'callbackUrl',
  'proposalKey',
  'early',
  // Its digest is that of the values alone: addresses could be tried on it.
  'tokenBook',
] as const satisfies readonly (keyof ItemRow)[];

/** Statuses of an item whose content nothing needs any more: `parked` and `quarantined` where it has acted, or may have. */
const AT_REST: readonly ItemStatus[] = RESTING.filter((it) => it !== 'deferred' && it !== 'suspended');

/** Whether an item can be erased as it stands. */
export function isAtRest(row: ItemRow): boolean {
  return AT_REST.includes(row.status) && leaseLeft(row) === 0 && !isCalling(row);
}

/** An action that may be under way in this moment. */
function isCalling({ ledger = {} }: ItemRow): boolean {
  return Object.values(ledger).some(({ leaseUntil = 0 }) => leaseUntil > clock.now());
}

/** From then on nobody who was at work on the item can still write something of it (milliseconds since 1970). */
export function settledAt({ erasedAt, updatedAt }: ItemRow): number {
  return Date.parse(erasedAt ?? updatedAt) + LONGEST_RUN_MS;
}

/** Leaves the facts of an item, and that it was erased. False where it has changed since it was read. */
export function eraseRow(table: string, row: ItemRow, by: string): Promise<boolean> {
  const erasedAt = isoNow();
  return update<ItemRow>(table, row.id, {
    set: {
      erasedAt,
      updatedAt: erasedAt,
      timeline: [...row.timeline.map(withoutWords), event('erased', { by })],
      ...(row.documents ? { documents: row.documents.map(bare) } : {}),
    },
    remove: OF_CONTENT,
    when: all<keyof ItemRow>(
      is('generation', row.generation),
      is('updatedAt', row.updatedAt),
      oneOf('status', AT_REST),
    ),
  });
}

/** Why a client took an item back, or an operator what it did, is said in their words. */
function withoutWords(told: TimelineEvent): TimelineEvent {
  if (told.event !== 'withdrawn' && told.event !== COMPENSATION_ASKED) return told;
  const { reason: _, ...facts } = told;
  return facts as TimelineEvent;
}

function bare({
  sha256: _,
  readingKey: __,
  readingDigest: ___,
  ...facts
}: NonNullable<ItemRow['documents']>[number]) {
  return facts;
}
