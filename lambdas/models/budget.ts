import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Automation } from '../contract/automation.ts';
import { dynamo } from '../kit/aws.ts';
import { isoNow } from '../kit/clock.ts';
import { errorFacts } from '../kit/errors.ts';
import { count, logger } from '../kit/telemetry.ts';
import { unrepeated } from '../kit/unrepeated.ts';
import { BudgetSpent } from '../outbound/waiting-error.ts';
import {
  type Amount,
  allowance,
  type BudgetRow,
  budgetEnd,
  extraOf,
  hasRoom,
  microUsd,
} from '../tables/control/budgets.ts';
import { isConditionFailure } from '../tables/items/items.ts';
import { budgetKey } from '../tables/keys.ts';

/*
 * What holds: at no moment is more booked on a day than its allowance, whatever runs at the same time. A call is booked at the
 * most it can cost before it is made, in one write whose condition is the allowance; a table that cannot be reached means no
 * call. What the call did not cost is given back afterwards. Whatever goes wrong in between leaves too much booked, never too
 * little: the day is then a little shorter. Only an endpoint that bills more than the most we could know of goes past it.
 */

type Spender = Pick<Automation, 'name' | 'budget'>;

/** What is booked for one call, and where: the day it was booked on, also when midnight passes before it is settled. */
export interface Reservation extends Amount {
  table: string;
  id: string;
  /** True for the one call that took the day past four fifths of its allowance. */
  warning: boolean;
}

const WARN_AT = 0.8;

/**
 * Books the most a call can cost.
 * @throws BudgetSpent when today does not hold it, and whatever the table throws: then there is no call
 */
export async function reserve(
  table: string,
  automation: Spender,
  most: { usd: number; tokens: number },
): Promise<Reservation> {
  const id = budgetKey(automation.name);
  const amount: Amount = { microUsd: microUsd(most.usd), tokens: Math.ceil(most.tokens) };
  let extra: Amount = { microUsd: 0, tokens: 0 };
  for (;;) {
    const allowed = allowance(automation.budget, extra);
    const { row, refused } = await book(table, id, amount, allowed);
    if (row) {
      const warning = await crosses(table, automation.name, row, allowance(automation.budget, extraOf(row)));
      return { ...amount, table, id, warning };
    }
    // What was added to the day is in the refusal. It only grows: a second try with it cannot let too much through.
    const known = extraOf(refused);
    if (known.microUsd <= extra.microUsd && known.tokens <= extra.tokens) {
      await noteRefusal(table, automation.name, id, amount, refused);
      throw spent(automation, amount);
    }
    extra = known;
  }
}

/** Puts back what a call did not cost, or adds what it cost beyond. It never throws: what is not settled stays booked. */
export async function settle(reservation: Reservation, usedUsd: number, usedTokens: number): Promise<void> {
  const { table, id } = reservation;
  const money = microUsd(usedUsd) - reservation.microUsd;
  const tokens = Math.ceil(usedTokens) - reservation.tokens;
  if (money === 0 && tokens === 0) return;
  const update = new UpdateCommand({
    TableName: table,
    Key: { id },
    UpdateExpression: 'ADD spentMicroUsd :money, spentTokens :tokens',
    // A row that somebody removed must not come back with less than nothing in it.
    ConditionExpression: 'attribute_exists(spentMicroUsd)',
    ExpressionAttributeValues: { ':money': money, ':tokens': tokens },
  });
  try {
    // Made twice, it would give back what others have booked.
    await dynamo().send(unrepeated(update));
  } catch (error) {
    logger.warn('not settled', { budget: id, money, tokens, reason: errorFacts(error).message });
  }
}

/** Puts everything back, for a call that was not made or that nobody bills. */
export function release(reservation: Reservation): Promise<void> {
  return settle(reservation, 0, 0);
}

export function spent({ name, budget }: Spender, needs: Amount): BudgetSpent {
  if (!hasRoom(budget, undefined, needs))
    return new BudgetSpent(`one call of '${name}' can cost more than its budget of a whole day`, needs);
  return new BudgetSpent(`the budget of '${name}' for today does not hold this call`, needs);
}

