import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readCaution, wantsCaution } from '../../lambdas/tables/control/caution.ts';
import { freshHouse, signedIn } from '../support/console.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/signed/invoke.ts', () => import('../support/commands.ts'));

beforeEach(freshHouse);

const PATH = '/console/caution';
const HOLD = { automation: 'demo', of: 'everything', what: 'on', reason: 'odd payments since 09:00' };
const held = async (action = 'pay', label = 'Billing') =>
  wantsCaution(await readCaution('control', 'demo'), action, label);

describe('caution in the console', () => {
  it('is for operators, and there for nobody else', async () => {
    for (const email of ['ann@example.com', 'august@example.com']) {
      const other = await signedIn(email);
      expect((await other.get('/console')).text).not.toContain('/console/caution');
      expect((await other.get(PATH)).status).toBe(403);
      expect((await other.send('/console/me', HOLD, PATH)).status).toBe(403);
    }
    expect(await held()).toBe(false);
  });

  it('holds an automation with a reason, and lets it go', async () => {
    const olga = await signedIn('olga@example.com');
    const done = await olga.send(PATH, HOLD);
    expect(done.status).toBe(200);
    expect(done.text).toContain('From now on demo asks a person: everything.');
    expect(done.text).toContain('odd payments since 09:00');
    expect(done.text).toContain('olga@example.com');
    expect(await held()).toBe(true);

    await olga.send(PATH, { ...HOLD, what: 'off' });
    expect(await held()).toBe(false);
    expect((await olga.get(PATH)).text).toContain('Acts alone where its gate allows it.');
  });

  it('holds one action or one label', async () => {
    const olga = await signedIn('olga@example.com');
    await olga.send(PATH, { ...HOLD, of: 'action pay' });
    expect([await held('pay'), await held('tell')]).toEqual([true, false]);
    await olga.send(PATH, { ...HOLD, of: 'label Billing' });
    expect([await held('tell', 'Billing'), await held('tell', 'other')]).toEqual([true, false]);
    await olga.send(PATH, { ...HOLD, of: 'action pay', what: 'off' });
    expect([await held('pay', 'other'), await held('tell', 'Billing')]).toEqual([false, true]);
  });

  it.each([
    ['no reason', { reason: '' }, 'Please say why'],
    ['a reason nobody can see', { reason: '\u200b\u2060\u200b\u200b' }, 'Please say why'],
    ['a long reason', { reason: 'x'.repeat(301) }, 'Please say why'],
    ['another action', { of: 'action refund' }, 'Please choose'],
    ['another automation', { automation: 'other' }, 'Please choose'],
    ['nothing to do', { what: 'maybe' }, 'Please choose'],
  ])('refuses %s, and keeps what was typed', async (_name, wrong, words) => {
    const olga = await signedIn('olga@example.com');
    const answer = await olga.send(PATH, { ...HOLD, ...wrong });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(await held()).toBe(false);
  });

  it('takes no form that we did not make, and shows a reason as words', async () => {
    const olga = await signedIn('olga@example.com');
    await olga.send(PATH, { ...HOLD, reason: '<b>odd</b>' });
    expect((await olga.get(PATH)).text).toContain('&lt;b&gt;odd&lt;/b&gt;');
    const forged = await olga.request(PATH, {
      method: 'POST',
      body: new URLSearchParams({ ...HOLD, what: 'off', nonce: 'made-up' }),
    });
    expect(forged.status).toBe(400);
    expect(await held()).toBe(true);
    expect(world.tables.all('control').length).toBeGreaterThan(0);
  });
});
