import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeNonce } from '../../lambdas/approve/links.ts';
import { ANN, APPROVAL, BOB, fieldsOf, plain, question, row, send, show } from '../support/desk.ts';
import { proposal } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/shared/content.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const FACTS = /24\.90|ann@|bob@|Charged twice|demo|ledger/;

describe("an approver's page", () => {
  it('shows what would happen, why, and to whom the link belongs', async () => {
    question();

    const { status, text } = await show();

    expect(status).toBe(200);
    expect(text).toContain('Pay EUR 24.90');
    expect(text).toContain('the amount is large');
    expect(text).toContain('Charged twice.');
    expect(text).toContain('ann@example.com');
    expect(text).toContain('2026-12-01 12:00 UTC');
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])(
    'is not changed by %s, however often',
    async (method) => {
      question();
      const before = world.tables.snapshot();

      for (let times = 0; times < 3; times += 1) await show(ANN, APPROVAL, method);

      expect(world.tables.snapshot()).toBe(before);
      expect(world.calls.filter((call) => !call.includes('Get'))).toEqual([]);
    },
  );

  it.each([
    ['a link of nobody', 'x'.repeat(43), APPROVAL],
    ['no link at all', '', APPROVAL],
    ['the hash of a link', '961b6dd3ede3cb8ecbaacbd68de040cd78eb2ed5889130cceb4c49268ea4d506', APPROVAL],
    ['a question that is not there', ANN, 'item-none-g1'],
    ['a name that every object has', 'constructor', APPROVAL],
    ['a very long name', ANN, 'x'.repeat(3000)],
  ])('is a 404 without a fact for %s', async (_name, token, id) => {
    question();

    const shown = await show(token, id);
    const posted = await send({ t: token, nonce: 'x', decision: 'approve' }, id);

    for (const { status, text } of [shown, posted]) {
      expect(status).toBe(404);
      expect(text).not.toMatch(FACTS);
    }
    expect(row().status).toBe('pending');
  });

  it('is a 404 for the link of another question', async () => {
    question();
    world.tables.put('approvals', { ...row(), id: 'item-b-g1', links: {} });

    expect((await show(ANN, 'item-b-g1')).status).toBe(404);
  });

  it.each([
    ['the time is over', {}, 3 * 3600],
    ['the question has expired', { status: 'expired' as const }, 0],
  ])('is closed, with nothing to decide and no fact, when %s', async (_name, fields, seconds) => {
    question(proposal(), fields);
    const open = { t: ANN, nonce: makeNonce('key-of-the-desk', row(), ANN), decision: 'approve' };
    time.advance(seconds);

    for (const { status, text } of [await show(), await send(open)]) {
      expect(status).toBe(200);
      expect(text).not.toContain('<form');
      expect(text).not.toMatch(/24\.90/);
    }
    expect(row().status).not.toBe('decided');
  });

  it('carries headers that forbid scripts, frames, caches, referrers and foreign forms', async () => {
    question();
    for (const { headers } of [
      await show(),
      await show('x'),
      await send({}),
      await plain('/approvals/x', { method: 'PUT' }),
    ]) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'/);
      expect(policy).toMatch(/form-action 'self'/);
      expect(policy).toMatch(/frame-ancestors 'none'/);
      expect(policy).toMatch(/base-uri 'none'/);
      expect(policy).not.toMatch(/script-src|unsafe/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
    }
  });

  it('holds no script, and nothing that its own policy would block', async () => {
    question();

    const { text } = await show();

    expect(text).not.toMatch(/<script|style="| on\w+="|<link|<img|https?:\/\//);
    expect(text.match(/<style>/g)).toHaveLength(1);
  });

  it('can be used without a mouse and read by a machine: labels, a language, a title, buttons', async () => {
    question(proposal({ risk: 'catastrophic' }));

    const { text } = await show();

    expect(text).toMatch(/<html lang="en">/);
    expect(text).toMatch(/<title>Pay EUR 24\.90/);
    for (const [, id] of text.matchAll(/<label for="(\w+)"/g)) expect(text).toContain(`id="${id}"`);
    expect(text.match(/<button /g)).toHaveLength(2);
  });

  it('shows hostile words as words, wherever they stand', async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&`;
    question(
      proposal({
        ...{
          summary: hostile,
          brief: hostile,
          label: hostile,
          reasons: [hostile],
          promptVersions: [hostile],
        },
        parameters: { [hostile]: hostile, list: [hostile], nested: { [hostile]: hostile } },
        evidence: [{ source: hostile, quote: hostile }],
        ...{ risk: 'catastrophic', action: hostile },
      }),
    );

    const { text } = await show();
    const { text: faulty } = await send({ ...(await fieldsOf()), decision: 'approve' });

    for (const markup of [text, faulty]) {
      expect(markup).not.toContain('<script>');
      expect(markup).not.toContain('<img');
      expect(markup.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(8);
    }
  });

  it('shows a hostile approver of a decided question as words', async () => {
    question(proposal(), {
      status: 'decided',
      decision: 'approve',
      decidedBy: '<script>x</script>',
      decidedAt: '2026-12-01',
    });

    expect((await show()).text).not.toContain('<script>');
  });

  it('shows no form and decides nothing when the document is not the one that was asked about', async () => {
    question();
    const fields = await fieldsOf();
    world.content.set(
      `bucket/${row().proposalKey}`,
      JSON.stringify(proposal({ parameters: { amount: '9999.00' } })),
    );

    for (const { status, text } of [await show(), await send({ ...fields, decision: 'approve' })]) {
      expect(status).toBe(409);
      expect(text).not.toMatch(/<form|9999|24\.90/);
    }
    expect(row().status).toBe('pending');
  });

  it('says that nothing was changed when a neighbour fails, without a word of why', async () => {
    question();
    world.fault = () => {
      throw named('AccessDeniedException');
    };

    const { status, text } = await show();

    expect(status).toBe(500);
    expect(text).toContain('Nothing was changed');
    expect(text).not.toContain('AccessDenied');
  });

  it('asks nobody by a question mark alone: a link is of 256 bits and belongs to one person', async () => {
    question();

    expect((await show(BOB)).text).toContain('bob@example.com');
    expect((await show(BOB)).text).not.toContain('ann@example.com');
  });
});
