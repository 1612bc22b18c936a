import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser, freshHouse, hidden, house, linkOf, SETTINGS, signedIn } from '../support/console.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

/** The path of the link in the mail that Ann asked for. */
async function mailed(browser = new Browser(), email = 'ann@example.com'): Promise<string> {
  await browser.send('/console/sign-in', { email });
  return linkOf(world.mails.at(-1)?.text);
}

describe('a mailed link', () => {
  it('changes nothing when it is opened, by whatever and however often, and still works once', async () => {
    const ann = new Browser();
    const link = await mailed(ann);
    const before = world.tables.snapshot();

    for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS', 'PUT', 'DELETE']) {
      const scanner = new Browser();
      await scanner.get(link, method);
      expect(scanner.cookies.has('__Host-signalbox-session')).toBe(false);
    }
    expect(world.tables.snapshot()).toBe(before);

    const { status, text } = await ann.get(link);
    expect(status).toBe(200);
    expect(text).toContain('Sign in as a***@example.com');
    expect(text).not.toContain('ann@');
    expect((await ann.send(link, {})).to).toBe('/console');
    expect((await ann.get('/console')).status).toBe(200);
  });

  it('works once: the second press is told when the first was', async () => {
    const [ann, thief] = [new Browser(), new Browser()];
    const link = await mailed(ann);
    const late = hidden((await thief.get(link)).text);
    await ann.send(link, {});

    for (const seen of [await thief.post(link, late), await thief.get(link)]) {
      expect(seen.status).toBe(404);
      expect(seen.text).toContain('used at 2026-12-01 09:00 UTC');
    }
    expect(thief.cookies.has('__Host-signalbox-session')).toBe(false);
  });

  it('counts once when it is pressed twice at once', async () => {
    const [one, two] = [new Browser(), new Browser()];
    const link = await mailed();
    const [first, second] = [hidden((await one.get(link)).text), hidden((await two.get(link)).text)];
    const seen = await Promise.all([one.post(link, first), two.post(link, second)]);
    expect(seen.map(({ status }) => status).sort()).toEqual([303, 404]);
  });

  it.each([
    ['899 seconds old, works', 899, 303],
    ['900 seconds old, is refused', 900, 404],
  ])('%s', async (_name, seconds, status) => {
    const ann = new Browser();
    const link = await mailed(ann);
    const fields = hidden((await ann.get(link)).text);
    time.advance(seconds);
    expect((await ann.post(link, fields)).status).toBe(status);
    expect((await ann.get(link)).status).toBe(404);
  });

  it('needs the form that we showed in this browser: a foreign page cannot sign somebody in', async () => {
    const [thief, victim] = [new Browser(), new Browser()];
    const link = await mailed(thief);
    const fields = hidden((await thief.get(link)).text);
    await victim.get('/console/sign-in');

    for (const seen of [
      await victim.post(link, fields),
      await victim.post(link),
      await new Browser().post(link, fields),
    ]) {
      expect(seen.status).toBe(400);
      expect(seen.to).toBe('');
    }
    expect((await thief.post(link, fields)).status).toBe(303);
  });

  it.each([
    ['short', 'x'],
    ['of the right length', 'x'.repeat(43)],
    ['long', 'x'.repeat(3000)],
    ['what every object has', 'constructor'],
  ])('that is made up (%s) is refused', async (_name, token) => {
    const browser = new Browser();
    expect((await browser.get(`/console/sign-in/${token}`)).status).toBe(404);
    expect((await browser.post(`/console/sign-in/${token}`)).status).toBe(404);
  });

  it('does not let in who lost their role after the mail', async () => {
    const ann = new Browser();
    const link = await mailed(ann);
    house.settings = { ...SETTINGS, groups: {} };
    expect((await ann.send(link, {})).status).toBe(403);
    expect(ann.cookies.has('__Host-signalbox-session')).toBe(false);
  });

  it('leads to the page that was asked for', async () => {
    const ann = new Browser();
    const { to, status } = await ann.get('/console/decided?month=2026-11&ending=sent+back');
    expect(status).toBe(303);
    await ann.send(to, { email: 'ann@example.com' }, '/console/sign-in');
    const seen = await ann.send(linkOf(world.mails[0]?.text), {});
    expect(seen.to).toBe('/console/decided?month=2026-11&ending=sent+back');
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/console/../v1',
    '/console//evil',
    '/consolex',
    '/console/sign-out',
  ])('never leads out of the console (%s)', async (next) => {
    const ann = new Browser();
    const { text } = await ann.get(`/console/sign-in?next=${encodeURIComponent(next)}`);
    expect(hidden(text).next).toBe('/console');
    await ann.send('/console/sign-in', { email: 'ann@example.com', next });
    expect((await ann.send(linkOf(world.mails[0]?.text), {})).to).toBe('/console');
  });
});

it('a house below a path has its links, forms and cookies there', async () => {
  house.baseUrl = 'http://127.0.0.1:4566/_aws/execute-api/signalbox';
  const ann = new Browser();
  const root = '/_aws/execute-api/signalbox';
  expect((await ann.get('/console')).to).toBe(`${root}/console/sign-in`);
  const link = await mailed(ann);
  expect(world.mails[0]?.text).toContain(`${house.baseUrl}${link}`);
  const seen = await ann.send(link, {});
  expect(seen.to).toBe(`${root}/console`);
  const cookie = seen.headers.getSetCookie().find((it) => it.startsWith('signalbox-session')) ?? '';
  expect(cookie).toContain(`Path=${root}/console;`);
  expect(cookie).not.toContain('Secure');
  const { text } = await ann.get('/console');
  for (const [, path] of text.matchAll(/(?:href|action)="([^"#]+)"/g))
    expect(path).toMatch(/^\/_aws\/execute-api\/signalbox\/console/);
});

it('the cookie of a session is set by this host alone, and for no script and no foreign form', async () => {
  const ann = await signedIn('ann@example.com');
  expect(ann.cookies.has('__Host-signalbox-session')).toBe(true);
  time.advance(61);
  const seen = await ann.send(await mailed(ann), {});
  const cookie =
    seen.headers.getSetCookie().findLast((it) => it.startsWith('__Host-signalbox-session')) ?? '';
  for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/;', 'Max-Age=28800'])
    expect(cookie).toContain(part);
  expect(cookie).not.toContain('Domain');
  // A neighbour on another subdomain can put one without the prefix into the browser: it is nobody's session.
  const value = ann.cookies.get('__Host-signalbox-session') ?? '';
  ann.cookies.clear();
  ann.cookies.set('signalbox-session', value);
  expect((await ann.get('/console')).to).toContain('/console/sign-in');
});
