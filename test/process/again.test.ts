import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { automation, eventsOf, ID, itemRow, PAY, stored } from '../support/fixtures.ts';
import { named, world } from '../support/world.ts';
import { doors, step } from './again-step.ts';
import { approved, fresh, OLD, run, sentBack, started, thoughtAgain } from './again-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../local/memory/expressions.ts', () => import('./remove.ts'));
vi.mock('../../lambdas/models/step.ts', () => import('./again-step.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(fresh);

describe('an item that an approver sent back', () => {
  it('is thought about in its next generation, which inherits nothing of the proposal', async () => {
    sentBack();
    const claims: ItemRow[] = [];
    await run({}, 1, async () => {
      claims.push(stored());
      return PAY;
    });

    const [claimed = itemRow()] = claims;
    expect(claimed).toMatchObject({ generation: 2, status: 'processing', sentBack: [OLD] });
    for (const field of [
      'verdict',
      'reasons',
      'label',
      'proposalKey',
      'proposalDigest',
      'proposalSeal',
      'executionArn',
    ])
      expect(claimed).not.toHaveProperty(field);
    expect(claimed).not.toHaveProperty('approvalId');
    expect(claimed).not.toHaveProperty('error');
    expect(thoughtAgain()).toEqual([
      { at: '2026-12-01T09:00:00.000Z', event: 'thinking_again', generation: 2, approvalId: OLD },
    ]);
    expect(stored()).toMatchObject({
      generation: 2,
      verdict: 'ask',
      proposalKey: expect.stringContaining(`items/${ID}/proposal-g2-`),
    });
    expect(started()).toEqual({ itemId: ID, generation: 2 });
    expect(eventsOf().slice(1)).toEqual([
      ...['thinking_again', 'processing', 'prepared', 'routed', 'evaluated', 'gated'],
      ...['model_called', 'model_called'],
    ]);
  });

  it('is taken from a person as well as from the run', async () => {
    sentBack({ status: 'waiting_approval' });

    await run();

    expect(stored()).toMatchObject({ generation: 2, status: 'processing', verdict: 'ask' });
  });

  it('asks a person again, though the policy alone would let it pass', async () => {
    sentBack();

    await run();

    expect(automation.gate({} as never).verdict).toBe('act');
    expect(stored()).toMatchObject({
      verdict: 'ask',
      reasons: ['an approver sent an earlier proposal back'],
    });
  });

  it('costs what all its generations cost, and its document names the last one alone', async () => {
    sentBack();

    await run();

    expect(stored()).toMatchObject({
      lineage: [step('route.v1'), step('route.v2')],
      costUsd: 0.0002,
      tokens: { input: 200, output: 20 },
    });
    expect(doors[0]?.item.lineage).toEqual([step('route.v1')]);
    const document = JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '');
    expect(document).toMatchObject({ generation: 2, promptVersions: ['route.v2'] });
  });

  it('is thought about with what was said of it, the last three times, oldest first', async () => {
    const earlier = ['a', 'b', 'c'].map((letter) => `${ID}-${letter}`);
    sentBack({ generation: 4, sentBack: earlier, approvalId: `${ID}-g4` });
    for (const id of earlier) approved(id, `remark of ${id.slice(-1)}`);
    approved(`${ID}-g4`, ' latest\n');
    let heard: readonly string[] = [];

    await run({ generation: 4 }, 1, async ({ feedback }) => {
      heard = feedback;
      return PAY;
    });

    expect(heard).toEqual(['remark of b', 'remark of c', 'latest']);
    expect(doors[0]?.feedback).toEqual(heard);
    expect(stored().sentBack).toEqual([...earlier, `${ID}-g4`]);
  });

  it.each([
    ['nothing was said', () => approved(OLD, ' ')],
    ['the record is gone', () => world.tables.rows('approvals').clear()],
  ])('is known to have been sent back where %s', async (_name, prepare) => {
    sentBack();
    prepare();

    await run();

    expect(doors[0]?.feedback).toEqual(['sent back without a remark']);
    expect(stored().verdict).toBe('ask');
  });

  it('reads of an approval what was said, and of that what a model can be paid to read', async () => {
    sentBack({}, 'x'.repeat(5000));
    const read: unknown[] = [];
    world.fault = (_call, input) => {
      if (input.TableName === 'approvals') read.push(input.ExpressionAttributeNames);
    };

    await run();

    expect(read).toEqual([{ '#decidedBy': 'decidedBy', '#decision': 'decision' }, { '#comment': 'comment' }]);
    expect(doors[0]?.feedback[0]).toHaveLength(2000);
  });

  it('leaves the words of people out of its row', async () => {
    sentBack({}, 'card 4111');

    await run();

    expect(JSON.stringify(stored())).not.toContain('card 4111');
  });

  it('parks the item in its new generation when that cannot be thought about', async () => {
    sentBack();
    world.fault = (_call, input) => {
      if (input.TableName === 'approvals') throw named('AccessDeniedException');
    };

    await run();

    expect(stored()).toMatchObject({ generation: 2, status: 'parked', error: { class: 'SystemError' } });
    expect(doors).toEqual([]);
  });

  it('comes again while the approvals cannot be read, and goes on then', async () => {
    sentBack();
    world.fault = (_call, input) => {
      if (input.TableName === 'approvals') throw named('ThrottlingException');
    };
    await expect(run()).rejects.toThrow();
    expect(world.visibility).toEqual([{ handle: 'handle-1', seconds: 5 }]);
    world.fault = undefined;

    await run({}, 2);

    expect(stored()).toMatchObject({ generation: 2, verdict: 'ask' });
  });

  it('costs an item that nobody sent back no look at the approvals', async () => {
    world.tables.put('items', itemRow());
    world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
    const read = vi.fn();
    world.fault = (_call, input) => {
      if (input.TableName === 'approvals') read();
    };

    await run({ again: false });

    expect(stored().verdict).toBe('act');
    expect(read).not.toHaveBeenCalled();
  });
});
