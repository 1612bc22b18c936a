import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIndex, type Chunk, MOST_CHUNKS, toBytes } from '../../lambdas/knowledge/index/build.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { best, byWords, questionsIn } from '../../lambdas/knowledge/index/search.ts';
import { termsIn } from '../../lambdas/knowledge/index/terms.ts';
import { byBoth } from '../../lambdas/knowledge/index/vectors.ts';
import { growth, MOST_GROWTH } from '../support/cpu.ts';

const piece = (text: string, source = 'a.md', place = ''): Chunk => ({ text, source, place, title: '' });
const indexOf = (...texts: string[]) =>
  Index.open(buildIndex(texts.map((text, at) => piece(text, `${at}.md`))));
const found = (index: Index, query: string, most = 10) =>
  byWords(index, query, most).map(({ at }) => index.passage(at).text);

describe('an index', () => {
  it('gives back what was put in, with a name for each passage', () => {
    const chunks = [piece('Öne', 'a.md', 'A › B'), piece('two', 'a.md'), piece('three', 'b/c.md', 'page 2')];
    const index = Index.open(buildIndex(chunks));
    expect(chunks.map((_, at) => index.passage(at))).toEqual([
      { id: 'a.md#1', source: 'a.md', place: 'A › B', text: 'Öne' },
      { id: 'a.md#2', source: 'a.md', place: '', text: 'two' },
      { id: 'b/c.md#1', source: 'b/c.md', place: 'page 2', text: 'three' },
    ]);
  });

  it('is the same for the same passages, and has another version for others', () => {
    const [one, other] = [buildIndex([piece('fee')]), buildIndex([piece('fee')])];
    expect(one.equals(other)).toBe(true);
    expect(Index.open(buildIndex([piece('fees')])).header.version).not.toBe(Index.open(one).header.version);
  });

  it('finds each word of its passages and no other, wherever its bytes begin', () => {
    const word = fc.stringMatching(/^[a-zé卡]{1,6}$/);
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
        fc.nat(9),
        (all, shift) => {
          const bytes = buildIndex(all.map((words) => piece(words.join(' '))));
          const moved = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
          const index = Index.open(moved);
          for (const [at, words] of all.entries()) {
            const hits = byWords(index, words.join(' '), 100);
            if (words.some((it) => termsIn(it, index.header.language).length > 0))
              expect(hits.map((hit) => hit.at)).toContain(at);
            for (const hit of hits) expect(hit.score).toBeGreaterThan(0);
          }
          expect(index.postings('zzzzzzzzz')).toBeUndefined();
          expect(index.size).toBe(all.length);
        },
      ),
    );
  });

  it.each([
    ['nothing', (file: Buffer) => file.subarray(0, 0), /it is no index/],
    ['something else', () => Buffer.from('<html>not found</html>'), /it is no index/],
    ['its beginning', (file: Buffer) => file.subarray(0, 40), /header is damaged|cut off/],
    ['a part', (file: Buffer) => file.subarray(0, file.length - 8), /cut off/],
    [
      'another format',
      (file: Buffer) => Buffer.from(file.toString('latin1').replace('"format":1', '"format":2'), 'latin1'),
      /it has format 2, and this version reads format 1/,
    ],
  ])('is refused where there is %s', (_, damage, message) => {
    expect(() => Index.open(damage(buildIndex([piece('fee')])))).toThrow(message);
  });

  it('may be empty', () => {
    const index = Index.open(buildIndex([]));
    expect(byWords(index, 'fee', 5)).toEqual([]);
  });

  it('has a bound', () => {
    expect(() => buildIndex(Array.from({ length: MOST_CHUNKS + 1 }, () => piece('x')))).toThrow(
      /has at most 60000 passages, and this one has 60001: make several/,
    );
  });

  it('keeps vectors in bytes that are nearly what they were', () => {
    const vector = [0.3, -0.1, 0.9, 0];
    const { unit, scale } = toBytes(vector);
    const length = Math.hypot(...vector);
    for (const [at, value] of unit.entries())
      expect(value * scale).toBeCloseTo((vector[at] ?? 0) / length, 2);
    expect(() => buildIndex([piece('a')], { endpoint: 'e', model: 'm', vectors: [] })).toThrow(
      /one for each passage/,
    );
  });
});

