import { beforeEach, describe, expect, it, vi } from 'vitest';
import { onChange } from '../../lambdas/approve/on-change.ts';
import { ENV, stored } from '../support/fixtures.ts';
import { answerTo } from '../support/runs.ts';
import { named, time, world } from '../support/world.ts';
import { begunBefore, sent, settled } from './on-change-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('what was approved', () => {
  it('is left to a run of an earlier version, which sends what is approved itself', async () => {
    const { now, before } = settled();
    begunBefore();

    await onChange(now, before, ENV);

    expect(world.answers).toEqual([answerTo('token-1', 'approve')]);
    expect(sent()).toEqual([]);
  });

  it('is with its action before the run hears of it', async () => {
    const { now, before } = settled();
    world.fault = (call) => {
      if (call.includes('SendMessage')) throw named('ThrottlingException');
    };
    await expect(onChange(now, before, ENV)).rejects.toThrow();
    expect(world.answers).toEqual([]);
    world.fault = undefined;

    await onChange(now, before, ENV);

    expect(world.answers).toHaveLength(1);
    expect(sent()).toHaveLength(1);
  });

  it.each(['acting', 'done'] as const)(
    'ends the run that still waits though the item is %s, and sends no second message',
    async (status) => {
      const { now, before } = settled();
      world.fault = (call) => {
        if (call.includes('SendTask')) throw named('ThrottlingException');
      };
      await expect(onChange(now, before, ENV)).rejects.toThrow();
      world.fault = undefined;
      world.tables.put('items', { ...stored(), status });

      await onChange(now, before, ENV);

      expect(world.answers).toEqual([answerTo('token-1', 'approve', true)]);
      expect(sent()).toHaveLength(1);
      expect(stored()).toMatchObject({ status, generation: 1 });
    },
  );
});
