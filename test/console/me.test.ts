import { beforeEach, describe, expect, it, vi } from 'vitest';
import { KEYS_SCRIPT } from '../../lambdas/console/keys.ts';
import { clearAway, readAway } from '../../lambdas/tables/control/away.ts';
import { freshHouse, put, signedIn } from '../support/console.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const AWAY = { what: 'away', from: '2026-12-20', until: '2026-12-24', delegate: 'eve@example.com' };
const at = (time: string) => readAway('control', 'ann@example.com', time);

describe('being away', () => {
  it('holds from the first day to the end of the last, and only then', async () => {
    const ann = await signedIn('ann@example.com');
    const seen = await ann.send('/console/me', AWAY);
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('eve@example.com is asked instead of you from 2026-12-20 to 2026-12-24');

    const away = { delegate: 'eve@example.com', until: '2026-12-25T00:00:00.000Z' };
    expect(await at('2026-12-19T23:59:59.999Z')).toBeUndefined();
    expect(await at('2026-12-20T00:00:00.000Z')).toEqual(away);
    expect(await at('2026-12-24T23:59:59.999Z')).toEqual(away);
    expect(await at('2026-12-25T00:00:00.000Z')).toBeUndefined();
    expect(await readAway('control', 'bob@example.com', '2026-12-22T00:00:00.000Z')).toBeUndefined();
    expect((await ann.get('/console/me')).text).toContain('value="2026-12-24"');
  });

  it('is kept under a hash of the address, until after it is over', async () => {
    const ann = await signedIn('ann@example.com');
    await ann.send('/console/me', AWAY);
    const row = world.tables.all('control').find(({ id }) => String(id).startsWith('away#'));
    expect(row?.id).toMatch(/^away#[0-9a-f]{64}$/);
    expect(row?.expiresAt).toBe(Date.parse('2026-12-26T00:00:00Z') / 1000);
  });

  it('ends when they are back, or when it is cleared for them', async () => {
    const ann = await signedIn('ann@example.com');
    await ann.send('/console/me', AWAY);
    await ann.send('/console/me', { what: 'back' });
    expect(await at('2026-12-22T00:00:00.000Z')).toBeUndefined();
    await ann.send('/console/me', AWAY);
    await clearAway('control', ' ANN@example.com');
    expect(await at('2026-12-22T00:00:00.000Z')).toBeUndefined();
  });

  it.each([
    ['a delegate nobody knows', { delegate: 'who@example.com' }, 'choose who is asked'],
    ['oneself', { delegate: 'ann@example.com' }, 'choose who is asked'],
    ['an auditor, who decides nothing', { delegate: 'august@example.com' }, 'choose who is asked'],
    ['days the wrong way round', { from: '2026-12-25' }, 'must not be before'],
    ['days that are over', { from: '2026-11-01', until: '2026-11-30' }, 'in the past'],
    ['no day', { from: '' }, 'give both days'],
    ['no such day', { until: '2026-12-32' }, 'give both days'],
    ['30 February', { until: '2027-02-30' }, 'give both days'],
    ['more than a year', { until: '2028-01-01' }, '366 days at most'],
  ])('is refused with %s, and what was typed stays', async (_name, wrong, words) => {
    const ann = await signedIn('ann@example.com');
    const { status, text } = await ann.send('/console/me', { ...AWAY, ...wrong });
    expect(status).toBe(400);
    expect(text).toContain(words);
    expect(text).toContain(`value="${{ ...AWAY, ...wrong }.from}"`);
    expect(world.tables.all('control').some(({ id }) => String(id).startsWith('away#'))).toBe(false);
  });

  it('is nothing for who is never asked', async () => {
    const august = await signedIn('august@example.com');
    expect((await august.get('/console/me')).text).not.toContain('Out of office');
    expect((await august.send('/console/me', AWAY)).status).toBe(400);
  });
});

describe('the keys', () => {
  it('are on until somebody switches them off in their browser, and then the script is not sent', async () => {
    const ann = await signedIn('ann@example.com');
    put('item-a');
    const pages = ['/console', '/console/approvals/item-a-g1', '/console/me'];
    for (const page of pages) expect((await ann.get(page)).text).toContain(KEYS_SCRIPT);

    const seen = await ann.send('/console/me', { what: 'keys off' });
    expect(seen.text).toContain('Keyboard shortcuts are off now');
    expect(seen.text).not.toContain(KEYS_SCRIPT);
    for (const page of pages) {
      const { text } = await ann.get(page);
      expect(text).not.toContain(KEYS_SCRIPT);
      expect(text).not.toContain('<dialog');
    }
    expect((await ann.send('/console/me', { what: 'keys on' })).text).toContain(KEYS_SCRIPT);
  });
});
