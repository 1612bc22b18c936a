import { randomUUID } from 'node:crypto';
import type { ItemRow } from '../../contract/item/row.ts';
import { clock } from '../../kit/clock.ts';
import { absent, atMost, type Condition, either, is, update } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';

/** Less than a message stays invisible after a heartbeat: a lease ends before its message comes back. */
const LEASE_MS = 45_000;

/** What the clocks of two machines may differ by, and what is on its way when the lease ends. */
const MARGIN_MS = 5000;

type Field = keyof ItemRow;

/** The item is another delivery's. Its message comes again, and is never a reason to end the work on the item. */
export class Leased extends TransientError {}

/**
 * The right of one delivery to work on an item. It stands in the item's row and ends by itself, so that a worker that is gone keeps
 * nobody from the item; one that lives extends it.
 */
export class Lease {
  readonly by = randomUUID();
  readonly #deadline: number;
  #until = 0;

  /** `deadline`: when the function ends; no lease is longer. */
  constructor(deadline = Number.POSITIVE_INFINITY) {
    this.#deadline = deadline;
  }

  /** The fields of the row that its holder writes. */
  take(): Pick<ItemRow, 'leaseUntil' | 'leaseBy'> {
    this.#until = Math.min(clock.now() + LEASE_MS, this.#deadline);
    return { leaseUntil: this.#until, leaseBy: this.by };
  }

  /** Whether nobody else can work on the item now, by this machine's clock. */
  holds(): boolean {
    return clock.now() + MARGIN_MS < this.#until;
  }

  /** @throws Leased before what another delivery may do as well */
  mustHold(): void {
    if (!this.holds()) throw new Leased('the lease of this item is over: another delivery goes on');
  }

  /** For a worker that lives. One that finds its lease taken holds it no longer. */
  async extend(table: string, id: string): Promise<void> {
    const before = this.#until;
    const { leaseUntil } = this.take();
    // Until it is written, it is as long as it was.
    this.#until = before;
    const ours = await update<ItemRow>(table, id, { set: { leaseUntil }, when: is('leaseBy', this.by) });
    this.#until = ours && leaseUntil !== undefined ? leaseUntil : 0;
  }
}

/** Milliseconds for which somebody may still be at work on it. */
export function leaseLeft({ leaseUntil = 0 }: Pick<ItemRow, 'leaseUntil'>): number {
  return Math.max(0, leaseUntil - clock.now());
}

/** Why a delivery comes again while another one has the item, and when. */
export function atWork(row: ItemRow | undefined): Leased {
  const retryAfterSeconds = Math.max(1, Math.ceil(leaseLeft(row ?? {}) / 1000));
  return new Leased('another delivery is at work on this item', { retryAfterSeconds });
}

export const LEASE_FIELDS = ['leaseUntil', 'leaseBy', 'leaseAlone'] as const satisfies readonly Field[];

/** Of a row that nobody is at work on. */
export function unleased(): Condition<Field> {
  return either(absent('leaseUntil'), atMost('leaseUntil', clock.now()));
}
