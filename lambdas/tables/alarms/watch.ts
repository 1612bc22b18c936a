import { get, put } from '../../kit/dynamo/rows.ts';
import { redrivesKey } from '../keys.ts';

/** A condition that the clock has found, from its first time until it is over. */
export interface Standing {
  /** ISO 8601. */
  since: string;
  /** The last time that it was found. */
  at: string;
  /** To whom it was told as an alarm, and its end not yet. `true`, of an earlier version: to all. */
  told?: readonly string[] | true;
  /** How often it was told of when it began. */
  before?: number;
}

/** What the clock remembers from one look to the next. */
export interface Watch {
  /** ISO 8601: the last look at all. */
  lookedAt?: string;
  /** And the last one at the queues. */
  queuesAt?: string;
  /** How often each trouble was told of by then, by `where: name`. */
  counts?: Record<string, number>;
  /** By `where: name`. */
  standing: Record<string, Standing>;
}

export async function readWatch(table: string): Promise<Watch> {
  return (await get<Watch>(table, redrivesKey('watch'))) ?? { standing: {} };
}

/** Two clocks that look at the same time tell of an alarm twice; the next look is of one mind. */
export async function writeWatch(table: string, watch: Watch): Promise<void> {
  await put(table, { id: redrivesKey('watch'), ...watch });
}
