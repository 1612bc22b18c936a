import { beforeEach, expect, it, vi } from 'vitest';
import { freshHouse, signedIn } from '../../support/console.ts';
import { idOf, keepIt, rehearsal } from '../../support/rehearsed.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

beforeEach(freshHouse);

it('shows no characters that turn the direction of what stands around them', async () => {
  await keepIt({
    ...rehearsal,
    model: 'mod\u202Eel',
    changed: [{ id: idOf(1), label: ['late', '\u202Erehto'], decision: 'approve\u2066' }],
    leftOut: { 'so\u202Eurce': 1 },
    ...{ id: 'abcd', by: 'ops', at: '2026-11-29T09:00:00.000Z' },
  });
  const { text } = await (await signedIn('ann@example.com')).get('/console/automations/demo/rehearsals/abcd');
  expect(text).not.toMatch(/[\u202E\u2066]/);
});
