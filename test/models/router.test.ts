import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, type Endpoint, TIERS } from '../../lambdas/contract/endpoint.ts';
import { candidates, type Need } from '../../lambdas/models/router.ts';
import { endpoint, offer } from './offers.ts';

const luna = offer({ name: 'luna' });
const terra = offer({ name: 'terra', tier: 'medium', inputUsdPerMillion: 1, outputUsdPerMillion: 5 });
const sol = offer({ name: 'sol', tier: 'large', inputUsdPerMillion: 2, outputUsdPerMillion: 10 });
const openai = endpoint('openai', [sol, luna, terra]);
const house = endpoint('house', [offer({ name: 'qwen', inputUsdPerMillion: 0, outputUsdPerMillion: 0 })], {
  residency: 'own',
});
const azure = endpoint('azure', [luna, sol], { residency: 'eu' });

const nothingKnown = () => undefined;
/** Of prose, at most so many to a token. */
const BYTES = 2.5;
const need = (fields: Partial<Need> = {}): Need => ({
  ...{ tier: 'small', inputTokens: 1000, mostUsd: 1, needs: [], ...fields },
});
const route = (endpoints: Endpoint[], fields: Partial<Need> = {}, known = nothingKnown as never) => {
  const { candidates: found, refused } = candidates(endpoints, need(fields), known);
  return {
    names: found.map((it) => `${it.endpoint.name}/${it.offer.name}`),
    reasons: found.map(({ reason }) => reason),
    refused: refused.map((it) => `${it.endpoint}/${it.model}: ${it.because}`),
    found,
  };
};

describe('the order', () => {
  it('is the lowest tier that is enough, in it the cheapest, then stronger tiers', () => {
    expect(route([openai, azure, house]).names).toEqual([
      ...['house/qwen', 'azure/luna', 'openai/luna', 'openai/terra', 'azure/sol', 'openai/sol'],
    ]);
  });

  it('begins at the tier that is needed', () => {
    const { names, refused } = route([openai, house], { tier: 'medium' });
    expect(names).toEqual(['openai/terra', 'openai/sol']);
    expect(refused).toEqual([
      'openai/luna: its tier small is below medium',
      'house/qwen: its tier small is below medium',
    ]);
  });

  it('goes by what an answer costs, not by its longest: dear input weighs where the question is long', () => {
    const dearInput = offer({ name: 'dear-input', inputUsdPerMillion: 0.2, outputUsdPerMillion: 0.1 });
    const both = endpoint('both', [offer({ name: 'dear-output' }), dearInput]);
    expect(route([both], { inputTokens: 100 }).names[0]).toBe('both/dear-input');
    expect(route([both], { inputTokens: 10_000 }).names[0]).toBe('both/dear-output');
  });

  it('takes the long-context price into account', () => {
    const longContext = { fromTokens: 50_000, inputFactor: 3, outputFactor: 1 };
    const steep = endpoint('a', [offer({ longContext })]);
    const flat = endpoint('b', [offer({ inputUsdPerMillion: 0.11 })]);
    expect(route([flat, steep], { inputTokens: 49_999 * BYTES }).names[0]).toBe('a/luna');
    expect(route([flat, steep], { inputTokens: 50_000 * BYTES }).names[0]).toBe('b/luna');
  });

  it('is the same, in whichever order the endpoints are written', () => {
    const all = [openai, azure, house, endpoint('b', [luna]), endpoint('a', [luna])];
    const expected = route(all).names;
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(route(shuffled).names).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a refusal says why', () => {
  it.each<[string, Partial<Need>, string]>([
    ['the residency', { residencies: ['eu', 'own'] }, 'its data is kept in us; it may stay in eu or own'],
    ['data that may go nowhere', { residencies: [] }, 'its data is kept in us; it may stay in no place'],
    [
      'the context',
      { inputTokens: 126_801 * BYTES },
      'the request and the longest answer are 128001 tokens; its context is 128000',
    ],
    ['the price', { mostUsd: 0.001 }, 'it may cost $0.0016; at most $0.001 is allowed'],
  ])('%s', (_, fields, because) => {
    const { names, refused } = route([endpoint('openai', [luna])], fields);
    expect(names).toEqual([]);
    expect(refused).toEqual([`openai/luna: ${because}`]);
  });

  it('lets pass what just fits', () => {
    const only = [endpoint('openai', [luna])];
    expect(route(only, { inputTokens: 126_800 * BYTES }).names).toHaveLength(1);
    expect(route(only, { mostUsd: 0.0016 }).names).toHaveLength(1);
    expect(route(only, { residencies: ['us'] }).names).toHaveLength(1);
  });

  it('a capability that is known to be missing, and not one that nobody knows of', () => {
    const known = ((at: string, model: string, capability: string) =>
      at === 'openai' && model === 'luna' && capability === 'logprobs' ? false : undefined) as never;
    const { names, refused } = route([openai], { needs: ['jsonSchema', 'logprobs'] }, known);
    expect(names).toEqual(['openai/terra', 'openai/sol']);
    expect(refused).toEqual(['openai/luna: it cannot do logprobs']);
  });

  it('holds every offer of the kind against the need, once', () => {
    const arbitrary = fc.record({
      tier: fc.constantFrom(...TIERS),
      residencies: fc.option(fc.subarray(['eu', 'us', 'own']), { nil: undefined }),
      inputTokens: fc.integer({ min: 0, max: 200_000 }),
      mostUsd: fc.double({ min: 0, max: 1, noNaN: true }),
      needs: fc.subarray([...CAPABILITIES]),
    });
    fc.assert(
      fc.property(arbitrary, (fields) => {
        const { found, refused } = route([openai, azure, house], fields);
        expect(found.length + refused.length).toBe(6);
        for (const { endpoint: at, worstUsd } of found) {
          expect(fields.residencies ?? [at.residency]).toContain(at.residency);
          expect(worstUsd).toBeLessThanOrEqual(fields.mostUsd);
        }
      }),
    );
  });
});

describe('the reason', () => {
  it('tells tier, place by price and residency', () => {
    expect(route([openai, azure], { residencies: ['eu', 'us'] }).reasons).toEqual([
      'small is enough; cheapest of 2; data may stay in eu or us',
      'small is enough; number 2 of 2 by price; data may stay in eu or us',
      'medium, to fall back on after small; the only one; data may stay in eu or us',
      'large, to fall back on after small; cheapest of 2; data may stay in eu or us',
      'large, to fall back on after small; number 2 of 2 by price; data may stay in eu or us',
    ]);
  });

  it('says when nothing of the tier that is enough fits', () => {
    expect(route([azure], { tier: 'medium' }).reasons).toEqual([
      'large, as no medium one fits; the only one; data may go anywhere',
    ]);
  });
});

describe('embeddings', () => {
  const vectors = offer({ name: 'vectors', kind: 'embeddings', outputUsdPerMillion: 0, contextTokens: 8192 });
  const both = endpoint('openai', [luna, vectors]);

  it('are asked of embedding models, and answers of the others', () => {
    expect(route([both], { kind: 'embeddings' }).names).toEqual(['openai/vectors']);
    expect(route([both])).toMatchObject({ names: ['openai/luna'], refused: [] });
  });

  it('are of many texts: their sum is not held against the context', () => {
    expect(route([both], { kind: 'embeddings', inputTokens: 100_000 }).names).toHaveLength(1);
  });
});
