import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { SystemError, TransientError } from '../../lambdas/kit/errors.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { type Demo, door, eventsOf, ID, itemRow, lineageEntry, PAY, stored } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => Object.assign(gone, door({ label: 'Billing' }, [LINEAGE])),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const LINEAGE = lineageEntry();

/** The door that was made last. */
const gone = door();

beforeEach(() => {
  world.reset();
  time.freeze();
});

function receive(fields: Partial<ItemRow> = {}, body: Demo = { text: 'charged twice' }): void {
  world.tables.put('items', itemRow(fields));
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify(body));
}

const run = (implementation = thinking(), receives = 1, generation = 1) =>
  work({ message: { generation }, receives, implementation });

describe('a message of the work queue', () => {
  describe('that stops before its verdict', () => {
    const LOST = lineageEntry({ step: 'reply', costUsd: 0.002, failure: 'transient' });
    const losing = (error: Error, lost = LOST) =>
      thinking(async () => {
        gone.lost.push(lost);
        throw error;
      });
    const again = () => run(thinking(), 2);

    it('tells what its steps cost, those that were answered too, and each call once when it goes on', async () => {
      receive({ lineage: [lineageEntry({ costUsd: 0.5 })] });

      await run(losing(new TransientError('down'))).catch(() => {});

      expect(stored()).toMatchObject({ status: 'processing', costUsd: 0.5021 });
      const calls = stored().lineage?.map(({ step, failure }) => [step, failure]);
      expect(calls?.slice(1).sort()).toEqual([
        ['reply', 'transient'],
        ['route', undefined],
      ]);
      await again();
      expect(stored().lineage?.map(({ step, costUsd }) => [step, costUsd])).toEqual([
        ...[
          ['route', 0.5],
          ['reply', 0.002],
          ['route', 0.0001],
        ],
      ]);
      expect(stored()).toMatchObject({ costUsd: 0.5021, verdict: 'act' });
    });

    it.each([
      [new Waiting('busy', 30), 'processing'],
      [new BudgetSpent('spent', { microUsd: 1, tokens: 1 }), 'suspended'],
      [new SystemError('no key'), 'parked'],
    ])('tells it also where %s lets it rest', async (error, status) => {
      receive();
      await run(losing(error));
      expect(stored()).toMatchObject({ status, costUsd: 0.0021, lineage: [LOST, LINEAGE] });
    });

    it('goes on with what an automation made of a failure, and tells both', async () => {
      receive();
      await run(
        thinking(async () => {
          gone.lost.push(LOST);
          return PAY;
        }),
      );
      expect(stored()).toMatchObject({ verdict: 'act', costUsd: 0.0021 });
      expect(eventsOf().filter((event) => event === 'model_called')).toHaveLength(2);
    });

    it('fails as it failed, also where the calls cannot be written down', async () => {
      receive();
      world.fault = (call, { ExpressionAttributeNames }) => {
        if (call.includes('Update') && '#lineage' in ((ExpressionAttributeNames as object) ?? {}))
          throw named('ValidationException');
      };
      await expect(run(losing(new TransientError('down')))).rejects.toThrow('down');
      expect(world.visibility).toHaveLength(1);
    });

    it('keeps what another delivery has kept meanwhile', async () => {
      receive();
      await run(
        thinking(async () => {
          const theirs = lineageEntry({ step: 'sum', costUsd: 0.05 });
          const updatedAt = '2026-12-01T09:00:01.000Z';
          world.tables.put('items', { ...stored(), lineage: [theirs], costUsd: 0.05, updatedAt });
          gone.lost.push(LOST);
          throw new TransientError('down');
        }),
      ).catch(() => {});
      expect(stored().costUsd).toBe(0.0521);
    });

    it('keeps what was paid rather than what cost nothing', async () => {
      receive({
        lineage: Array.from({ length: 200 }, (_, n) => lineageEntry({ costUsd: 0, milliseconds: n })),
      });
      await run(losing(new TransientError('down'))).catch(() => {});
      expect(stored()).toMatchObject({ costUsd: 0.0021, lineage: { length: 200 } });
    });

    it('keeps no more than a row holds', async () => {
      receive({ lineage: Array.from({ length: 199 }, () => lineageEntry()) });
      const two = thinking(async () => {
        gone.lost.push(LOST, LOST);
        throw new TransientError('down');
      });
      for (const receives of [1, 2]) await run(two, receives).catch(() => {});
      expect(stored().lineage).toHaveLength(200);
    });
  });
});

describe('a message of the work queue', () => {
  it('gives way to an item that an operator moved on while it was thought about', async () => {
    receive();
    const moved = thinking(async () => {
      world.tables.put('items', itemRow({ status: 'processing', generation: 2 }));
      return PAY;
    });

    await run(moved);

    expect(stored()).toMatchObject({ generation: 2 });
    expect(stored().verdict).toBeUndefined();
    expect(world.sent('actions')).toEqual([]);
  });

  it('is not thought about when an operator parks it between the look and the claim', async () => {
    receive();
    const evaluate = vi.fn(async () => PAY);
    world.fault = (call) => {
      if (call.includes('UpdateCommand')) world.tables.put('items', itemRow({ status: 'parked' }));
    };

    await run(thinking(evaluate));

    expect(evaluate).not.toHaveBeenCalled();
    expect(stored().status).toBe('parked');
  });

  it('is judged once when two deliveries think at the same moment', async () => {
    receive();

    const both = await Promise.allSettled([run(), run()]);

    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(world.visibility).toEqual([{ handle: 'handle-1', seconds: 45 }]);
    await run(thinking(), 2);
    const message = { itemId: ID, generation: 1 };
    expect(world.sent('actions')).toEqual([message, message]);
    const document = JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '');
    expect(digest(document)).toBe(stored().proposalDigest);
  });
});
