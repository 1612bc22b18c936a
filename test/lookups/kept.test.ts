import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { defineLookup, type Lookup } from '../../lambdas/contract/steps/lookup.ts';
import type { LookupOptions } from '../../lambdas/lookups/options.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { asking, shape, sourceAt } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const FOUND = { id: '4711', total: '240.00' };

let server: Stub;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  server = await stubServer({ status: 200, body: FOUND });
});
afterEach(() => server.close());

const erp = () => sourceAt(server.url);
const ask = (lookup: Lookup<{ order: string }>, more: Partial<LookupOptions> = {}, id = '4711') =>
  asking(erp(), { order: lookup }, more).lookup(lookup, { order: id });

const other = (hex: string) =>
  ({ item: { id: `demo_${hex.repeat(16)}`, generation: 1, priority: 'normal' } }) as const;

describe('an answer that is kept for others', () => {
  const cached = defineLookup({ ...shape, cacheMinutes: 10 });

  it('is theirs for its minutes', async () => {
    await ask(cached);
    time.advance(9 * 60);
    expect(await ask(cached, other('b2'))).toEqual({ id: '4711', total: '240.00' });
    expect(server.seen).toHaveLength(1);
    time.advance(2 * 60);
    await ask(cached, other('c3'));
    expect(server.seen).toHaveLength(2);
  });

  it('is of the same question: another order, another answer', async () => {
    await ask(cached);
    await ask(cached, other('b2'), '4712');
    expect(server.seen.map(({ path }) => path)).toEqual(['/orders/4711', '/orders/4712']);
  });

  it('is theirs alone whose answer has the same fields: a deploy that names more asks anew', async () => {
    await ask(cached);
    server.answers = [{ status: 200, body: { ...FOUND, status: 'sent' } }];
    const answer = z.object({ id: z.string(), total: z.string(), status: z.string() });
    const more = defineLookup({ ...shape, cacheMinutes: 10, answer });
    expect(await ask(more, other('b2'))).toEqual({ id: '4711', total: '240.00', status: 'sent' });
    expect(server.seen).toHaveLength(2);
  });

  it('is never that there is no such thing: it may be there in a minute', async () => {
    server.answers = [{ status: 404 }, { status: 200, body: FOUND }];
    expect(await ask(cached)).toBeNull();
    expect(await ask(cached, other('b2'))).toMatchObject({ id: '4711' });
  });

  it.each([0, 10])(
    'believes no answer about something else, though the request is one: %s minutes',
    async (cacheMinutes) => {
      const vague = defineLookup({
        ...{ ...shape, cacheMinutes, request: () => ({ path: '/orders/latest' }) },
        matches: ({ id }, { order: wanted }) => id === wanted,
      });
      const run = asking(erp(), { order: vague });
      expect(await run.lookup(vague, { order: '4711' })).toMatchObject({ id: '4711' });
      await expect(run.lookup(vague, { order: '4712' })).rejects.toThrow('is about something else');
      await expect(ask(vague, other('b2'), '4712')).rejects.toThrow('is about something else');
    },
  );
});
