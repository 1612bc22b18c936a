import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { row as approval, question } from '../../support/desk.ts';
import { ID, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { calls, closeHouse, demo, freshHouse, paid, posted, REASON, redrive, settle } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

describe('an item that waits for a person', () => {
  const asks: Automation = { ...demo, gate: () => ({ verdict: 'ask', reasons: ['the amount is large'] }) };

  it('is asked about anew: the old question is closed, and its decision counts no more', async () => {
    posted();
    await settle(asks);
    const old = stored().approvalId ?? '';

    const { status } = await redrive();
    await settle(asks);

    expect(status).toBe(202);
    expect(stored()).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g2` });
    expect([approval(old).status, approval(`${ID}-g2`).status]).toEqual(['withdrawn', 'pending']);
    expect(approval(old).trail.at(-1)).toMatchObject({ event: 'withdrawn', by: 'ops', comment: REASON });
    expect(paid()).toBe(1);
  });

  it('is left to a decision that can still be taken back', async () => {
    const now = new Date(time.at).toISOString();
    question(undefined, {
      status: 'decided',
      decision: 'approve',
      phase: 'carrying',
      undoUntil: '2099',
      decidedAt: now,
    });
    const { status, body } = await redrive();
    expect([status, body.detail]).toEqual([409, expect.stringContaining('can still be taken back')]);
    expect(stored()).toMatchObject({ generation: 1, status: 'waiting_approval' });
  });

  it('that people approved meanwhile goes on by that approval', async () => {
    posted();
    await settle(asks);
    const at = new Date(time.at).toISOString();
    const { sealOf } = await import('../../support/desk.ts');
    const decided = {
      ...approval(),
      status: 'decided',
      decision: 'approve',
      decidedBy: 'ann@example.com',
      carriedAt: at,
    } as const;
    world.tables.put('approvals', { ...decided, seal: sealOf(decided) });

    await redrive();
    await settle(asks);

    expect(stored()).toMatchObject({ status: 'done', generation: 2, approvalId: `${ID}-g1` });
    expect(calls()).toHaveLength(1);
  });

  it('that people rejected meanwhile is not thought about anew', async () => {
    const at = new Date(time.at).toISOString();
    question(undefined, {
      status: 'decided',
      decision: 'reject',
      decidedBy: 'ann@example.com',
      carriedAt: at,
    });
    const { status, body } = await redrive({ fresh: true });
    expect([status, body.detail]).toEqual([409, 'people have rejected what the item proposed']);
  });
});
