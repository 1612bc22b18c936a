import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reserve, settle } from '../../lambdas/models/budget.ts';
import type { BudgetRow } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { door, eventsOf, ID, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import {
  CALL,
  DAY,
  freshQueue,
  letPass,
  raise,
  receive,
  run,
  spender,
  spent,
  told,
} from './waiting-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(freshQueue);

describe('an item whose call the day does not hold', () => {
  const exhaustAt = (spentMicroUsd: number) =>
    world.tables.put('control', { id: budgetKey('demo'), spentMicroUsd });

  describe('and that no day ever would', () => {
    let thoughts = 0;
    const ask = (call: typeof CALL) => async () => {
      thoughts += 1;
      await settle(await reserve('control', spender(), call), call.usd, call.tokens);
    };

    beforeEach(() => {
      thoughts = 0;
      receive();
      told.think = ask({ usd: 2, tokens: 100 });
    });

    it('goes on by itself on the day after a deploy made it small enough', async () => {
      await run();
      told.think = ask(CALL);
      const midnight = Date.parse('2026-12-02T00:00:00Z');
      await letPass((midnight - time.at) / 1000);
      expect([stored().status, thoughts]).toEqual(['suspended', 1]);

      await letPass(1);

      expect(stored().verdict).toBe('act');
    });

    it('goes on at once where an operator sends it to work after that, with nothing added', async () => {
      await run();
      told.think = ask(CALL);
      time.advance(60);

      await run();

      expect(stored().verdict).toBe('act');
    });

    it('is thought about once a day and once for each time it is sent to work, and has one message', async () => {
      await run();
      await letPass(3 * DAY);
      expect([thoughts, told.due.length, spent()]).toEqual([4, 1, 0]);
      expect(eventsOf().filter((event) => event === 'suspended')).toHaveLength(4);

      const message = { itemId: ID, generation: 1 };
      told.due.push({ at: time.at, message }, { at: time.at, message });
      await letPass(7200);
      expect([thoughts, told.due.length, stored().status]).toEqual([6, 1, 'suspended']);
    });

    it('waits for the next day where today is spent and could hold what it was said to need', async () => {
      told.think = ask({ usd: 0.5, tokens: 100 });
      exhaustAt(700_000);
      await run();
      told.think = ask(CALL);
      await run();
      await letPass(3600);
      expect([stored().status, thoughts]).toEqual(['suspended', 1]);

      await letPass(DAY);

      expect(stored().verdict).toBe('act');
    });

    it('counts what was added to today as a part of the day', async () => {
      await raise(1.5);
      exhaustAdded();
      await run();
      await run();
      expect(thoughts).toBe(1);
    });

    const exhaustAdded = () =>
      world.tables.put('control', {
        ...(world.tables.row<BudgetRow>('control', budgetKey('demo')) ?? { id: '' }),
        spentMicroUsd: 1_000_000,
      });
  });
});
