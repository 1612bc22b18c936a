import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ANN, APPROVAL, plain, question, send, show } from '../../../support/desk.ts';
import { proposal } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('what comes with the page of an approver', () => {
  it('carries headers that forbid foreign scripts, frames, caches, referrers and foreign forms', async () => {
    question();
    for (const { headers } of [
      await show(),
      await show('x'),
      await send({}),
      await plain(`/approvals/x`, { method: 'PUT' }),
    ]) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'/);
      expect(policy).toMatch(/form-action 'self'/);
      expect(policy).toMatch(/frame-ancestors 'none'/);
      expect(policy).toMatch(/base-uri 'none'/);
      // Our two scripts by their hashes, and no other.
      expect(policy).toMatch(/script-src 'sha256-[\w+/=]+' 'sha256-[\w+/=]+'(?:;|$)/);
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
    }
  });

  it('holds the two scripts that its policy names by their hashes, and nothing that the policy would block', async () => {
    question();

    const { text, headers } = await show();

    const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => code ?? '');
    expect(scripts).toHaveLength(2);
    const { createHash } = await import('node:crypto');
    const hashes = scripts.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
    expect(headers.get('content-security-policy')).toContain(`script-src ${hashes.join(' ')}`);
    expect(text).not.toMatch(/style="| on\w+="|<link|<img|https?:\/\//);
    expect(text.match(/<style>/g)).toHaveLength(1);
  });

  it('gives its browser one cookie: set by this host alone, of no use to scripts or to other sites', async () => {
    question();

    const { headers } = await show();

    expect(headers.getSetCookie()).toHaveLength(1);
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-signalbox-page=[\w-]{16};/);
    expect(cookie).toContain('Path=/;');
    expect(cookie).not.toContain('Domain');
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('Secure');
    expect(cookie).toContain('SameSite=Strict');
    expect((await show('x')).headers.getSetCookie()).toEqual([]);
  });

  it('keeps the cookie of a browser that has one, and takes none that it did not give', async () => {
    question();
    const mine = `__Host-signalbox-page=${'m'.repeat(16)}`;

    expect((await show(ANN, APPROVAL, 'GET', { cookie: mine })).headers.get('set-cookie')).toContain(mine);
    for (const foreign of ['short', 'x'.repeat(17), `${'x'.repeat(15)}|`]) {
      const { headers } = await show(ANN, APPROVAL, 'GET', { cookie: `__Host-signalbox-page=${foreign}` });
      expect(headers.get('set-cookie')).not.toContain(`=${foreign};`);
    }
  });

  it('can be used without a mouse and read by a machine: labels, a language, a title, buttons', async () => {
    question(proposal({ risk: 'catastrophic' }));

    const { text } = await show();

    expect(text).toMatch(/<html lang="en">/);
    expect(text).toMatch(/<title>Pay EUR 24\.90/);
    const labels = [...text.matchAll(/<label for="(\w+)"/g)].map(([, id]) => id);
    expect(labels).toEqual(['comment', 'confirm', 'to']);
    for (const id of labels) expect(text).toContain(`id="${id}"`);
    expect([...text.matchAll(/<button [^>]*value="([\w-]+)"/g)].map(([, value]) => value)).toEqual([
      'approve',
      'reject',
      'claim',
      'again',
      'escalate',
      'hand-over',
    ]);
  });
});
