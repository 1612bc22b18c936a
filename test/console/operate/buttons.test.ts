import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROUTES, type Route } from '../../../lambdas/api/routes.ts';
import { commanded } from '../../support/commands.ts';
import { type Browser, freshHouse, hidden, mainOf, signedIn } from '../../support/console.ts';
import { stored } from '../../support/fixtures.ts';
import { world } from '../../support/world.ts';
import { ITEMS, idOf, rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const REASON = 'the ledger is up again';
const PATH = `${ITEMS}/${idOf('a1')}`;

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  Object.assign(commanded, { events: [], instead: undefined });
  world.queueNames.set('signalbox-test-demo-work', 'work');
  olga = await signedIn('olga@example.com');
  rests('a1', 9);
});

const row = () => stored(idOf('a1'));
const entries = () => world.tables.all('audit').filter(({ event }) => event === 'command');

describe('an operator', () => {
  it('lets an item go on, under their own name, as by the API', async () => {
    const { status, text } = await olga.send(PATH, { what: 'redrive', reason: ` ${REASON} ` });
    expect(status).toBe(200);
    expect(text).toContain('It goes on, as generation 2.');
    expect(row()).toMatchObject({ generation: 2 });
    expect(row().timeline.at(-1)).toMatchObject({ by: 'olga@example.com', reason: REASON });
    expect(entries()).toMatchObject([
      { command: 'redrive', by: 'olga@example.com', comment: REASON, itemId: idOf('a1'), automation: 'demo' },
    ]);
    expect(world.queues.get('work')).toHaveLength(1);
    // Pressed twice, it is the same generation and one message more at most.
    const again = await olga.post(PATH, { ...hidden(mainOf(text)), what: 'redrive', reason: REASON });
    expect(row().generation, again.text).toBe(2);
  });

  it('says how, and the command hears it', async () => {
    await olga.send(PATH, { what: 'redrive', reason: REASON, how: 'fresh' });
    await olga.send(PATH, { what: 'redrive', reason: REASON, how: 'current' });
    await olga.send(PATH, { what: 'redrive', reason: REASON, how: 'no such way' });
    expect(commanded.events.map(({ body }) => JSON.parse(body ?? ''))).toEqual([
      { reason: REASON, fresh: true, ifStatus: 'parked' },
      { reason: REASON, version: 'current', ifStatus: 'received' },
      { reason: REASON, ifStatus: 'received' },
    ]);
  });

  it('withdraws an item', async () => {
    const { text } = await olga.send(PATH, { what: 'withdraw', reason: 'sent twice' });
    expect(text).toContain('The item is withdrawn.');
    expect(row().status).toBe('withdrawn');
    expect(entries()).toMatchObject([{ command: 'withdraw', by: 'olga@example.com', comment: 'sent twice' }]);
    // There is nothing more to press.
    expect(mainOf(text)).not.toContain('<button');
  });

  it('is told why a command is refused, and what nobody knows', async () => {
    rests('a1', 9, { erasedAt: '2026-12-01T08:00:00.000Z' });
    const refused = await olga.send(PATH, { what: 'redrive', reason: REASON });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('Nothing was done: the item is erased');
    commanded.instead = { outcome: 'unknown' };
    expect((await olga.send(PATH, { what: 'redrive', reason: REASON })).text).toContain(
      'Nobody knows whether',
    );
    commanded.instead = { outcome: 'throttled' };
    expect((await olga.send(PATH, { what: 'redrive', reason: REASON })).text).toContain('Nothing was done');
  });
});

it('calls nothing but what the API has, as the table of routes writes it', async () => {
  await olga.send(PATH, { what: 'redrive', reason: REASON });
  await olga.send(PATH, { what: 'withdraw', reason: REASON });
  const caution = { automation: 'demo', of: 'everything', what: 'on', reason: REASON };
  await olga.send('/console/caution', caution);
  await olga.send(
    `${ITEMS}?automation=demo`,
    { what: 'preview', reason: REASON },
    '/console/operate/redrives',
  );
  const known = (Object.values(ROUTES) as Route[]).filter(({ fn }) => fn === 'operate/commands');
  expect(commanded.events.length).toBe(4);
  for (const { routeKey } of commanded.events) expect(known.map(({ at }) => at)).toContain(routeKey);
});

describe('nothing is done', () => {
  const press = (browser: Browser, fields: Record<string, string> = {}) =>
    browser.send(PATH, { what: 'redrive', reason: REASON, ...fields });

  it('for an approver or an auditor, whatever they post', async () => {
    for (const email of ['ann@example.com', 'august@example.com']) {
      const other = await signedIn(email);
      const form = { ...hidden(mainOf((await other.get('/console/me')).text)), reason: REASON };
      for (const what of ['redrive', 'withdraw'])
        expect((await other.post(PATH, { ...form, what })).status).toBe(403);
      const many = { ...form, what: 'redrive', automation: 'demo' };
      expect((await other.post('/console/operate/redrives', many)).status).toBe(403);
    }
  });

  it('without a session', async () => {
    const form = { ...hidden(mainOf((await olga.get(PATH)).text)), what: 'redrive', reason: REASON };
    olga.cookies.clear();
    expect((await olga.post(PATH, form)).status).toBe(403);
  });

  it('for a form that another page or another session made', async () => {
    const bob = await signedIn('olga@example.com');
    const theirs = hidden(mainOf((await bob.get(PATH)).text));
    for (const nonce of ['', 'made-up', theirs.nonce ?? ''])
      expect((await olga.post(PATH, { nonce, what: 'redrive', reason: REASON })).text).toContain('too old');
  });

  it.each([
    ['no reason', ''],
    ['a reason of one letter', '  x '],
    ['a reason that nobody can see', '\u200b\u2060\u200b\u200b'],
    ['a reason that is too long', 'x'.repeat(301)],
  ])('for %s', async (_name, reason) => {
    const { status, text } = await press(olga, { reason });
    expect(status).toBe(409);
    expect(text).toContain('please say why');
  });

  it('for a button that is none', async () => {
    expect((await press(olga, { what: 'erase' })).text).toContain('please press one of the buttons');
    expect((await olga.send(PATH, { what: 'redrive', reason: REASON }, `${ITEMS}/nothing`)).status).toBe(404);
  });

  afterEach(() => {
    expect(row()).toMatchObject({ status: 'parked', generation: 1 });
    expect(entries()).toEqual([]);
    expect(commanded.events).toEqual([]);
  });
});

it("shows an operator's reason as words", async () => {
  const reason = '<script>alert(1)</script>"';
  await olga.send(PATH, { what: 'redrive', reason });
  const { text } = await olga.get(PATH);
  expect(text).toContain('&lt;script&gt;alert(1)');
  expect(text).not.toContain(reason);
});
