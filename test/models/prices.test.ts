import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../lambdas/contract/endpoint.ts';
import { cost, exact, priceRow, worstCase } from '../../lambdas/models/prices.ts';
import { offer } from './offers.ts';

const used = (inputTokens: number, outputTokens = 0, cachedTokens = 0): Usage => ({
  ...{ inputTokens, cachedTokens, outputTokens },
});
const longContext = { fromTokens: 272_001, inputFactor: 2, outputFactor: 1.5 };

describe('cost', () => {
  it.each<[string, Usage, number]>([
    ['input and output at their prices', used(1_000_000, 1_000_000), 0.6],
    ['nothing for nothing', used(0), 0],
    ['the cached part of the input at its own price', used(1000, 0, 400), 0.000_064],
    ['no more as cached than was sent', used(100, 0, 400), 0.000_001],
    ['amounts without the tail of a binary fraction', used(1316, 5), 0.000_134_1],
  ])('counts %s', (_, usage, usd) => expect(cost(offer(), usage)).toBe(usd));

  it('is exact to a ten thousand millionth of a dollar', () => {
    const cheap = offer({ inputUsdPerMillion: 0.0001 });
    expect(cost(cheap, used(1))).toBe(0.000_000_000_1);
    expect(cost(cheap, used(3))).toBe(0.000_000_000_3);
  });

  it('charges a long request the higher price for all of it, from the first token of that length', () => {
    const long = offer({ longContext });
    expect(cost(long, used(272_000, 1000))).toBe(0.0277);
    expect(cost(long, used(272_001, 1000))).toBe(0.055_150_2);
    expect(cost(long, used(300_000, 1000, 100_000))).toBe(0.042_75);
  });
});

describe('a prompt cache that charges for what it takes in', () => {
  const writing = offer({ cacheWriteUsdPerMillion: 0.125 });

  it.each<[string, Usage, number]>([
    ['what it took in at that price', { ...used(1000), cacheWriteTokens: 800 }, 0.000_12],
    ['nothing more where it took in nothing', { ...used(1000), cacheWriteTokens: 0 }, 0.0001],
    ['all that was not cached where it does not say', used(1000, 0, 400), 0.000_079],
    ['no more than was sent', { ...used(100, 0, 60), cacheWriteTokens: 4000 }, 0.000_005_6],
  ])('counts %s', (_, usage, usd) => expect(cost(writing, usage)).toBeCloseTo(usd, 10));

  it('is booked as if it took in everything', () => {
    const booked = worstCase(offer(), 500) + ((500 + 500 + 1200 + 800) * 0.025) / 1_000_000;
    expect(worstCase(writing, 500)).toBeCloseTo(booked, 10);
  });

  it('has its price in the lineage', () => {
    expect(priceRow(writing)).toBe(`luna 0.1/0.01/0.5, cache writes 0.125, of 2026-11-20`);
  });
});

describe('the worst case', () => {
  it('is two full answers, the first of them sent back in with the fault named, nothing cached', () => {
    const first = 500 * 0.1 + 1200 * 0.5;
    const second = (500 + 1200 + 800) * 0.1 + 1200 * 0.5;
    expect(worstCase(offer(), 500)).toBeCloseTo((first + second) / 1_000_000, 10);
  });

  it('takes the long-context price where a question with an answer in it reaches that length', () => {
    const long = offer({ longContext });
    const both = (input: number) =>
      exact(cost(long, used(input, 1200)) + cost(long, used(input + 2000, 1200)));
    expect(worstCase(long, 272_001 - 2000)).toBe(both(270_001));
    expect(cost(long, used(272_001, 1200))).toBeGreaterThan(1.9 * cost(long, used(272_000, 1200)));
    expect(worstCase(long, 272_000 - 2000)).toBe(both(270_000));
  });

  it('of embeddings is one request, and no answer', () => {
    expect(worstCase(offer({ kind: 'embeddings' }), 1000)).toBe(0.0001);
  });

  it('is never below what an answer and its repair cost', () => {
    const tokens = fc.integer({ min: 0, max: 300_000 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(tokens, share, share, share, fc.boolean(), (input, first, second, cached, isLong) => {
        const priced = offer(isLong ? { longContext } : {});
        const answer = Math.floor(first * priced.maxOutputTokens);
        const repair = Math.floor(second * priced.maxOutputTokens);
        const asked = used(input, answer, Math.floor(cached * input));
        const again = used(input + answer + 800, repair, Math.floor(cached * input));
        return worstCase(priced, input) >= cost(priced, asked) + cost(priced, again) - 1e-9;
      }),
    );
  });
});

describe('the price row', () => {
  it('names the model, its prices and their day', () =>
    expect(priceRow(offer({ name: 'gpt-6-luna' }))).toBe('gpt-6-luna 0.1/0.01/0.5 of 2026-11-20'));

  it('tells the price of long requests, where there is one', () =>
    expect(priceRow(offer({ longContext }))).toBe(
      'luna 0.1/0.01/0.5 of 2026-11-20, x2/x1.5 from 272001 tokens',
    ));
});
