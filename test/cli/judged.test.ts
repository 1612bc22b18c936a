import { describe, expect, it } from 'vitest';
import { readJudged, SPANS } from '../../cli/judged.ts';

const NOW = Date.parse('2026-12-01T09:00:00.000Z');

/** Answers as the API does: from `from`, or from the place of the cursor, up to `to`, so many to a page. */
function server(count: number, page: number, everyMs = 60_000) {
  const all = Array.from({ length: count }, (_, at) => ({
    id: `item-${at}`,
    receivedAt: new Date(NOW - (count - at) * everyMs).toISOString(),
  }));
  const seen = { calls: 0, atOnce: 0, most: 0 };
  const get = async (_path: string, { from, to, cursor }: Record<string, string | undefined> = {}) => {
    seen.calls += 1;
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    seen.atOnce -= 1;
    const begin =
      cursor === undefined ? all.findIndex((it) => it.receivedAt >= (from ?? '')) : Number(cursor);
    const end = to === undefined ? count : all.filter((it) => it.receivedAt < to).length;
    const start = begin < 0 ? count : begin;
    const items = all.slice(start, Math.min(end, start + page));
    const next = start + items.length;
    const json = { items, skipped: 1, ...(next < end ? { cursor: String(next) } : {}) };
    return { data: json, json } as never;
  };
  return { all, seen, client: { get } as never };
}
const terminal = { err: () => {}, now: () => NOW };

describe('what was judged', () => {
  it.each([
    ['one page', 80, 100],
    ['a few pages', 450, 150],
    ['many pages', 10_000, 300],
    ['a page that ends where a span does', 8000, 1000],
  ])('is read once each, in its order: %s', async (_what, count, page) => {
    const { all, client } = server(count, page);
    const { items } = await readJudged(client, 'demo', undefined, terminal);
    expect(items.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it('is read side by side where there is much of it, and one after the other where there is little', async () => {
    const many = server(10_000, 300);
    await readJudged(many.client, 'demo', undefined, terminal);
    expect(many.seen.most).toBe(SPANS);
    const few = server(300, 100);
    await readJudged(few.client, 'demo', undefined, terminal);
    expect(few.seen.most).toBe(1);
  });

  it('is read once each where all came at one moment, and where the clock of this machine is behind', async () => {
    const moment = server(900, 300, 0);
    expect((await readJudged(moment.client, 'demo', undefined, terminal)).items).toHaveLength(900);
    const behind = server(900, 300);
    const now = () => NOW - 86_400_000;
    expect((await readJudged(behind.client, 'demo', undefined, { err: () => {}, now })).items).toHaveLength(
      900,
    );
  });
});
