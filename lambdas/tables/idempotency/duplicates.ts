import { clock, epochSeconds, sleep } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import { absent, below, either, is, put, putOrSee, transact, updateWrite } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import { duplicateId, textId } from '../keys.ts';

/* Which item was the first with a key, and which had a text like another: hashes under a key of the automation's own. */

interface ClaimRow {
  id: string;
  itemId: string;
  expiresAt: number;
}

/** An item, and for how long what it claims is its own. */
export interface Claimer {
  automation: string;
  itemId: string;
  seconds: number;
}

/**
 * Claims a key for the item that is first. @returns the item that has it; undefined where that is this one
 * @param from takes it from this item, if it still has it
 */
export async function claimKey(
  table: string,
  hash: string,
  { automation, itemId, seconds }: Claimer,
  from = itemId,
): Promise<string | undefined> {
  const row: ClaimRow = {
    id: duplicateId(automation, 'key', hash),
    itemId,
    expiresAt: epochSeconds(seconds),
  };
  const free = either<keyof ClaimRow>(
    absent('id'),
    below('expiresAt', epochSeconds()),
    is('itemId', itemId),
    is('itemId', from),
  );
  const { done, row: first } = await putOrSee(table, row, free);
  return done ? undefined : first?.itemId;
}

/** Items whose texts share a band, the newest last. Whoever adds one says which version was read. */
interface BandRow {
  id: string;
  version: number;
  items: readonly { id: string; at: number }[];
  expiresAt: number;
}

interface TextRow {
  id: string;
  signature: string;
  /** The item whose text it is: the index `byItem` is by it. */
  madeFor: string;
  expiresAt: number;
}

/** Of one band: the older ones leave. */
const MOST_OF_A_BAND = 20;
/** Compared with one text. */
const MOST_CANDIDATES = 50;
const MOST_TRIES = 12;

/** A text of an item: its bands, and its signature under each key, with blanks between. */
export interface Text {
  bands: readonly string[];
  signature: string;
}

/**
 * Adds a text, unless `isTaken` says of the signatures of texts that may be like it that one of them was first. All bands are written in
 * one transaction that holds for what was read: of two texts that are alike, one finds the other.
 * @returns what `isTaken` found
 */
export async function addText<Found>(
  table: string,
  text: Text,
  { automation, itemId, seconds }: Claimer,
  isTaken: (others: readonly { itemId: string; signature: string }[]) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const ids = text.bands.map((band) => duplicateId(automation, 'band', band));
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const rows = await Promise.all(ids.map((id) => getTogether<BandRow>(table, id)));
    const found = await isTaken(await othersIn(table, automation, itemId, rows.map(living)));
    if (found !== undefined) return found;
    if (rows.every((row) => living(row).some(({ id }) => id === itemId))) return undefined;
    const expiresAt = epochSeconds(seconds);
    const bands = rows.map((row, at) => {
      const others = living(row).filter(({ id }) => id !== itemId);
      return updateWrite<BandRow>(table, ids[at] ?? '', {
        set: {
          items: [...others, { id: itemId, at: clock.now() }].slice(-MOST_OF_A_BAND),
          version: (row?.version ?? 0) + 1,
          expiresAt,
        },
        when: row === undefined ? absent('id') : is('version', row.version),
      });
    });
    // First, so that who finds the item in a band finds its signature.
    await put<TextRow>(table, {
      ...{ id: textId(automation, itemId), signature: text.signature, madeFor: itemId, expiresAt },
    });
    const cancelled = await transact(bands);
    if (!cancelled) return undefined;
    if (!cancelled.overtaken)
      throw new TransientError('the texts of items could not be written', { cause: cancelled.error });
    await sleep(Math.random() * Math.min(200, 20 * (attempt + 1)));
  }
  throw new TransientError('texts like this one are written by too many at once');
}

/** What has not expired: the table forgets late. */
function living(row: BandRow | undefined): BandRow['items'] {
  return row && row.expiresAt >= epochSeconds() ? row.items : [];
}

/** The signatures of the items that share the most bands, the oldest first. */
async function othersIn(
  table: string,
  automation: string,
  own: string,
  bands: readonly BandRow['items'][],
): Promise<{ itemId: string; signature: string }[]> {
  const shared = new Map<string, { count: number; at: number }>();
  for (const { id, at } of bands.flat().filter(({ id }) => id !== own))
    shared.set(id, { count: (shared.get(id)?.count ?? 0) + 1, at });
  const most = [...shared].sort(([, one], [, other]) => other.count - one.count).slice(0, MOST_CANDIDATES);
  const texts = await Promise.all(
    most
      .sort(([, one], [, other]) => one.at - other.at)
      .map(([id]) => getTogether<TextRow>(table, textId(automation, id))),
  );
  return texts
    .filter((text) => text !== undefined)
    .map(({ madeFor: itemId, signature }) => ({ itemId, signature }));
}
