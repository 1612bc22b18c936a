import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CARRYING_PHASE } from '../../lambdas/contract/approval.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { askedOf, freshHouse, inMinutes, put, putClosed, signedIn } from '../support/console.ts';
import { itemRow } from '../support/fixtures.ts';
import { unescaped } from '../support/html.ts';
import { words } from '../support/pages.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const listed = (text: string) =>
  [...text.matchAll(/row-link" href="[^"]*\/approvals\/([\w-]+)-g1"/g)].map(([, id = '']) => id);
const linked = (text: string, rel: string) =>
  new RegExp(`rel="${rel}" href="([^"]+)"`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';

describe('what was decided', () => {
  it('is listed by month, newest first, with how it ended in words', async () => {
    const ann = await signedIn('ann@example.com');
    putClosed('a', 50);
    putClosed('b', 40, { decision: 'reject' });
    putClosed('c', 30, { edits: [{ field: 'amount', from: '1', to: '2' }] });
    putClosed('d', 20, { decision: 'again' });
    putClosed('e', 10, { status: 'expired' });
    putClosed('old', 5 * 24 * 60);
    put('open');
    const { text } = await ann.get('/console/decided');
    expect(listed(text)).toEqual(['e', 'd', 'c', 'b', 'a']);
    const words = [...text.matchAll(/class="mark [\w-]+"><span aria-hidden="true">.<\/span> ([^<]+)/g)].map(
      ([, it]) => it,
    );
    // What was approved, where it is not what was asked for.
    expect(text).toContain('amount: 1 became <b>2</b>');
    expect(words).toEqual(['nobody decided', 'sent back', 'approved with edits', 'rejected', 'approved']);
    expect(listed((await ann.get('/console/decided?month=2026-11')).text)).toEqual(['old']);
    expect(listed((await ann.get('/console/decided?ending=edited')).text)).toEqual(['c']);
    expect(listed((await ann.get('/console/decided?automation=other')).text)).toEqual([]);
    for (const odd of ['month=2026-13', 'month=x', 'older=%00', 'newer=zzzz', 'ending=constructor'])
      expect((await ann.get(`/console/decided?${odd}`)).status, odd).toBe(200);
  });

  it('says of each decision what became of it, with its number', async () => {
    const ann = await signedIn('ann@example.com');
    const error = { class: 'SystemError' as const, message: "destination 'ledger' answered 422" };
    const states: [string, Partial<ItemRow>, string][] = [
      ['done', { status: 'done' }, '✓ done'],
      ['acting', { status: 'acting' }, 'being carried out'],
      ['parked', { status: 'parked', error }, "! parked: destination 'ledger' answered 422"],
      ['again', { status: 'waiting_approval', approvalId: 'another' }, 'approved'],
    ];
    for (const [at, [id, fields]] of states.entries()) {
      putClosed(id, 10 + at);
      world.tables.put('items', itemRow({ id, approvalId: `${id}-g1`, ...fields }));
    }
    putClosed('gone', 30);
    world.tables.rows('items').delete('gone');
    putClosed('no', 31, { decision: 'reject' });
    putClosed('test', 32, { attentionCheck: { why: 'x' } });
    const undo = { undoUntil: inMinutes(1), phase: CARRYING_PHASE, phaseAt: `${inMinutes(0)}#fresh-g1` };
    putClosed('fresh', 0, undo);
    world.calls = [];
    const { text } = await ann.get('/console/decided');
    expect(listed(text)).toEqual(['fresh', 'done', 'acting', 'parked', 'again', 'gone', 'no', 'test']);
    const came = [...text.matchAll(/data-name="What came of it">([\s\S]*?)<\/td>/g)].map(([, it = '']) =>
      unescaped(words(it)),
    );
    const [fresh, ...others] = came;
    expect(fresh).toMatch(/^undo until 2026-12-01 \d\d:\d\d:\d\d UTC$/);
    const told = states.map(([, , it]) => it);
    expect(others).toEqual([...told, 'approved', 'nothing was done', 'nothing was carried out']);
    expect(text).toContain('parked-g1</span>');
    // Fifty items are one call.
    expect(world.calls.filter((call) => call.includes('BatchGet'))).toHaveLength(1);
  });

  it('is fifty to a page: older and newer lead there and back, with the filter kept', async () => {
    const ann = await signedIn('ann@example.com');
    for (let at = 0; at < 120; at += 1) {
      putClosed(`a-${at}`, at + 1);
      putClosed(`r-${at}`, at + 1.5, { decision: 'reject' });
    }
    const names = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `a-${from + at}`);
    const first = await ann.get('/console/decided?ending=approved');
    expect(listed(first.text)).toEqual(names(0, 50));
    expect(linked(first.text, 'prev')).toBe('');
    const second = await ann.get(linked(first.text, 'next'));
    expect(listed(second.text)).toEqual(names(50, 100));
    const third = await ann.get(linked(second.text, 'next'));
    expect(listed(third.text)).toEqual(names(100, 120));
    expect(linked(third.text, 'next')).toBe('');
    const back = await ann.get(linked(third.text, 'prev'));
    expect(listed(back.text)).toEqual(names(50, 100));
    const again = await ann.get(linked(back.text, 'prev'));
    expect(listed(again.text)).toEqual(names(0, 50));
    expect(linked(again.text, 'prev')).toBe('');
  });

  it('shows an approver what concerned their groups, and operators everything', async () => {
    const [ann, olga] = [await signedIn('ann@example.com'), await signedIn('olga@example.com')];
    putClosed('mine', 5);
    putClosed('foreign', 6, { group: 'others', escalateTo: 'others', asked: askedOf('zoe@example.com') });
    expect(listed((await ann.get('/console/decided')).text)).toEqual(['mine']);
    expect(listed((await olga.get('/console/decided')).text)).toEqual(['mine', 'foreign']);
  });

  it('is looked for in 3,000 questions at a time', async () => {
    const ann = await signedIn('ann@example.com');
    for (let at = 0; at < 5000; at += 1) putClosed(`r-${at}`, 1 + at / 90, { decision: 'reject' });
    putClosed('far', 58);
    const { text } = await ann.get('/console/decided?ending=approved');
    expect(text).toContain('Nothing like this in this part of the month');
    expect(listed((await ann.get(linked(text, 'next'))).text)).toEqual(['far']);
  });
});

/** The record of a question that Bob decided. */
function recorded(id: string, minutesAgo: number, comment = 'Because.', automation = 'demo'): void {
  const row = putClosed(id, minutesAgo, {
    automation,
    trail: [
      { at: inMinutes(-minutesAgo - 5), event: 'asked', to: 'leads' },
      {
        at: inMinutes(-minutesAgo),
        event: 'decided',
        decision: 'approve',
        by: 'bob@example.com',
        comment,
        activeSeconds: 3,
      },
    ],
  });
  for (const entry of auditEntries(row)) world.tables.put('audit', entry);
}

describe('the audit record', () => {
  it.each(['august@example.com', 'olga@example.com'])('is for %s to take away', async (email) => {
    const reader = await signedIn(email);
    recorded('a', 5, '=SUM(A1)');
    const { text } = await reader.get('/console/audit?from=2026-11&to=2026-12');
    expect(text).toContain('2 entries');
    const [, csv = ''] = /href="([^"]+format=csv)"/.exec(text) ?? [];
    const file = await reader.get(csv.replaceAll('&amp;', '&'));
    expect(file.headers.get('content-disposition')).toBe(
      'attachment; filename="signalbox-audit-2026-11-2026-12.csv"',
    );
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(file.text.split('\r\n')).toHaveLength(4);
    expect(file.text).toContain("'=SUM(A1)");
    const json = await reader.get(csv.replaceAll('&amp;', '&').replace('csv', 'json'));
    expect(JSON.parse(json.text).entries).toHaveLength(2);
  });

  it.each(['ann@example.com', 'eve@example.com'])('is not for %s, who only decides', async (email) => {
    const reader = await signedIn(email);
    recorded('a', 5);
    expect((await reader.get('/console')).text).not.toContain('/console/audit');
    for (const path of [
      '/console/audit',
      '/console/audit?from=2026-12&to=2026-12',
      '/console/audit/file?from=2026-12&to=2026-12',
    ]) {
      const { status, text } = await reader.get(path);
      expect(status).toBe(403);
      expect(text).not.toContain('Because.');
    }
  });

  it('comes in parts that one answer can hold, and every entry is in one of them', async () => {
    const reader = await signedIn('august@example.com');
    for (let at = 0; at < 2500; at += 1) recorded(`q-${at}`, 1 + at / 100, '"'.repeat(2000));
    const { text } = await reader.get('/console/audit?from=2026-12&to=2026-12');
    const files = [...text.matchAll(/href="([^"]+format=csv)"/g)].map(([, it = '']) =>
      it.replaceAll('&amp;', '&'),
    );
    expect(files.length).toBeGreaterThan(1);
    const seen = await Promise.all(files.map((it) => reader.get(it)));
    const long = await reader.get(files[0]?.replace('csv', 'json') ?? '');
    // As the function's answer carries it: a text within JSON.
    for (const { text: file } of [...seen, long])
      expect(Buffer.byteLength(JSON.stringify(file))).toBeLessThan(6_000_000);
    const ids = seen.flatMap((file) => [...file.text.matchAll(/,(q-\d+-g1),/g)].map(([, id]) => id));
    expect(ids).toHaveLength(5000);
    expect(new Set(ids).size).toBe(2500);
  });

  it('takes the months in their order, and only the automation that was chosen', async () => {
    const reader = await signedIn('august@example.com');
    recorded('a', 5);
    recorded('b', 10, 'Because.', 'other');
    recorded('old', 40 * 24 * 60);
    expect((await reader.get('/console/audit?from=2026-12&to=2026-10')).text).toContain('6 entries');
    expect((await reader.get('/console/audit?from=2026-12&to=2026-12&automation=other')).text).toContain(
      '2 entries',
    );
    expect((await reader.get('/console/audit?from=2026-09&to=2026-09')).text).toContain(
      'Nothing is on record',
    );
    for (const odd of ['from=x&to=y', 'from=9999-12&to=0000-01', 'from=2026-12&to=2026-12&after=zzz'])
      expect((await reader.get(`/console/audit?${odd}`)).status, odd).toBe(200);
  });
});

describe('the statistics', () => {
  it.each(['ann@example.com', 'olga@example.com', 'august@example.com'])(
    'are for %s, and name nobody',
    async (email) => {
      const reader = await signedIn(email);
      put('open');
      recorded('a', 5);
      recorded('b', 30 * 24 * 60 + 10);
      const { text } = await reader.get('/console/statistics');
      const statistics = [...text.matchAll(/class="figure">([^<]*)/g)].map(([, it]) => it);
      expect(statistics).toEqual(['1', '1', '100 %', '–']);
      expect(text).toContain('demo <span class="soft">route.v1</span>');
      expect(text).not.toContain('bob@');
      expect((await reader.get('/console/statistics?days=90')).text).toContain('>2<');
      expect((await reader.get('/console/statistics?days=nonsense')).text).toContain('last 30 days');
    },
  );
});
