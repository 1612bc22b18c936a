import { beforeEach, describe, expect, it, vi } from 'vitest';
import { question, show } from '../../../support/desk.ts';
import { ENV, proposal } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const FIRST = `demo_${'c7'.repeat(16)}`;

describe('the page about a duplicate', () => {
  it('leads to the question about the earlier item, for who is signed in', async () => {
    const approvalId = `${FIRST}-g1`;
    question(proposal({ duplicateOf: { item: FIRST, approvalId } }));
    const { text } = await show();
    expect(text).toContain(`href="${ENV.BASE_URL}/console/approvals/${approvalId}"`);
    expect(text).toContain('The earlier item');
  });

  it('names the earlier item where nobody was asked about it, and says nothing where there is none', async () => {
    question(proposal({ duplicateOf: { item: FIRST } }));
    expect((await show()).text).toMatch(/7c7c7c7<\/b> \(nobody was asked about it\)/);
    world.reset();
    question();
    expect((await show()).text).not.toContain('The earlier item');
  });
});
