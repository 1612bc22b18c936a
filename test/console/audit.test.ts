import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow, TrailEntry } from '../../lambdas/contract/approval.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { recordCommand } from '../../lambdas/tables/audit/commands.ts';
import { type Browser, freshHouse, inMinutes, putClosed, signedIn } from '../support/console.ts';
import { words } from '../support/pages.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const PRESENCE = { channel: 'console', authenticatedBy: 'session by mailed link' } as const;

/** An approval with this trail, each entry so many minutes ago. */
function recorded(
  id: string,
  trail: [minutesAgo: number, Omit<TrailEntry, 'at'>][],
  more: Partial<ApprovalRow> = {},
): void {
  const entries = trail.map(([ago, entry]) => ({ at: inMinutes(-ago), ...entry }));
  const row = putClosed(id, trail.at(-1)?.[0] ?? 0, { ...more, trail: entries });
  for (const entry of auditEntries(row)) world.tables.put('audit', entry);
}

const decided = (by: string, more: Partial<TrailEntry> = {}): Omit<TrailEntry, 'at'> => ({
  event: 'decided',
  decision: 'approve',
  by,
  ...PRESENCE,
  ...more,
});

/** The entries on the page, each as a person reads it. */
async function rows(reader: Browser, query = ''): Promise<string[]> {
  const { text, status } = await reader.get(`/console/audit${query}`);
  expect(status).toBe(200);
  const [, table = ''] = /<table class="list record"([\s\S]*?)<\/table>/.exec(text) ?? [];
  return table.split('<tr role="row">').slice(2).map(words);
}

