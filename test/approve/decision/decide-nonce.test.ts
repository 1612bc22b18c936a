import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeNonce, nonceTime } from '../../../lambdas/pages/links.ts';
import { fieldsOf, question, row, send } from '../../support/desk.ts';
import { proposal, QUESTION } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { BROWSER, bound, why } from './decide-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a catastrophic action', () => {
  const erase = proposal({
    ...{ action: 'erase', risk: 'catastrophic' },
    question: { ...QUESTION, confirm: 'account 7' },
  });

  it.each(['', 'ACCOUNT 7', 'account', 'account 77', 'yes', 'erase'])(
    'is not approved with %j for its word',
    async (confirm) => {
      question(erase);

      const { status, text } = await send({ ...(await fieldsOf()), ...why, decision: 'approve', confirm });

      expect(status).toBe(400);
      expect(text).toContain('type &quot;account 7&quot;');
      expect(row().status).toBe('pending');
    },
  );

  it('is approved with its word and a reason, and not without the reason', async () => {
    question(erase);
    const fields = { ...(await fieldsOf()), decision: 'approve', confirm: ' account 7 ' };

    expect((await send(fields)).text).toContain('Please give a reason');
    await send({ ...fields, ...why });

    expect(row().decision).toBe('approve');
  });

  it('is rejected without its word', async () => {
    question(erase);

    await send({ ...(await fieldsOf()), ...why, decision: 'reject' });

    expect(row().decision).toBe('reject');
  });
});

describe('a nonce', () => {
  const request = { cookie: BROWSER, browser: true };

  it('tells when its page was made, for twelve hours', () => {
    question();
    const nonce = makeNonce('key', bound());
    const made = time.at;

    expect(nonceTime('key', nonce, bound(), request)).toBe(made);
    time.advance(12 * 3600);
    expect(nonceTime('key', nonce, bound(), request)).toBe(made);
    time.advance(1);
    expect(nonceTime('key', nonce, bound(), request)).toBeUndefined();
  });

  it.each([
    ['the browser it was made for', { cookie: BROWSER, browser: true }, true],
    ['a script, which has no cookie and says of itself no site', { cookie: undefined, browser: false }, true],
    ['a browser without the cookie', { cookie: undefined, browser: true }, false],
    ['another browser', { cookie: 'another-browser-', browser: true }, false],
    ['a script with the cookie of another browser', { cookie: 'another-browser-', browser: false }, false],
  ])('is good from %s: %s', (_name, from, good) => {
    question();

    expect(nonceTime('key', makeNonce('key', bound()), bound(), from) !== undefined).toBe(good);
  });

  it('is none in any of these', () => {
    question();
    for (const nonce of [
      ...['', '.', '1', 'NaN.x', '1e3.x', '-1.x', '0x10.x', `${Number.MAX_SAFE_INTEGER}0.x`],
      `${time.at}.${BROWSER}`,
      `${time.at}.${BROWSER}.`,
      `${time.at}.${BROWSER}.é${'x'.repeat(42)}`,
      ` ${makeNonce('key', bound())}`,
      makeNonce('key', bound()).replace('.', '.0.'),
    ]) {
      expect(nonceTime('key', nonce, bound(), request), nonce).toBeUndefined();
    }
  });
});
