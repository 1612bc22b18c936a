import type { ItemRow } from '../../contract/item/row.ts';
import { clock } from '../../kit/clock.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { compensationIds } from '../../tables/compensations/compensations.ts';
import { eraseRow, isAtRest, LONGEST_RUN_MS, settledAt } from '../../tables/items/erasure.ts';
import { madeBy } from '../../tables/items/family.ts';
import { getItem } from '../../tables/items/items.ts';
import { automationOf } from '../../tables/keys.ts';
import { type About, forgetSubject } from '../../tables/subjects/subjects.ts';
import { mayGo, takeBack } from '../withdraw/take-back.ts';
import { type EraseEnv, type Kind, type Trace, tracesOf } from './traces.ts';

/** What became of one item. */
export interface Erased {
  id: string;
  automation: string;
  /** As it is now; absent where its row is no longer kept. */
  status?: string;
  /**
   * `found`: in a dry run. `erased`: nothing is left but facts. `unsettled`: so it is, but who was at work on it may still write
   * something until `againAt`. `acts`: it acts in this moment, and nothing of it was touched.
   */
  outcome: 'found' | 'erased' | 'unsettled' | 'acts';
  /** ISO 8601. */
  againAt?: string;
  removed: Partial<Record<Kind, number>>;
}

export interface Erasing {
  env: EraseEnv;
  /** The keyed hash of the subject. */
  hash: string;
  by: string;
  dryRun: boolean;
}

const AT_A_TIME = 10;
/** How often an item may change while it is erased. */
const ROUNDS = 4;
/** What a bucket lists in one call. */
const MOST_KEYS = 1000;

/** Said in the place of a reason: the item's own words are to go. */
const WHY = 'its content is erased';

/**
 * Erases one item, and those that hold its words: what its actions made, in whichever automation, and what takes these actions back. An
 * item that has not acted is taken back first.
 */
export async function eraseItem(automation: string, about: About, erasing: Erasing): Promise<Erased> {
  const all = await eraseFamily(automation, about, erasing, new Set());
  // The subject leads to the first item, and by it to the others: it is forgotten when all of them are gone.
  if (!erasing.dryRun && all.outcome === 'erased')
    await forgetSubject(erasing.env.SUBJECT_TABLE, automation, erasing.hash, about.item);
  return all;
}

/** @param met items that were erased on the way here */
async function eraseFamily(
  automation: string,
  about: About,
  erasing: Erasing,
  met: Set<string>,
): Promise<Erased> {
  met.add(about.item);
  // Once it is erased, nothing more is made of it and nothing of it is taken back: so it is the first.
  let all = await eraseOne(automation, about, erasing);
  const row = await getItem(erasing.env.ITEM_TABLE, about.item);
  for (const item of row ? await familyOf(row, erasing.env.ITEM_TABLE) : [])
    if (!met.has(item)) all = joined(all, await eraseFamily(automationOf(item), { item }, erasing, met));
  return all;
}

/** An earlier try to take something back is the item of a smaller number. */
async function familyOf(row: ItemRow, table: string): Promise<ReadonlySet<string>> {
  return new Set([...compensationIds(row), ...(await madeBy(table, row))]);
}

/** Both as one: whatever holds one of them up holds up both. */
function joined(one: Erased, other: Erased): Erased {
  const worse = ORDER.indexOf(other.outcome) > ORDER.indexOf(one.outcome) ? other : one;
  const { againAt } = worse;
  const kinds = new Set([...Object.keys(one.removed), ...Object.keys(other.removed)] as Kind[]);
  const removed = [...kinds].map((kind) => [kind, (one.removed[kind] ?? 0) + (other.removed[kind] ?? 0)]);
  return {
    ...{ ...one, outcome: worse.outcome, removed: Object.fromEntries(removed) },
    ...(againAt === undefined ? {} : { againAt }),
  };
}

const ORDER: readonly Erased['outcome'][] = ['found', 'erased', 'unsettled', 'acts'];

async function eraseOne(automation: string, { item: id, at = 0 }: About, erasing: Erasing): Promise<Erased> {
  const { env, hash, by, dryRun } = erasing;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  for (let round = 0; round < ROUNDS; round += 1) {
    let row = await getItem(env.ITEM_TABLE, id);
    const told = { id, automation, ...(row ? { status: row.status } : {}) };
    if (dryRun)
      return { ...told, outcome: 'found', removed: counted(await tracesOf(row ?? told, env, true)) };
    // What cannot be put on record is not done.
    if (row && !row.erasedAt)
      await recordCommand(audit, { by, command: `erased ${short(hash)}`, automation, itemId: id });
    if (row && mayGo(row)) row = (await takeBack(row, { by, reason: WHY }, env)).row;
    if (row && !isAtRest(row)) return { ...told, status: row.status, outcome: 'acts', removed: {} };
    // Who takes an item in writes whom it is about before the item: one that is not there may be about to come.
    const ends = row ? settledAt(row) : at + LONGEST_RUN_MS;
    const settled = ends <= clock.now();
    const removed = await removeAll(() => tracesOf(row ?? told, env, settled));
    if (row && !row.erasedAt && !(await eraseRow(env.ITEM_TABLE, row, by))) continue;
    const status = row ? { status: row.status } : {};
    if (!settled) {
      const againAt = new Date(ends).toISOString();
      return { ...told, ...status, outcome: 'unsettled', againAt, removed };
    }
    return { ...told, ...status, outcome: 'erased', removed };
  }
  return { id, automation, outcome: 'acts', removed: {} };
}

/** A subject as people may write it down. */
export function short(hash: string): string {
  return hash.slice(0, 12);
}

async function removeAll(look: () => Promise<Trace[]>): Promise<Erased['removed']> {
  const gone: Trace[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const traces = await look();
    for (let at = 0; at < traces.length; at += AT_A_TIME)
      await Promise.all(traces.slice(at, at + AT_A_TIME).map((trace) => trace.remove()));
    gone.push(...traces);
    // A list of keys may have been cut.
    if (traces.length < MOST_KEYS) break;
  }
  return counted(gone);
}

function counted(traces: readonly Trace[]): Erased['removed'] {
  const kinds = Map.groupBy(traces, ({ kind }) => kind);
  return Object.fromEntries([...kinds].map(([kind, of]) => [kind, of.length]));
}
