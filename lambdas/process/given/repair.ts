import type { Raw, RepairPolicy } from '../../contract/intake/repair.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { DAY_SECONDS } from '../../kit/clock.ts';
import { InputError } from '../../kit/errors.ts';
import { getContent, putContent } from '../../kit/objects.ts';
import { type Repaired, shaped, type Unrepaired, understood } from '../../kit/repair/repair.ts';
import { writeMapping } from '../../tables/idempotency/mappings.ts';
import { changeAndSee, event } from '../../tables/items/items.ts';
import { atWork } from '../../tables/items/lease.ts';
import { referenceOf } from '../../tables/items/reference.ts';
import { rawKey, repairsKey } from '../../tables/keys.ts';
import { paidFor } from '../work.ts';
import { byModel, type Found } from './by-model.ts';
import { remembered } from './remembered.ts';
import type { ProcessOptions, Thinking } from './thinking.ts';

/**
 * Repairs what came in place of a body: by code, by what this client's names meant before, then by a model. In that order, because
 * code is free and says the same every time.
 * @returns the item, which has a body from here on
 * @throws InputError with the reason where there is none; what a paid step throws
 */
export async function mended(work: Thinking, options: ProcessOptions): Promise<ItemRow> {
  const { env, automation } = options;
  const { row, lease } = work;
  const { repair } = automation;
  if (!repair) throw new InputError('what came does not fit the schema of the body');
  const raw = await getContent<Raw>(env.CONTENT_BUCKET, rawKey(row.id));
  const found = await repairOf(raw, repair, work, options);
  if ('reason' in found)
    throw new InputError(
      `what came does not fit the schema of the body and cannot be repaired: ${found.reason}`,
    );
  const { body, repairs, facts } = found;
  lease.mustHold();
  await Promise.all([
    putContent(env.CONTENT_BUCKET, row.bodyKey, body),
    putContent(env.CONTENT_BUCKET, repairsKey(row.id), repairs),
  ]);
  const reference = referenceOf(automation, body);
  const change = {
    set: {
      ...{ repairs: facts, ...(reference === undefined ? {} : { reference }) },
      ...(work.calls.length > 0 ? paidFor(row, work.calls) : {}),
    },
    remove: ['unfit'] as const,
    ...{ held: lease, keepsLease: true, events: [event('repaired', { ...facts })] },
  };
  const { done, row: now } = await changeAndSee(env.ITEM_TABLE, row, ['processing'], change);
  if (!done || !now) throw atWork(now);
  // They are in the row.
  work.calls = [];
  await learn(found, now, options);
  return now;
}

async function repairOf(
  raw: Raw,
  repair: RepairPolicy,
  work: Thinking,
  options: ProcessOptions,
): Promise<(Repaired & Partial<Found>) | Unrepaired> {
  const { automation, env } = options;
  const it = understood({
    bytes: raw.made === undefined ? Buffer.from(raw.text, raw.encoding) : Buffer.from(raw.made),
    charset: raw.made === undefined ? raw.charset : undefined,
    damaged: raw.damaged,
  });
  if ('reason' in it) return repair.model ? byModel(it, work, options) : it;
  const plain = shaped(it, automation.schema, repair);
  if (!('reason' in plain) || !repair.model) return plain;
  const moved = await remembered(env, it.node, work.row, automation);
  const known = moved.size > 0 ? shaped(it, automation.schema, repair, moved) : plain;
  return 'reason' in known ? byModel(known, work, options) : known;
}

/** The names that a model understood; whether it was right shows when the item comes to its end. */
async function learn({ names }: Partial<Found>, row: ItemRow, { env }: ProcessOptions): Promise<void> {
  const seconds = Number(env.CONTENT_DAYS) * DAY_SECONDS;
  await Promise.all(
    [...(names ?? [])].map(([name, to]) => writeMapping(env.IDEMPOTENCY_TABLE, row, { name, to, seconds })),
  );
}
