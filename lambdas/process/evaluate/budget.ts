import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { budgetKey } from '../../shared/budget-key.ts';
import { dynamo } from '../../shared/clients.ts';
import { DAY_SECONDS, epochSeconds } from '../../shared/clock.ts';
import { SystemError } from '../../shared/errors.ts';
import { isConditionFailure } from '../../shared/items.ts';

/** Money is counted in whole millionths of a dollar: sums of binary fractions drift. */
export function microUsd(usd: number): number {
  return Math.ceil(usd * 1_000_000);
}

/**
 * Takes the most a call can cost out of today's budget before it is made: one conditional write, so that calls in parallel
 * cannot spend the same dollar, and a table that cannot be reached means no call.
 * @throws SystemError when today's budget does not hold the call.
 */
export async function reserve(
  table: string,
  automation: string,
  amount: number,
  perDay: number,
): Promise<string> {
  const id = budgetKey(automation);
  const left = perDay - amount;
  const refusal = `the budget of '${automation}' for today does not hold this call`;
  if (left < 0) throw new SystemError(refusal);
  try {
    await add(table, id, amount, {
      ConditionExpression: 'attribute_not_exists(spentMicroUsd) OR spentMicroUsd <= :left',
      values: { ':left': left },
    });
  } catch (error) {
    if (isConditionFailure(error)) throw new SystemError(refusal, { cause: error });
    throw error;
  }
  return id;
}

/** Puts back what a reserved call did not cost; for a call that failed, all of it. */
export async function settle(table: string, id: string, reserved: number, spent: number): Promise<void> {
  if (spent !== reserved) await add(table, id, spent - reserved, { values: {} });
}

async function add(
  table: string,
  id: string,
  amount: number,
  condition: { ConditionExpression?: string; values: Record<string, number> },
): Promise<void> {
  const { values, ...expression } = condition;
  await dynamo().send(
    new UpdateCommand({
      TableName: table,
      Key: { id },
      UpdateExpression: 'ADD spentMicroUsd :amount SET expiresAt = :expiresAt',
      ExpressionAttributeValues: {
        ':amount': amount,
        ':expiresAt': epochSeconds(90 * DAY_SECONDS),
        ...values,
      },
      ...expression,
    }),
  );
}
