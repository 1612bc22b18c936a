import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  askedOf,
  Browser,
  freshHouse,
  hidden,
  house,
  inMinutes,
  mainOf,
  put,
  putClosed,
  SETTINGS,
  signedIn,
  stored,
} from '../support/console.ts';
import { itemRow, lineageEntry } from '../support/fixtures.ts';
import { words } from '../support/pages.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const PAGE = '/console/approvals/item-a-g1';

describe('a question in the console', () => {
  it('is decided by who was asked, and the record says how they came', async () => {
    const ann = await signedIn('ann@example.com');
    put('item-a', { risk: 'consequential' });
    const before = world.tables.snapshot();
    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS', 'PUT']) await ann.get(PAGE, method);
    expect(world.tables.snapshot()).toBe(before);
    time.advance(7);

    const seen = await ann.send(PAGE, { decision: 'approve', comment: 'The photo shows it.' });

    expect(seen.status).toBe(200);
    expect(seen.text).toContain('Approved: Pay EUR 24.90');
    const { decision, decidedBy, trail } = stored('item-a');
    expect({ decision, decidedBy }).toEqual({ decision: 'approve', decidedBy: 'ann@example.com' });
    expect(trail.at(-1)).toMatchObject({
      event: 'decided',
      channel: 'console',
      authenticatedBy: 'session by mailed link',
    });
  });

  it('may be claimed, and shows to others who is on it', async () => {
    const [ann, bob] = [await signedIn('ann@example.com'), await signedIn('bob@example.com')];
    put('item-a');
    expect((await ann.send(PAGE, { decision: 'claim' })).status).toBe(200);
    expect((await bob.get(PAGE)).text).toContain('ann@example.com is working on it');
    expect((await bob.send(PAGE, { decision: 'approve' })).status).toBe(400);
    expect(stored('item-a').decision).toBeUndefined();
  });

  it('can be taken back by who decided it while that is possible, also after the page was left', async () => {
    const [ann, bob] = [await signedIn('ann@example.com'), await signedIn('bob@example.com')];
    put('item-a');
    await ann.send(PAGE, { decision: 'approve' });
    expect((await bob.get(PAGE)).text).not.toContain('value="undo"');
    expect((await ann.get(PAGE)).text).toContain('value="undo"');
    await ann.send(PAGE, { decision: 'undo' });
    expect(stored('item-a').status).toBe('pending');

    await ann.send(PAGE, { decision: 'approve' });
    time.advance(10);
    expect((await ann.get(PAGE)).text).not.toContain('value="undo"');
  });

  it.each([
    ['a nonce of another session', async () => (await signedIn('bob@example.com')).get(PAGE)],
    ['a nonce of another question', async (ann: Browser) => ann.get('/console/approvals/item-b-g1')],
    [
      'the nonce of the form that signs out',
      async (ann: Browser) => ({ text: (await ann.get('/console/me')).text }),
    ],
    ['no nonce', async () => ({ text: '' })],
  ])('decides nothing with %s', async (_name, page) => {
    const ann = await signedIn('ann@example.com');
    put('item-b');
    put('item-a');
    const { text } = await page(ann);
    const seen = await ann.post(PAGE, { ...hidden(mainOf(text)), decision: 'approve' });
    expect(seen.status).toBe(400);
    expect(stored('item-a').version).toBe(1);
  });

  it('decides nothing without a session, after it, or with a session of a time before it ended', async () => {
    const ann = await signedIn('ann@example.com');
    put('item-a');
    const form = { ...hidden(mainOf((await ann.get(PAGE)).text)), decision: 'approve' };
    expect((await new Browser().post(PAGE, form)).status).toBe(403);
    time.advance(8 * 3600);
    expect((await ann.post(PAGE, form)).status).toBe(403);
    expect(stored('item-a').version).toBe(1);
  });
});

