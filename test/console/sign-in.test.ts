import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askForLink } from '../../lambdas/console/sign-in/sign-in.ts';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { Browser, freshHouse, hidden, linkOf } from '../support/console.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

/** The path of the link in the mail that Ann asked for. */
async function mailed(browser = new Browser(), email = 'ann@example.com'): Promise<string> {
  await browser.send('/console/sign-in', { email });
  return linkOf(world.mails.at(-1)?.text);
}

describe('asking for a link', () => {
  it('sends one mail without a personal word in its subject or link', async () => {
    await mailed();

    expect(world.mails).toHaveLength(1);
    const [mail] = world.mails;
    expect(mail?.to).toBe('ann@example.com');
    expect(mail?.subject).toBe('Sign in to Signalbox');
    expect(mail?.text).toMatch(/https:\/\/desk\.example\/console\/sign-in\/[\w-]{43}$/m);
    expect(mail?.html).toContain(linkOf(mail?.text));
    expect(linkOf(mail?.text)).not.toMatch(/ann/);
  });

  it('is not read from a form larger than any of ours', async () => {
    const { status, text } = await new Browser().send('/console/sign-in', { email: '"'.repeat(950_000) });

    expect([status, text.length < 20_000]).toEqual([413, true]);
    expect(world.mails).toEqual([]);
  });

  it('is answered alike whether or not the address has a role', async () => {
    const known = await new Browser().send('/console/sign-in', { email: 'ann@example.com' });
    const unknown = await new Browser().send('/console/sign-in', { email: 'who@example.com' });

    expect(known.status).toBe(200);
    expect(unknown.status).toBe(known.status);
    expect(unknown.text.replaceAll('who@', 'ann@')).toBe(known.text);
    expect(world.mails.map(({ to }) => to)).toEqual(['ann@example.com']);
    expect(world.tables.all('control').some(({ id }) => String(id).includes('who'))).toBe(false);
  });

  it('costs the page the same work for every address: what it does does not depend on it', async () => {
    const work = async (email: string) => {
      const browser = new Browser();
      await browser.get('/console/sign-in');
      const calls: string[] = [];
      world.fault = (call) => {
        calls.push(call);
        // What the worker does comes later, and elsewhere.
        if (call.startsWith('sqs')) world.fault = undefined;
      };
      await browser.send('/console/sign-in', { email });
      world.fault = undefined;
      return calls;
    };

    expect(await work('ann@example.com')).toEqual(await work('who@example.com'));
    expect((await work('not an address')).at(-1)).toContain('SendMessage');
  });

  it('is heard twenty times an hour from one source, whatever addresses it types, and then answered alike', async () => {
    for (let at = 0; at < 20; at += 1)
      await mailed(new Browser(), `nobody-${at}@example.com`).catch(() => {});
    const seen = await new Browser().send('/console/sign-in', { email: 'ann@example.com' });

    expect(seen.text).toContain('a mail is on its way');
    expect(world.mails).toEqual([]);
    time.advance(3600);
    await mailed();
    expect(world.mails).toHaveLength(1);
  });

  it.each<[string, (at: number) => string, number]>([
    [
      'one network of IPv6 is one source, whatever address of it is used',
      (at) => `2a02:8109:1:2:${at + 1}::7`,
      20,
    ],
    ['other networks are others', (at) => `2a02:8109:1:${at + 1}::7`, 25],
    ['addresses of IPv4 are sources of their own', (at) => `198.51.100.${at}`, 25],
  ])('%s', async (_name, source, heard) => {
    const queued = () => world.calls.filter((call) => call.includes('SendMessage')).length;
    const before = queued();
    const env = { CONTROL_TABLE: 'control', APPROVALS_QUEUE_URL: 'approvals' };
    for (let at = 0; at < 25; at += 1)
      await askForLink(env, { email: 'who@example.com', next: '/console', source: source(at) });

    expect(queued() - before).toBe(heard);
  });

  it('comes again when the mail service is busy, and is not too soon then', async () => {
    world.fault = (call) => {
      if (call.startsWith('ses')) throw named('TooManyRequestsException');
    };
    await new Browser().send('/console/sign-in', { email: 'ann@example.com' });
    world.fault = undefined;
    expect(world.mails).toEqual([]);

    await mailed();
    expect(world.mails).toHaveLength(1);
  });

  it('is answered alike when the mail cannot be sent', async () => {
    world.fault = (call) => {
      if (call.startsWith('ses')) throw named('MessageRejected');
    };
    const seen = await new Browser().send('/console/sign-in', { email: 'ann@example.com' });
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('a mail is on its way');
    expect(seen.text).not.toContain('MessageRejected');
  });

  it('is heard once a minute for an address, however it is spelt', async () => {
    await mailed();
    await mailed(new Browser(), ' ANN@example.com ');
    await mailed(new Browser(), 'bob@example.com');
    expect(world.mails.map(({ to }) => to)).toEqual(['ann@example.com', 'bob@example.com']);

    time.advance(59);
    await mailed();
    expect(world.mails).toHaveLength(2);
    time.advance(1);
    await mailed(new Browser(), 'ANN@EXAMPLE.COM');
    expect(world.mails.map(({ to }) => to)).toEqual([
      'ann@example.com',
      'bob@example.com',
      'ann@example.com',
    ]);
  });

  it('keeps no secret: the table holds a hash of the link and of the cookie', async () => {
    const ann = new Browser();
    const link = await mailed(ann);
    const token = link.split('/').at(-1) ?? '';
    await ann.send(link, {});
    const cookie = ann.cookies.get('__Host-signalbox-session') ?? '';

    expect(cookie).toMatch(/^[\w-]{43}$/);
    expect(world.tables.row('control', `signin#${sha256(token)}`)).toBeDefined();
    expect(world.tables.row('control', `session#${sha256(cookie)}`)).toBeDefined();
    expect(world.tables.snapshot()).not.toContain(token);
    expect(world.tables.snapshot()).not.toContain(cookie);
  });

  it('needs a form that we gave to this browser', async () => {
    const fields = hidden((await new Browser().get('/console/sign-in')).text);
    for (const thief of [new Browser(), await opened()]) {
      const seen = await thief.post('/console/sign-in', { ...fields, email: 'ann@example.com' });
      expect(seen.status).toBe(400);
    }
    expect(world.mails).toEqual([]);
  });
});

async function opened(): Promise<Browser> {
  const browser = new Browser();
  await browser.get('/console/sign-in');
  return browser;
}
