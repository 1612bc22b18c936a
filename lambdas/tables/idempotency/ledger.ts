import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { CallResult } from '../../act/answer.ts';
import { dynamo } from '../../kit/aws.ts';
import { clock, DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { isConditionFailure } from '../items/items.ts';
import { actionId, automationOf } from '../keys.ts';

/*
 * One row per action and item: the intent is written before the call, the outcome after it. Between the two nobody knows what
 * happened, so the intent carries a lease: while it runs, no other delivery calls; when it has run out, the worker died in the
 * middle, and only a destination that takes our key may be called again.
 */

/** Longer than the function may run: a lease that has ended belongs to a worker that is gone. */
const LEASE_MS = 60_000;

/** Longer than an item may be kept (3,650 days): no redelivery or replay of it may find its action forgotten. */
const KEEP_SECONDS = 3700 * DAY_SECONDS;

export type Beginning =
  | {
      state: 'begun';
      attempt: number;
      after?: string | undefined;
      /** The destination may have seen this key before. */
      repeated: boolean;
      /** An earlier call had no clear answer: it may have acted. */
      unsure: boolean;
    }
  | { state: 'done'; result: CallResult }
  | { state: 'busy'; seconds: number }
  | { state: 'unknown' };

interface LedgerRow {
  state: 'intent' | 'done' | 'failed';
  leaseUntil: number;
  result?: CallResult;
  /** Why the last call came to nothing. */
  failure?: string;
  /** Some call had no clear answer. It stays so: no later refusal says what became of that one. */
  unsure?: boolean;
  [tries: `tries_g${number}`]: number;
}

export class Ledger {
  readonly #table: string;
  constructor(table: string) {
    this.#table = table;
  }

  /** Writes the intent, or says why there may be no call now. */
  async begin(key: string, generation: number, repeatable: boolean): Promise<Beginning> {
    const tries = `tries_g${generation}` as const;
    const mayFollowDeadWorker = repeatable ? ' OR (#state = :intent AND leaseUntil < :now)' : '';
    try {
      const { Attributes } = await dynamo().send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { id: actionId(automationOf(key), key) },
          UpdateExpression:
            'SET #state = :intent, leaseUntil = :lease, expiresAt = :expiresAt ADD #tries :one',
          ConditionExpression: `attribute_not_exists(id) OR #state = :failed${mayFollowDeadWorker}`,
          ExpressionAttributeNames: { '#state': 'state', '#tries': tries },
          ExpressionAttributeValues: {
            ':intent': 'intent',
            ':failed': 'failed',
            ':lease': clock.now() + LEASE_MS,
            ':expiresAt': epochSeconds(KEEP_SECONDS),
            ':one': 1,
            ...(repeatable ? { ':now': clock.now() } : {}),
          },
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const before = Attributes as LedgerRow | undefined;
      const attempt = Number(before?.[tries] ?? 0) + 1;
      return {
        state: 'begun',
        attempt,
        repeated: before !== undefined,
        unsure: before?.unsure === true || before?.state === 'intent',
        ...(before && attempt > 1 ? { after: whyAgain(before) } : {}),
      };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      const { Item } = error as { Item?: Parameters<typeof unmarshall>[0] };
      return standing(Item ? (unmarshall(Item) as LedgerRow) : undefined);
    }
  }

  async done(key: string, result: CallResult): Promise<void> {
    await this.#settle(key, 'done', { result });
  }

  /** The call was answered with a failure, or may be repeated: the next delivery may try again. `unsure`: it may have acted. */
  async failed(key: string, failure: string, unsure: boolean): Promise<void> {
    await this.#settle(key, 'failed', { failure, ...(unsure ? { unsure } : {}) });
  }

  async #settle(
    key: string,
    state: LedgerRow['state'],
    outcome: Pick<LedgerRow, 'result' | 'failure' | 'unsure'>,
  ): Promise<void> {
    const fields = Object.entries(outcome);
    await dynamo().send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { id: actionId(automationOf(key), key) },
        UpdateExpression: [
          'SET #state = :state, leaseUntil = :none',
          ...fields.map(([field]) => `#${field} = :${field}`),
        ].join(', '),
        ExpressionAttributeNames: {
          '#state': 'state',
          ...Object.fromEntries(fields.map(([field]) => [`#${field}`, field])),
        },
        ExpressionAttributeValues: {
          ':state': state,
          ':none': 0,
          ...Object.fromEntries(fields.map(([field, value]) => [`:${field}`, value])),
        },
      }),
    );
  }
}

function whyAgain({ state, failure }: LedgerRow): string | undefined {
  return state === 'intent' ? 'a worker died while calling' : failure;
}

function standing(row: LedgerRow | undefined): Beginning {
  if (row?.state === 'done' && row.result) return { state: 'done', result: row.result };
  const left = (row?.leaseUntil ?? 0) - clock.now();
  return left > 0 ? { state: 'busy', seconds: Math.ceil(left / 1000) } : { state: 'unknown' };
}
