import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { recipientOf } from '../../../lambdas/tables/approvals/handles.ts';
import { ANN, question, tokenIn } from '../../support/desk.ts';
import { gated, proposal, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { approval, put } from './ask-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** A request that came again under its old key, after its first item had gone, has the same id: ADR 0048. */
function askedLongAgo(): void {
  question(proposal(), {
    ...{ status: 'decided', decision: 'approve', decidedBy: 'ann@example.com' },
    ...{ createdAt: '2025-10-20T08:30:00.000Z', expiresAt: time.at / 1000 + 3600 },
  });
  const link = { approvalId: approval().id, email: 'ann@example.com', expiresAt: time.at / 1000 + 3600 };
  world.tables.put('links', { id: `link#${sha256(ANN)}`, ...link });
  gated({ verdict: 'ask' });
}

describe('an approval of an item whose id an earlier item had', () => {
  it('is asked for, whatever was decided about the other', async () => {
    askedLongAgo();

    await put();

    expect(approval()).toMatchObject({ status: 'pending', createdAt: '2026-12-01T09:00:00.000Z' });
    expect(approval()).not.toHaveProperty('decision');
    expect(world.mails).toHaveLength(2);
    expect(stored().status).toBe('waiting_approval');
  });

  it('is opened by its own links and by none of the other', async () => {
    askedLongAgo();
    await put();

    const opens = (token: string) => recipientOf('links', approval(), sha256(token));
    expect(await opens(ANN)).toBeUndefined();
    expect(await opens(tokenIn(world.mails[0]?.text ?? ''))).toBe(world.mails[0]?.to);
  });
});