const link = (text: string, rel: string) =>
  new RegExp(`rel="${rel}" href="([^"]+)"`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';

describe('the audit record on the page', () => {
  it.each(['august@example.com', 'olga@example.com'])(
    'is read by %s: the newest first, to the second, with who, how and why',
    async (email) => {
      const reader = await signedIn(email);
      recorded('demo_a1b2c3d', [
        [9, { event: 'asked', to: 'leads' }],
        [
          5,
          decided('bob@example.com', {
            comment: 'The photo shows <it>.',
            together: 3,
            edits: [{ field: 'amount', from: '24.90', to: '20.00' }],
          }),
        ],
      ]);
      await recordCommand(
        { table: 'audit', days: 400 },
        { by: 'olga@example.com', command: 'caution on', automation: '*', reason: 'A new model.' },
      );
      const [command = '', decision = '', asked = ''] = await rows(reader);
      for (const part of ['command', 'olga@example.com', 'all automations', 'caution on', 'A new model.'])
        expect(command).toContain(part);
      for (const part of [
        'settled: approve',
        'bob@example.com',
        'console, session by mailed link',
        'Pay EUR 24.90',
        'a1b2c3d-g1',
        'amount: 24.90 became 20.00',
        'one of 3 decided with one form',
        'The photo shows &lt;it&gt;.',
      ])
        expect(decision).toContain(part);
      expect(decision).toMatch(/2026-12-01 \d\d:\d\d:\d\d UTC/);
      expect(asked).toContain('to leads');
    },
  );

  it.each(['ann@example.com', 'eve@example.com'])('is not read by %s', async (email) => {
    const reader = await signedIn(email);
    recorded('demo_a', [[5, decided('bob@example.com', { comment: 'Because.' })]]);
    const { status, text } = await reader.get('/console/audit?person=bob');
    expect(status).toBe(403);
    expect(text).not.toContain('Because.');
  });

  it('is searched by person, kind, automation, item and time, one or all at once', async () => {
    const reader = await signedIn('august@example.com');
    const DAY = 24 * 60;
    recorded('demo_0000aaa', [
      [20, { event: 'asked', to: 'leads' }],
      [10, decided('bob@example.com')],
    ]);
    recorded('demo_0000bbb', [
      [2 * DAY, { event: 'handed_over', by: 'ann@example.com', to: 'bob@example.com' }],
    ]);
    recorded('demo_0000ccc', [[40 * DAY, decided('ann@example.com')]], { automation: 'other' });
    const of = async (query: string) =>
      (await rows(reader, query)).map(
        (row) => /0000(\w{3})-g1/.exec(row)?.[1] ?? /(\w{3})-g1/.exec(row)?.[1],
      );
    expect(await of('')).toEqual(['aaa', 'aaa', 'bbb', 'ccc']);
    expect(await of('?person=BOB')).toEqual(['aaa', 'bbb']);
    expect(await of('?person=ann%40example.com')).toEqual(['bbb', 'ccc']);
    expect(await of('?kind=decided')).toEqual(['aaa', 'ccc']);
    expect(await of('?automation=other')).toEqual(['ccc']);
    expect(await of('?item=0000bbb-g1')).toEqual(['bbb']);
    expect(await of('?item=demo_0000CCC')).toEqual(['ccc']);
    expect(await of('?since=2026-11-29&until=2026-11-29')).toEqual(['bbb']);
    expect(await of('?until=2026-11-28')).toEqual(['ccc']);
    expect(await of('?since=2026-11-29')).toEqual(['aaa', 'aaa', 'bbb']);
    expect(await of('?person=bob&kind=decided&automation=demo&item=aaa&since=2026-12-01')).toEqual(['aaa']);
    expect(await of('?person=bob&kind=expired')).toEqual([]);
    for (const odd of [
      'since=2026-02-30',
      'until=x',
      'kind=constructor',
      'before=zzz',
      'before=2026-13-99T',
      'item=%00',
      `person=${'x'.repeat(900)}`,
    ])
      await rows(reader, `?${odd}`);
  });

  it('is fifty to a page, and leads on with the search kept, and back to the newest', async () => {
    const reader = await signedIn('august@example.com');
    for (let at = 0; at < 120; at += 1)
      recorded(`demo_q${at}`, [[at + 1, decided(at % 2 === 0 ? 'bob@example.com' : 'ann@example.com')]]);
    const seen: string[] = [];
    let path = '/console/audit?person=bob';
    for (let page = 0; path !== '' && page < 5; page += 1) {
      const { text } = await reader.get(path);
      seen.push(
        ...[...text.matchAll(/class="row-link" href="[^"]*\/demo_q(\d+)-g1"/g)].map(([, id = '']) => id),
      );
      path = link(text, 'next');
      expect(link(text, 'first')).toBe(page === 0 ? '' : '/console/audit?person=bob');
    }
    expect(seen).toEqual(Array.from({ length: 60 }, (_, at) => String(at * 2)));
  });

  it('says how far it looked where something rare may lie further back', async () => {
    const reader = await signedIn('august@example.com');
    for (let at = 0; at < 5200; at += 1)
      recorded(`demo_q${at}`, [[1 + at / 100, decided('bob@example.com')]]);
    recorded('demo_rare', [[70, decided('zoe@example.com')]]);
    const { text } = await reader.get('/console/audit?person=zoe');
    expect(text).toContain('Nothing like this is in the newest 5,000 entries.');
    const further = await reader.get(link(text, 'next'));
    expect(further.text).toContain('/approvals/demo_rare-g1');
    time.advance(1);
  });

  it('keeps its files below, by the month', async () => {
    const reader = await signedIn('august@example.com');
    recorded('demo_a', [[5, decided('bob@example.com')]]);
    const { text } = await reader.get('/console/audit?from=2026-12&to=2026-12');
    expect(text).toContain('1 entry');
    expect(text).toMatch(/href="[^"]*\/audit\/file\?[^"]*format=csv"/);
  });

  it.each([
    ['a first day long ago', '?since=0001-01-01'],
    ['two days long ago', '?since=0001-01-01&until=0002-01-01'],
    ['a last day far ahead', '?until=9999-12-31'],
    ['a first day far ahead', '?since=9999-12-31'],
    ['a place in no month', '?before=2025-99-01T00:00:00.000Z'],
    ['a place before January', '?before=2025-00-00T'],
    ['a place in other signs', '?before=2025-01-01T%23%23%23'],
    ['all months there ever were', '?from=0001-01&to=9999-12'],
    ['files after no month', '?from=2026-01&to=2026-12&after=2026-99'],
    ['files after a very long place', `?from=2026-01&to=2026-12&after=${'9'.repeat(4000)}`],
    [
      'files after a place in other signs',
      `?from=2026-01&to=2026-12&after=2026-02${'%F0%9F%98%80'.repeat(900)}`,
    ],
  ])('answers soon to %s', async (_name, query) => {
    const reader = await signedIn('august@example.com');
    let queries = 0;
    world.fault = (call, input) => {
      if (!call.includes('Query')) return;
      queries += 1;
      const values = Object.values(
        (input as { ExpressionAttributeValues?: object }).ExpressionAttributeValues ?? {},
      );
      // DynamoDB takes no longer sort key, and no range that ends before it begins.
      if (values.some((value) => Buffer.byteLength(String(value)) > 1024))
        throw new Error('ValidationException');
    };
    expect((await reader.get(`/console/audit${query}`)).status).toBe(200);
    expect((await reader.get(`/console/audit/file${query}`)).status).toBe(200);
    expect(queries).toBeLessThan(60);
  });
});