/** The row as it is with the amount on it, or as it was when it refused. */
async function book(
  table: string,
  id: string,
  amount: Amount,
  allowed: Amount,
): Promise<{ row?: BudgetRow; refused?: BudgetRow | undefined }> {
  const money = within('spentMicroUsd', ':moneyLeft', allowed.microUsd - amount.microUsd);
  const tokens = within('spentTokens', ':tokensLeft', allowed.tokens - amount.tokens);
  const update = new UpdateCommand({
    TableName: table,
    Key: { id },
    UpdateExpression: 'ADD spentMicroUsd :money, spentTokens :tokens SET expiresAt = :expiresAt',
    ConditionExpression: [...money.condition, ...tokens.condition].join(' AND '),
    ExpressionAttributeValues: {
      ':money': amount.microUsd,
      ':tokens': amount.tokens,
      ':expiresAt': budgetEnd(),
      ...money.values,
      ...tokens.values,
    },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    return { row: (await dynamo().send(update)).Attributes as BudgetRow };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const { Item } = error as { Item?: Parameters<typeof unmarshall>[0] };
    return { refused: Item && (unmarshall(Item) as BudgetRow) };
  }
}

/** The condition that leaves room for an amount, which takes `left` off the allowance. */
function within(field: string, value: string, left: number) {
  if (left === Number.POSITIVE_INFINITY) return { condition: [], values: {} };
  const fits = `${field} <= ${value}`;
  // Not even an empty day holds more than it may come to.
  const condition = left < 0 ? fits : `(attribute_not_exists(${field}) OR ${fits})`;
  return { condition: [condition], values: { [value]: left } };
}

/** Whether this booking is the one to warn about. The row says that the day has warned: the API reads it there. */
async function crosses(table: string, automation: string, row: BudgetRow, most: Amount): Promise<boolean> {
  const share = Math.max(
    (row.spentMicroUsd ?? 0) / most.microUsd,
    most.tokens === Number.POSITIVE_INFINITY ? 0 : (row.spentTokens ?? 0) / most.tokens,
  );
  if (!(share >= WARN_AT) || row.warnedAt) return false;
  const first = await note(table, row.id, {
    UpdateExpression: 'SET warnedAt = :now',
    ConditionExpression: 'attribute_not_exists(warnedAt)',
    ExpressionAttributeValues: { ':now': isoNow() },
  });
  if (!first) return false;
  logger.warn('most of the budget is spent', { automation, share: Number(share.toFixed(3)), of: most });
  count('budgetWarnings', automation);
  return true;
}

/** Keeps the smallest call that the day refused: while there is no room even for it, the automation is suspended. */
async function noteRefusal(
  table: string,
  automation: string,
  id: string,
  amount: Amount,
  row: BudgetRow | undefined,
): Promise<void> {
  const { refusedMicroUsd = Number.POSITIVE_INFINITY, refusedTokens = 0 } = row ?? {};
  if (refusedMicroUsd < amount.microUsd) return;
  if (refusedMicroUsd === amount.microUsd && refusedTokens <= amount.tokens) return;
  const noted = await note(table, id, {
    UpdateExpression: [
      'SET refusedMicroUsd = :money, refusedTokens = :tokens, expiresAt = :expiresAt,',
      'suspendedAt = if_not_exists(suspendedAt, :now)',
    ].join(' '),
    ConditionExpression: [
      'attribute_not_exists(refusedMicroUsd) OR refusedMicroUsd > :money',
      'OR (refusedMicroUsd = :money AND refusedTokens > :tokens)',
    ].join(' '),
    ExpressionAttributeValues: {
      ':money': amount.microUsd,
      ':tokens': amount.tokens,
      ':expiresAt': budgetEnd(),
      ':now': isoNow(),
    },
  });
  if (noted && !row?.suspendedAt) logger.warn('the budget is spent', { automation, refused: amount });
}

/* What is noted is for people. A booking must not be lost over it, nor a refusal become something else. */
async function note(
  table: string,
  id: string,
  expressions: Omit<ConstructorParameters<typeof UpdateCommand>[0], 'TableName' | 'Key'>,
): Promise<boolean> {
  try {
    await dynamo().send(new UpdateCommand({ TableName: table, Key: { id }, ...expressions }));
    return true;
  } catch (error) {
    if (!isConditionFailure(error))
      logger.warn('budget not noted', { budget: id, reason: errorFacts(error).message });
    return false;
  }
}