describe('whoever was not asked', () => {
  beforeEach(() => {
    put('item-a', { asked: askedOf('bob@example.com') });
  });

  it.each(['august@example.com', 'ann@example.com', 'eve@example.com'])(
    'reads it as %s and decides nothing',
    async (email) => {
      const reader = await signedIn(email);
      const seen = await reader.get(PAGE);
      expect(seen.status).toBe(200);
      expect(seen.text).toContain('Pay EUR 24.90');
      expect(mainOf(seen.text)).not.toContain('<form method="post"');
      const form = hidden((await reader.get('/console/me')).text);
      for (const decision of ['approve', 'reject', 'claim', 'escalate', 'hand-over', 'undo'])
        expect((await reader.post(PAGE, { ...form, decision, to: 'ann@example.com' })).status).toBe(403);
      expect(stored('item-a').version).toBe(1);
      expect(world.sent('questions')).toEqual([]);
    },
  );

  it('passes it on as an operator, to people or to the next group, and decides nothing', async () => {
    const olga = await signedIn('olga@example.com');
    const form = hidden(mainOf((await olga.get(PAGE)).text));
    for (const decision of ['approve', 'reject', 'again', 'claim', 'release', 'undo'])
      expect((await olga.post(PAGE, { ...form, decision, comment: 'x' })).status).toBe(403);
    expect((await olga.post(PAGE, { ...form, decision: 'escalate' })).status).toBe(200);
    const handed = { ...form, decision: 'hand-over', to: 'ann@example.com', comment: 'Bob is ill' };
    expect((await olga.post(PAGE, handed)).status).toBe(200);
    expect(world.sent('questions')).toEqual([
      { approvalId: 'item-a-g1', command: 'escalate', by: 'olga@example.com' },
      { approvalId: 'item-a-g1', command: 'hand over', by: 'olga@example.com', to: 'ann@example.com' },
    ]);
    expect(stored('item-a')).toMatchObject({
      passing: { 'ann@example.com': { note: 'Bob is ill' } },
      votes: {},
    });
  });

  it('is told nothing as a stranger: it is as if there were no question', async () => {
    const zoe = await signedIn('zoe@example.com');
    for (const id of ['item-a-g1', 'item-none-g1']) {
      const seen = [
        await zoe.get(`/console/approvals/${id}`),
        await zoe.post(`/console/approvals/${id}`, { decision: 'approve' }),
      ];
      for (const { status, text } of seen) {
        expect(status).toBe(404);
        expect(text).not.toMatch(/24\.90|bob@/);
      }
    }
  });

  it('decides nothing as an auditor who was asked when they were an approver', async () => {
    put('item-a', { asked: askedOf('ann@example.com') });
    const ann = await signedIn('ann@example.com');
    const form = hidden(mainOf((await ann.get(PAGE)).text));
    house.settings = {
      ...SETTINGS,
      groups: { bosses: SETTINGS.groups.bosses ?? [] },
      auditors: ['ann@example.com'],
    };
    expect((await ann.post(PAGE, { ...form, decision: 'approve' })).status).toBe(403);
    expect(stored('item-a').version).toBe(1);
  });
});

