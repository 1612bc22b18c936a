import type { ItemRow, LedgerEntry } from '../../contract/item/row.ts';

/* One entry of an item's ledger: what it says, and how it is called. */

/** The key of a later action ends with its place: no dot, and no dash, which stands before the digits. */
export function digitsOf(first: string, at: number): string {
  return at === 0 ? first : `${first}_${at + 1}`;
}

/** What the version before began, and kept in a table of its own, is told by the item's action alone. */
export function ofVersionBefore({ ledger, action, generation }: ItemRow): LedgerEntry | undefined {
  if (ledger || !action || action.status === 'failed') return undefined;
  const { status, result } = action;
  return {
    state: status === 'done' ? 'done' : 'intent',
    generation,
    tries: 0,
    ...(result ? { result } : {}),
  };
}

export function mayBeDone(entry: LedgerEntry | undefined): boolean {
  return entry?.state === 'done' || entry?.state === 'intent' || entry?.unsure === true;
}

export function doubt(unsure: boolean): { unsure?: true } {
  return unsure ? { unsure } : {};
}

export function whyAgain({ state, failure }: LedgerEntry): string | undefined {
  return state === 'intent' ? 'a worker died while calling' : failure;
}
