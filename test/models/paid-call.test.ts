import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Usage } from '../../lambdas/contract/endpoint.ts';
import type { LineageEntry } from '../../lambdas/contract/item/row.ts';
import { reserve, settle } from '../../lambdas/models/budget.ts';
import { type PaidCall, pay, type Requests } from '../../lambdas/models/paid-call.ts';
import { openPurses } from '../../lambdas/models/purse.ts';
import { CallFailure } from '../../lambdas/outbound/classify.ts';
import { rateHeaders } from '../../lambdas/outbound/rate-headers.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import { time, world } from '../support/world.ts';
import { Endpoints, LIMITED, shut, spent } from './fallback-world.ts';
import { turns } from './purse-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  modelCall: (_: string, entry: LineageEntry) => measured.push(entry),
  logger: { info: () => {}, warn: () => {}, error: () => {} },
}));

/* A kind of call that the house does not have yet, such as one of OCR: the sequence is the same for all. */

const measured: LineageEntry[] = [];
const PAGE: Usage = { inputTokens: 1000, cachedTokens: 0, outputTokens: 50 };
/** At a dollar and at four dollars a million. */
const PAGE_MICRO_USD = 1200;

let endpoints: Endpoints;
let controlTable: string;
let lineage: LineageEntry[];

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  measured.length = 0;
  controlTable = newTable();
  lineage = [];
  endpoints = await Endpoints.start();
});
afterEach(() => endpoints.close());

const headers = rateHeaders(undefined);
const page = async () => ({ usage: { ...PAGE, inputTokens: 500 }, milliseconds: 40 });

const reading = (run: (requests: Requests) => Promise<string>): PaidCall<string> => ({
  about: { step: 'read', promptVersion: 'none', promptHash: 'none' },
  worst: [PAGE, PAGE],
  likelyTokens: 100,
  run: async (requests) => ({ result: await run(requests), headers }),
});

const demo = (perDayUsd = 1) => ({ name: 'demo', budget: { perDayUsd, perItemUsd: 1 } });

const read = (
  run: (requests: Requests) => Promise<string>,
  perDayUsd = 1,
  limits = {},
  deadline?: number | undefined,
) =>
  pay(
    { automation: demo(perDayUsd), controlTable, priority: 'normal', deadline },
    endpoints.candidate('a', {}, limits),
    reading(run),
    lineage,
  );

describe('a paid call of any kind', () => {
  it('is booked at its worst while it runs, and settled at what its requests cost', async () => {
    let booked = 0;

    const outcome = await read(async (requests) => {
      booked = spent(controlTable);
      await requests.make(page);
      await requests.make(page);
      return 'two pages';
    });

    expect(outcome).toEqual({ result: 'two pages' });
    expect(booked).toBe(2 * PAGE_MICRO_USD);
    expect(spent(controlTable)).toBe(2 * 700);
  });

  it('is noted request by request: the last one was used, and those before it were of no use', async () => {
    await read(async (requests) => {
      await requests.make(page);
      await requests.make(page);
      return 'the second one';
    });

    expect(lineage).toMatchObject([
      { step: 'read', endpoint: 'a', costUsd: 0.0007, milliseconds: 40, failure: 'unusable' },
      { step: 'read', endpoint: 'a', costUsd: 0.0007, cached: false },
    ]);
    expect(lineage[1]?.failure).toBeUndefined();
    expect(measured).toEqual(lineage);
  });

  it('that fails is paid for as far as it came, noted with why, and reported to the endpoint', async () => {
    const failure = new CallFailure('transient', 'the reader is down', { calls: [PAGE], milliseconds: 9 });

    const outcome = await read((requests) => requests.make<never>(() => Promise.reject(failure)));

    expect(outcome).toEqual({ failure });
    expect(spent(controlTable)).toBe(PAGE_MICRO_USD);
    expect(lineage).toMatchObject([{ failure: 'transient', costUsd: 0.0012, milliseconds: 9 }]);
    expect(rowOf(controlTable, 'a')).toMatchObject({ calls: 1, failures: 1 });
  });

  it('that breaks by itself is settled and noted with what was paid before', async () => {
    const bug = new TypeError('a bug of the reader');

    const asking = read(async (requests) => {
      await requests.make(page);
      throw bug;
    });

    await expect(asking).rejects.toBe(bug);
    expect(spent(controlTable)).toBe(700);
    expect(lineage).toMatchObject([{ failure: 'unusable', costUsd: 0.0007 }]);
    expect(rowOf(controlTable, 'a').failures ?? 0).toBe(0);
  });

  it('is not made without a permit, and its booking is given back', async () => {
    shut(controlTable, 'a', 40);
    const run = vi.fn(async () => 'never');

    const outcome = await read(run, 1, LIMITED);

    expect(outcome).toEqual({ wait: expect.any(Waiting) });
    expect([run.mock.calls, spent(controlTable), lineage]).toEqual([[], 0, []]);
  });

  it('is not made when the day does not hold its worst', async () => {
    const run = vi.fn(async () => 'never');

    await expect(read(run, (2 * PAGE_MICRO_USD - 1) / 1e6)).rejects.toBeInstanceOf(BudgetSpent);

    expect(run).not.toHaveBeenCalled();
    expect(rowOf(controlTable, 'a').calls).toBeUndefined();
  });

  it('is not made when it waited for money until the function has no time for it: its booking goes back', async () => {
    const end = openPurses(controlTable, 'demo');
    const run = vi.fn(async () => 'never');
    const day = (2 * PAGE_MICRO_USD) / 1e6;
    const before = await reserve(controlTable, demo(day), { usd: day, tokens: 0 });

    const asking = read(run, day, {}, time.at + 60_000);
    await turns(5);
    time.advance(60);
    await settle(before, 0, 0);

    expect(await asking).toEqual({ wait: expect.any(Waiting) });
    await end();
    expect([run.mock.calls, spent(controlTable), lineage]).toEqual([[], 0, []]);
  });
});