describe('the story of a question', () => {
  it('tells who was asked and what happened, in tables under headings', async () => {
    const ann = await signedIn('ann@example.com');
    put('item-a', {
      escalatedAt: inMinutes(-5),
      trail: [
        { at: inMinutes(-30), event: 'asked', to: 'leads' },
        { at: inMinutes(-10), event: 'reminded' },
        { at: inMinutes(-5), event: 'escalated', by: 'the timekeeper', to: 'bosses' },
        {
          at: inMinutes(-2),
          event: 'handed_over',
          by: 'bob@example.com',
          to: 'ann@example.com',
          comment: 'You know them.',
        },
      ],
    });
    const { text } = await ann.get(PAGE);
    for (const words of [
      'Who is asked',
      'reminded',
      'escalated: bosses, by the timekeeper',
      'handed over: ann@example.com, by bob@example.com',
      'You know them.',
      'Timeline of the item',
      'received',
      'Lineage',
      'route.v1',
    ])
      expect(text).toContain(words);
  });

  it('does not betray a test by what is missing, on the page or in its times', async () => {
    const ann = await signedIn('ann@example.com');
    const real = put('item-a');
    const at = (second: number) => new Date(Date.parse(real.createdAt) - 9000 + second * 1000).toISOString();
    const timeline = [
      ...[
        { event: 'received', client: 'shop' },
        { event: 'processing', attempt: 1 },
        { event: 'prepared', characters: 9 },
      ],
      ...[
        { event: 'routed', label: 'Billing' },
        { event: 'evaluated', action: 'pay' },
      ],
      ...[
        { event: 'gated', verdict: 'ask', reasons: ['x'] },
        { event: 'waiting_approval', group: 'leads' },
      ],
    ].map((event, second) => ({ at: at(second), ...event }));
    const lineage = [lineageEntry({ costUsd: 1 })];
    world.tables.put('items', itemRow({ id: 'item-a', timeline, lineage }));
    put('item-b', { attentionCheck: { why: 'The order is not theirs.' } });

    const plain = (text: string) =>
      mainOf(text)
        .replaceAll(/item-[ab]|tem-[ab]-g1|value="[^"]*"/g, '')
        .replaceAll(/2026-12-01[ T]08:\d\d(?::\d\d)?(?:\.\d+)?/g, 'T');
    const [known, test] = [await ann.get(PAGE), await ann.get('/console/approvals/item-b-g1')];
    expect(plain(test.text)).toBe(plain(known.text));
    for (const email of ['olga@example.com', 'august@example.com'])
      expect((await (await signedIn(email)).get('/console/approvals/item-b-g1')).text).not.toMatch(
        /not theirs|a test/,
      );
  });

  it('tells of a closed question how it ended, what it cost, and that it was a test', async () => {
    const ann = await signedIn('ann@example.com');
    putClosed('item-a', 5, { comment: 'The photo shows it.' });
    putClosed('item-b', 5, { attentionCheck: { why: 'The order is not theirs.' } });
    const lineage = [lineageEntry({ costUsd: 0.0123 })];
    world.tables.put('items', itemRow({ id: 'item-a', status: 'done', lineage }));
    const { text } = await ann.get(PAGE);
    const read = words(text);
    for (const part of [
      'approved',
      'by bob@example.com at 2026-12-01',
      'after 42 s on the page',
      'The photo shows it.',
      '0.01230',
    ])
      expect(read).toContain(part);
    const test = await ann.get('/console/approvals/item-b-g1');
    expect(test.text).toContain('The order is not theirs.');
  });

  it('shows a closed question also when its proposal is no longer kept', async () => {
    const ann = await signedIn('ann@example.com');
    putClosed('item-a', 5);
    world.content.clear();
    const { text, status } = await ann.get(PAGE);
    expect(status).toBe(200);
    expect(text).toContain('Pay EUR 24.90');
    expect(text).toContain('no longer kept');
  });

  it('shows no form for a proposal that was changed', async () => {
    const ann = await signedIn('ann@example.com');
    const row = put('item-a');
    world.content.set(`bucket/${row.proposalKey}`, '{"summary":"Pay EUR 9999.00"}');
    const { text, status } = await ann.get(PAGE);
    expect(status).toBe(409);
    expect(mainOf(text)).not.toMatch(/<form|9999/);
  });

  it('says that nothing was changed when a neighbour fails, without a word of why', async () => {
    const ann = await signedIn('ann@example.com');
    world.fault = () => {
      throw named('AccessDeniedException');
    };
    const { status, text } = await ann.get(PAGE);
    expect(status).toBe(500);
    expect(text).toContain('Nothing was changed');
    expect(text).not.toContain('AccessDenied');
  });
});