describe('passages by vectors', () => {
  const dimensions = 96;
  const vectorOf = (seed: number) =>
    Float32Array.from({ length: dimensions }, (_, at) => Math.sin(seed * 7.13 + at * at * 0.37 + seed * at));
  const size = 3_000;
  const index = Index.open(
    buildIndex(
      Array.from({ length: size }, (_, at) => piece(`passage ${at}`, `${at}.md`)),
      { endpoint: 'e', model: 'm', vectors: Array.from({ length: size }, (_, at) => vectorOf(at)) },
    ),
  );

  it.each([0, 1, 1_499, 2_998, 2_999])(
    'find the nearest of many, which are compared by their signs first: %i',
    (at) => {
      const near = vectorOf(at).map((value, each) => value + (each % 3) * 0.1);
      expect(byBoth(index, [], [near], 1)[0]?.at).toBe(at);
    },
  );

  it('count beside words, and do not outweigh them', () => {
    const [question] = questionsIn(index, 'passage 1234');
    expect(byBoth(index, question ? [question] : [], [vectorOf(77)], 2).map(({ at }) => at)).toEqual([
      1234, 77,
    ]);
  });

  it('of another length are not compared', () => {
    expect(byBoth(index, [], [[1, 2, 3]], 5)).toEqual([]);
  });
});

describe('passages by words', () => {
  it('are those that share the rarest words first', () => {
    const index = indexOf('The card has a fee.', 'The card is blue.', 'A fee for cash abroad.');
    expect(found(index, 'cash fee')[0]).toBe('A fee for cash abroad.');
    expect(found(index, 'Is my card BLUE?')[0]).toBe('The card is blue.');
    expect(found(index, 'mortgage')).toEqual([]);
    expect(found(index, '')).toEqual([]);
  });

  it('answer each sentence of a message, not only what it is mostly about', () => {
    const about = Array.from(
      { length: 8 },
      (_, at) => `Statement number ${at} of the account shows a balance.`,
    );
    const index = indexOf(...about, 'A lost passport is reported to the embassy.');
    const message =
      'I saw my account statement and the balance of the account. The statement of the account has a balance. By the way, I lost my passport.';
    expect(found(index, message, 3)).toContain('A lost passport is reported to the embassy.');
  });

  it('are not pushed by a sentence that is said a thousand times', () => {
    const index = indexOf('Free gift cards.', 'Refunds take five days.');
    const once = byWords(index, 'Refunds take how long? Free gift cards.', 2);
    expect(byWords(index, `Refunds take how long?${' Free gift cards.'.repeat(1000)}`, 2)).toEqual(once);
  });

  it('are found in another script, and are none where a query is in one that no passage has', () => {
    const index = indexOf('信用卡的年费是多少', 'The annual fee is 20 EUR.');
    expect(found(index, '年费')[0]).toBe('信用卡的年费是多少');
    expect(found(index, 'годовая плата')).toEqual([]);
  });

  it('of a long query take time in proportion, and of a longer one no more', () => {
    const index = indexOf(
      ...Array.from({ length: 500 }, (_, at) => `word${at % 50} card fee account number ${at}`),
    );
    const sentence = (at: number) => `word${at % 50} card fee ${at}.`;
    const query = (size: number) => Array.from({ length: size }, (_, at) => sentence(at)).join(' ');
    expect(growth(400, (size) => void byWords(index, query(size), 5))).toBeLessThan(MOST_GROWTH);
    expect(byWords(index, query(100_000), 5)).toEqual(byWords(index, query(100_000).slice(0, 20_000), 5));
  });

  it('are as many as asked for, the best of all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (scores, most) => {
          const sorted = scores
            .map((score, at) => ({ at, score }))
            .filter(({ score }) => score > 0)
            .sort((one, other) => other.score - one.score || one.at - other.at);
          expect(best(scores, most)).toEqual(sorted.slice(0, most));
        },
      ),
    );
  });
});
