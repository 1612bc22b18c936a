import type { EnvFor } from '../contract/env.ts';
import type { ItemRow, LineageEntry } from '../contract/item/row.ts';
import type { ItemStatus } from '../contract/item/status.ts';
import { inTime } from '../contract/item/timeline.ts';
import { errorFacts } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { joined } from '../models/lineage.ts';
import { type Changed, type ItemChange, tryChange } from '../tables/items/items.ts';
import { atWork, type Lease } from '../tables/items/lease.ts';
import { waitsOn } from '../tables/redrives/waiting.ts';

type Env = Pick<EnvFor<'process/process'>, 'ITEM_TABLE'>;

/** What one delivery does with an item. */
export interface Work {
  row: ItemRow;
  /** Undefined where nothing is thought about: then nothing is claimed. */
  lease?: Lease;
  /** The calls that it made, with the remembered ones. */
  calls: readonly LineageEntry[];
}

/** An item may be tried thousands of times while it waits, and its row is bounded. */
const MOST_CALLS = 200;

/**
 * Ends the work on an item: what it came to, what its calls cost, and the end of the lease are one write. Refused, the calls are
 * still written down.
 * @throws Leased where another delivery is at work on it now: this message is not done with
 */
export async function endWork(
  env: Env,
  work: Work,
  from: readonly ItemStatus[],
  change: ItemChange,
): Promise<Changed<undefined>> {
  const { lease, calls } = work;
  for (let { row } = work; ; ) {
    const outcome = await tryChange(env.ITEM_TABLE, row, from, {
      ...change,
      set: { ...change.set, ...(calls.length > 0 ? paidFor(row, calls) : {}) },
      // Whoever lost the lease may have added calls of its own.
      ...(lease ? { held: lease, having: { ...change.having, updatedAt: row.updatedAt } } : { idle: true }),
    });
    const now = outcome.row;
    if (outcome.done || !now) return outcome;
    if (now.leaseBy === undefined || now.leaseBy !== lease?.by || now.updatedAt === row.updatedAt) {
      await keepCalls(env, now, work);
      if (isOthers(now, work)) throw atWork(now);
      return outcome;
    }
    row = now;
  }
}

/** Also where that lease is over: whoever had it died, perhaps on this same message, and nobody else would carry the item on. */
function isOthers(now: ItemRow, { row, lease }: Work): boolean {
  return now.generation === row.generation && now.leaseBy !== undefined && now.leaseBy !== lease?.by;
}

/** Counts the calls of a delivery that has lost its item, beside whatever others write meanwhile. */
async function keepCalls(env: Env, lost: ItemRow, { row, calls }: Work): Promise<void> {
  const add = async (): Promise<void> => {
    for (let now: ItemRow | undefined = lost; now && isMissing(now, calls); ) {
      const having = { updatedAt: now.updatedAt };
      const change = { set: paidFor(now, calls), having, keepsLease: true, events: [] };
      const outcome = await tryChange(env.ITEM_TABLE, row, ['processing', 'suspended'], change);
      if (outcome.done || outcome.row?.updatedAt === now.updatedAt) return;
      now = outcome.row;
    }
  };
  await orLog(row, add());
}

function isMissing({ lineage = [] }: ItemRow, calls: readonly LineageEntry[]): boolean {
  return calls.length > 0 && joined(lineage, calls).length > lineage.length;
}

/** Gives an item back that this delivery could not finish, with its calls and why. The caller must hear why, and not this. */
export async function giveBack(env: Env, work: Work, why: unknown): Promise<void> {
  const change = { ...waitsOn(work.row, why), events: [] };
  await orLog(work.row, endWork(env, work, ['processing'], change));
}

async function orLog({ id: itemId }: ItemRow, written: Promise<unknown>): Promise<void> {
  await written.catch((error: unknown) =>
    logger.warn('calls not kept', { itemId, reason: errorFacts(error).message }),
  );
}

/** The cost of earlier generations and deliveries belongs to the same item. */
export function paidFor(row: ItemRow, made: readonly LineageEntry[]) {
  const lineage = bounded(joined(row.lineage ?? [], [...made].sort(inTime)));
  const tokens = { input: total(lineage, 'inputTokens'), output: total(lineage, 'outputTokens') };
  return { lineage, costUsd: total(lineage, 'costUsd'), tokens };
}

/** Free calls, such as hundreds that met a full endpoint, go before those that count against the budget. */
function bounded(lineage: readonly LineageEntry[]): LineageEntry[] {
  let over = lineage.length - MOST_CALLS;
  const paid = lineage.filter(({ costUsd }) => costUsd > 0 || over-- <= 0);
  return paid.slice(0, MOST_CALLS);
}

function total(lineage: readonly LineageEntry[], field: 'costUsd' | 'inputTokens' | 'outputTokens'): number {
  const sum = lineage.reduce((before, entry) => before + entry[field], 0);
  // Sums of binary fractions grow tails that nobody paid.
  return Number(sum.toFixed(8));
}
