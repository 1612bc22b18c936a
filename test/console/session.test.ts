import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser, freshHouse, hidden, house, mainOf, put, SETTINGS, signedIn } from '../support/console.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const PAGES = [
  '',
  '/approvals/item-a-g1',
  '/decided',
  '/statistics',
  '/audit',
  '/audit/file',
  '/me',
  '/nowhere',
];

describe('a session', () => {
  it('is needed for every page: without it each leads to the sign-in page and shows nothing', async () => {
    put('item-a');
    for (const page of PAGES) {
      const { status, to, text } = await new Browser().get(`/console${page}`);
      expect([status, to.startsWith('/console/sign-in')], page).toEqual([303, true]);
      expect(text).toBe('');
    }
    for (const page of [...PAGES, '/sign-out'])
      expect((await new Browser().post(`/console${page}`)).status).toBe(403);
  });

  it('lasts as long as the settings say, and not a second longer, though the table still has it', async () => {
    const ann = await signedIn('ann@example.com');
    time.advance(8 * 3600 - 62);
    expect((await ann.get('/console')).status).toBe(200);
    time.advance(1);
    expect((await ann.get('/console')).status).toBe(303);
    expect(world.tables.all('control').some(({ id }) => String(id).startsWith('session#'))).toBe(true);
  });

  it('ends with the role of its person, in the middle of it', async () => {
    const ann = await signedIn('ann@example.com');
    expect((await ann.get('/console')).status).toBe(200);
    house.settings = { ...SETTINGS, groups: { leads: [{ email: 'bob@example.com' }] } };
    expect((await ann.get('/console')).status).toBe(303);
    house.settings = SETTINGS;
    expect((await ann.get('/console')).status).toBe(200);
  });

  it('gets a new cookie at each sign-in, and the old one is worth nothing', async () => {
    const ann = await signedIn('ann@example.com');
    const before = ann.cookies.get('__Host-signalbox-session') ?? '';
    await ann.signIn('ann@example.com');
    expect(ann.cookies.get('__Host-signalbox-session')).not.toBe(before);
    const thief = new Browser();
    thief.cookies.set('__Host-signalbox-session', before);
    expect((await thief.get('/console')).status).toBe(303);
  });

  it('ends at once when somebody signs out, on the server as well', async () => {
    const ann = await signedIn('ann@example.com');
    const cookie = ann.cookies.get('__Host-signalbox-session') ?? '';
    const { text } = await ann.get('/console');
    expect((await ann.post('/console/sign-out', hidden(text))).text).toContain('You are signed out');
    expect(ann.cookies.has('__Host-signalbox-session')).toBe(false);
    ann.cookies.set('__Host-signalbox-session', cookie);
    expect((await ann.get('/console')).status).toBe(303);
  });

  it.each(['/console/sign-out', '/console/me'])(
    'is not moved by a form of somebody else (%s)',
    async (path) => {
      const [ann, bob] = [await signedIn('ann@example.com'), await signedIn('bob@example.com')];
      const foreign = hidden((await bob.get('/console/me')).text);
      const before = world.tables.snapshot();
      for (const fields of [{}, foreign, { nonce: 'x' }, { nonce: `${time.at}.x.y` }])
        expect((await ann.post(path, { ...fields, what: 'back' })).status).toBe(400);
      expect(world.tables.snapshot()).toBe(before);
      expect((await ann.get('/console')).status).toBe(200);
    },
  );

  it('takes no form of a page that is older than half a day', async () => {
    house.settings = { ...SETTINGS, sessionHours: 24 };
    const ann = await signedIn('ann@example.com');
    const form = hidden(mainOf((await ann.get('/console/me')).text));
    time.advance(12 * 3600 + 1);
    expect((await ann.post('/console/me', { ...form, what: 'back' })).status).toBe(400);
  });
});

describe('every page', () => {
  it('carries the headers that forbid foreign scripts, frames, forms, caches and referrers', async () => {
    put('item-a');
    const olga = await signedIn('olga@example.com');
    for (const browser of [olga, new Browser()]) {
      for (const page of [...PAGES, '/sign-in', '/sign-in/x']) {
        const { headers } = await browser.get(`/console${page}`);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy, page).toMatch(
          /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'.*base-uri 'none'/,
        );
        expect(policy).not.toMatch(/unsafe|\*|https?:/);
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    }
  });

  it('holds nothing that its own policy would block', async () => {
    put('item-a');
    const olga = await signedIn('olga@example.com');
    for (const page of PAGES.filter((it) => it !== '/audit/file')) {
      const { text, headers } = await olga.get(`/console${page}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(text, page).not.toMatch(/style="| on\w+="|<link|<img|src=/);
      const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
      expect(scripts.length).toBeGreaterThan(0);
      const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style = '']) => style);
      expect(styles).toHaveLength(2);
      for (const script of [...scripts, ...styles])
        expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    }
  });

  it('says who is signed in, with a way out, also where something went wrong', async () => {
    put('item-a');
    const olga = await signedIn('olga@example.com');
    world.fault = (_, { TableName }) => {
      if (TableName === 'approvals') throw new Error('the table is away');
    };
    for (const page of PAGES.filter((it) => it !== '/audit/file')) {
      const { text } = await olga.get(`/console${page}`);
      const [header = ''] = /<header[\s\S]*<\/header>/.exec(text) ?? [];
      expect(header, page).toContain('Signed in as </span>olga@example.com');
      expect(header).toContain('>Sign out</button>');
    }
    expect((await new Browser().get('/console/sign-in')).text).not.toContain('Signed in as');
  });

  it('has a title, a language, one main part, a way past the navigation, and the current page marked', async () => {
    const olga = await signedIn('olga@example.com');
    for (const [page, name] of [
      ['', 'Queue'],
      ['/decided', 'Decided'],
      ['/statistics', 'Statistics'],
      ['/audit', 'Audit'],
      ['/me', 'Me'],
    ]) {
      const { text } = await olga.get(`/console${page}`);
      expect(text).toMatch(/<html lang="en">/);
      expect(text).toMatch(/<title>[^<]+ · Signalbox/);
      expect(text.match(/<main id="main">/g)).toHaveLength(1);
      expect(text.match(/<h1>/g)).toHaveLength(1);
      expect(text).toContain('<a class="skip" href="#main">');
      expect(text.match(/aria-current="page">(\w+)/)?.[1]).toBe(name);
      for (const [, id] of text.matchAll(/<label for="(\w+)"/g)) expect(text).toContain(`id="${id}"`);
    }
  });

  it('holds no personal data in an address of its own', async () => {
    put('item-a');
    const olga = await signedIn('olga@example.com');
    for (const page of PAGES) {
      const { text } = await olga.get(`/console${page}`);
      for (const [, link] of text.matchAll(/(?:href|action)="([^"]*)"/g)) expect(link).not.toMatch(/@|%40/);
    }
  });
});
