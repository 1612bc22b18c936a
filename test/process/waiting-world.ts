import type { WorkMessage } from '../../lambdas/contract/item/messages.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { reserve, settle } from '../../lambdas/models/budget.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { type BudgetRow, raiseBudget } from '../../lambdas/tables/control/budgets.ts';
import { Leased } from '../../lambdas/tables/items/lease.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { automation, ID, itemRow, PAY } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

/* Items that wait, with the queue that sends them to work again. */

/** A dollar a day holds twenty calls of this. */
export const CALL = { usd: 0.05, tokens: 100 };
export const DAY = 86_400;

/** What a test changes. */
export const told = {
  /** Messages of the work queue that SQS still holds back, by when they come. */
  due: [] as { at: number; message: WorkMessage; receives?: number }[],
  /** Dollars a day, by today's declaration. */
  perDayUsd: 1,
  /** What the one step of the demo does. */
  think: (): Promise<void> => Promise.resolve(),
};

export const spender = () => ({ name: 'demo', budget: { perDayUsd: told.perDayUsd, perItemUsd: 1 } });
export const paidCall = async () => settle(await reserve('control', spender(), CALL), CALL.usd, CALL.tokens);
export const wait = (seconds: number) => () => Promise.reject(new Waiting('the endpoint is busy', seconds));

export const iso = (afterSeconds = 0) => new Date(time.at + afterSeconds * 1000).toISOString();
export const spent = (day?: string) =>
  world.tables.row<BudgetRow>('control', budgetKey('demo', day))?.spentMicroUsd ?? 0;
export const raise = (usd: number) =>
  raiseBudget('control', 'demo', { microUsd: usd * 1_000_000, tokens: 0, by: 'olga' });
export const exhaust = () => world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd: 990_000 });

export function freshQueue(): void {
  world.reset();
  time.freeze();
  Object.assign(told, { due: [], perDayUsd: 1, think: paidCall });
  listen();
}

export function listen(): void {
  world.fault = (call, { DelaySeconds = 0, MessageBody, QueueUrl }) => {
    if (!call.includes('SendMessage') || QueueUrl !== 'work') return;
    told.due.push({ at: time.at + Number(DelaySeconds) * 1000, message: JSON.parse(String(MessageBody)) });
  };
}

/** Items whose action was sent: a message that comes again sends it again. */
export const toAct = () =>
  new Set((world.sent('actions') as { itemId: string }[]).map(({ itemId }) => itemId)).size;

export function receive(fields: Partial<ItemRow> = {}): void {
  const row = itemRow({ receivedAt: iso(), ...fields });
  world.tables.put('items', row);
  world.content.set(`bucket/${row.bodyKey}`, '{"text":"charged twice"}');
}

export function run(receives = 1, message: WorkMessage = { itemId: ID, generation: 1 }): Promise<void> {
  const implementation = thinking(async () => {
    await told.think();
    return PAY;
  });
  return work({ message, receives, of: { ...automation, ...spender() }, implementation });
}

/**
 * Lets messages come when they are due, and all that are due at one moment together, until `seconds` have
 * passed.
 */
export async function letPass(seconds: number): Promise<number> {
  const end = time.at + seconds * 1000;
  let rounds = 0;
  for (;;) {
    told.due.sort((a, b) => a.at - b.at);
    const next = told.due[0]?.at ?? end;
    if (next >= end) break;
    time.at = Math.max(time.at, next);
    const now = told.due.filter(({ at }) => at <= time.at);
    told.due = told.due.filter(({ at }) => at > time.at);
    await Promise.all(
      now.map(async ({ message, receives = 1 }) => {
        try {
          await run(receives, message);
        } catch (error) {
          if (!(error instanceof Leased)) throw error;
          // Another delivery is at work on the item: this message comes back.
          const at = time.at + Math.max(5, error.retryAfterSeconds ?? 0) * 1000;
          told.due.push({ at, message, receives: receives + 1 });
        }
      }),
    );
    rounds += 1;
  }
  time.at = end;
  return rounds;
}

export const delays = () => world.delays.map(({ seconds }) => seconds);
