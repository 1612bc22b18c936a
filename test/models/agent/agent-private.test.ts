import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Endpoint } from '../../../lambdas/contract/endpoint.ts';
import { Desk, endWorld, freshWorld, LATE, look, order, says, sent, server, told } from './agent-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(endWorld);

const privacy = { tokens: 'all', residency: ['eu'] } as const;

const found = async (at: Partial<Endpoint>) => {
  const desk = new Desk();
  desk.found = () => ({ due: '2026-11-01', contact: 'bea@example.com' });
  server.answers = [order('1182'), says('hm'), says(LATE)];
  await look(desk, {}, { of: { privacy }, at }).answer;
  return sent()
    .slice(1)
    .map(({ messages }) => JSON.stringify(messages));
};

describe('what a tool answers where personal data is replaced', () => {
  it('goes to no endpoint outside, whatever the tool left in it', async () => {
    for (const said of await found({ residency: 'us' })) {
      expect(said).not.toContain('bea@example.com');
      expect(said).toContain('[EMAIL]');
    }
  });

  it('is read whole inside', async () => {
    for (const said of await found({ residency: 'eu' })) expect(said).toContain('bea@example.com');
  });

  it('is cut before a token, never within: what is left would be nearly that of somebody else', async () => {
    const desk = new Desk();
    desk.found = () => `${'x'.repeat(5_991)}[EMAIL_12] and what follows`;
    server.answers = [order('1182'), says(LATE)];
    await look(desk).answer;
    expect(JSON.stringify(told())).toMatch(/x{5991}"/);
  });
});
