import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordEntry } from '../../../lambdas/tables/audit/audit.ts';
import { searchRecord } from '../../../lambdas/tables/audit/search.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => world.reset());

/** An entry of this moment, told from others by its number. */
function kept(at: string, number = 0, by = 'ann'): string {
  const order = `${at}#demo_${number}-g1#0000`;
  world.tables.put('audit', {
    month: at.slice(0, 7),
    order,
    at,
    event: 'command',
    automation: 'demo',
    by,
    expiresAt: 1,
  });
  return order;
}

const ALL = { from: '2026-09-01T00:00:00.000Z', to: '2026-12-02T00:00:00.000Z' };
const search = (more: Partial<Parameters<typeof searchRecord>[1]> = {}) =>
  searchRecord('audit', { ...ALL, fits: () => true, size: 10, examine: 100, ...more });
const orders = (entries: readonly RecordEntry[]) => entries.map(({ order }) => order);

describe('a search of the record', () => {
  it('brings the newest first, over the months', async () => {
    const all = ['2026-10-31T23:59:59.999Z', '2026-11-01T00:00:00.000Z', '2026-12-01T09:00:00.000Z'].map(
      (at) => kept(at),
    );
    const { entries, more, looked } = await search();
    expect(orders(entries)).toEqual(all.toReversed());
    expect([more, looked]).toEqual([undefined, 3]);
  });

  it('is bounded by its times: the first is part of it, the last is not', async () => {
    kept('2026-10-31T23:59:59.999Z');
    const first = kept('2026-11-01T00:00:00.000Z');
    kept('2026-11-02T00:00:00.000Z');
    const { entries } = await search({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' });
    expect(orders(entries)).toEqual([first]);
    expect((await search({ from: ALL.to, to: ALL.from })).entries).toEqual([]);
  });

  it.each([1, 3, 10])('is read in pages of %i, and every entry is on exactly one', async (size) => {
    const all: string[] = [];
    // Some of one moment, some in another month.
    for (let at = 0; at < 23; at += 1)
      all.push(kept(at < 9 ? '2026-11-30T10:00:00.000Z' : `2026-12-01T0${at % 9}:00:00.000Z`, at));
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof search>> = await search({ size, before });
      expect(page.entries.length).toBeLessThanOrEqual(size);
      seen.push(...orders(page.entries));
      before = page.more;
    } while (before);
    expect(seen).toEqual(all.sort().reverse());
  });

  it('looks at so many entries and says where to go on: nothing rare is lost', async () => {
    const rare = kept('2026-11-01T00:00:00.000Z', 0, 'olga');
    for (let at = 0; at < 250; at += 1) kept(`2026-12-01T09:00:00.${String(at).padStart(3, '0')}Z`, at);
    const fits = ({ by }: RecordEntry) => by === 'olga';
    let rounds = 0;
    let page = await search({ fits });
    expect(page.entries).toEqual([]);
    for (; page.more && rounds < 9; rounds += 1) page = await search({ fits, before: page.more });
    expect(orders(page.entries)).toEqual([rare]);
    expect(rounds).toBe(2);
  });
});
