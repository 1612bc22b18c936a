import { clock } from '../../kit/clock.ts';
import { packed, unpacked } from '../../kit/likeness/minhash.ts';
import { PLACES, type Ring, type Shelved, shelved, shelvedBetween } from '../../tables/similar/entries.ts';
import type { Entry } from './shelf.ts';
import { Shelf } from './shelf.ts';

/*
 * What one function instance knows of the table's rings. It is filled from where it was left, and may know of questions that are gone:
 * whoever uses an answer reads its rows first.
 */

/** Questions of all rings together: some 30 MB. Whose ring was not asked for the longest time goes first. */
const MOST_HELD = 16_384;
/** A ring is looked at again after this time. */
const LOOK_AGAIN_MS = 5_000;

interface Held {
  shelf: Shelf;
  /** All before this number are known. */
  known: number;
  lookedAt: number;
  looking?: Promise<void> | undefined;
}

const held = new Map<string, Held>();

/** The questions of a ring, as far as they are known a few seconds ago. */
export async function shelfOf(ring: Ring): Promise<Shelf> {
  const name = `${ring.table} ${ring.automation} ${ring.scope}`;
  const own = held.get(name) ?? { shelf: new Shelf(PLACES), known: 0, lookedAt: Number.NEGATIVE_INFINITY };
  held.delete(name);
  held.set(name, own);
  const age = clock.now() - own.lookedAt;
  if (age < 0 || age >= LOOK_AGAIN_MS) {
    // Ten items ask at once: one of them looks.
    own.looking ??= fill(ring, own).finally(() => {
      own.looking = undefined;
    });
    await own.looking;
  }
  let all = [...held.values()].reduce((sum, { shelf }) => sum + shelf.size, 0);
  for (const [other, { shelf }] of held) {
    if (all <= MOST_HELD || other === name) break;
    all -= shelf.size;
    held.delete(other);
  }
  return own.shelf;
}

async function fill(ring: Ring, own: Held): Promise<void> {
  const to = await shelved(ring);
  own.lookedAt = clock.now();
  // The ring was forgotten and began anew.
  if (to < own.known) [own.shelf, own.known] = [new Shelf(PLACES), 0];
  for (const row of await shelvedBetween(ring, Math.max(own.known, to - PLACES), to))
    own.shelf.add(entryOf(row));
  own.known = to;
}

/** As it is kept in a row, and back. */
export function rowOf({
  vector,
  signs,
  judged,
}: Pick<Entry, 'vector' | 'signs' | 'judged'>): Pick<
  Shelved,
  'vector' | 'signs' | 'roots' | 'loud' | 'turned' | 'bonds' | 'facts' | 'sides'
> {
  return {
    vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
    signs: packed(signs),
    roots: packed(judged.roots),
    loud: packed(judged.loud),
    turned: packed(judged.turned),
    bonds: packed(judged.bonds),
    facts: judged.facts,
    sides: judged.sides,
  };
}

function entryOf({
  id,
  nth,
  madeFor,
  by,
  vector,
  signs,
  roots,
  loud,
  turned,
  bonds,
  facts,
  sides,
  answer,
  expiresAt,
}: Shelved): Entry {
  return {
    ...{ id, nth, item: madeFor, sender: by, answer, expiresAt },
    vector: new Int8Array(Buffer.from(vector, 'base64')),
    signs: unpacked(signs),
    judged: {
      ...{ facts, sides, roots: unpacked(roots), loud: unpacked(loud) },
      ...{ turned: unpacked(turned), bonds: unpacked(bonds) },
    },
  };
}
