import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { automation, type Demo, ID } from '../support/fixtures.ts';
import { filled, MOST_TIMES, times } from '../support/reading-time.ts';

/*
 * Time is bounded by construction: however hostile a text is, it takes a few times as long as a plain one of
 * its length.
 */

const read = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation });

/* U+0327 belongs before U+0345: to sort them takes the square of their number. */
const FALLING = (n: number) => `a${'\u0345'.repeat(n)}${'\u0327'.repeat(n)}`;
const CLASSES = [
  ...[
    'a',
    '\u0345\u0327',
    '\uFF9E\u0345',
    '\uFF9E\uFF9F\u0301',
    '\u034F\u0345\u0327',
    '\u200D\u0345\u0327',
    '\uFDFA',
    '\uFDFB',
  ],
  ...[
    '\u1100\u1161\u11A8',
    '\u0E33',
    '\uAC00\u11A7',
    '\u{1D15E}',
    '\u0F73\u0F71',
    '\u{1F469}\u200D',
    '\uD83D',
    '\u202E',
    '\u0000',
  ],
  ...[
    '²',
    '½',
    '①',
    '²₃',
    '⁄',
    '1\u0007',
    '\v',
    '\r',
    ' \n',
    '\t ',
    '\u3000',
    '\uFE70',
    '\u{E0041}',
    '\uFE0F',
    '\u20E3',
  ],
  ...[
    '> ',
    'On ',
    '-',
    '_',
    '-- \n',
    'From: \n',
    'wrote:\n',
    'On 1 wrote:\n',
    'On 1, a@b wrote:\n\n> ',
    'From: a\nTo: b\n',
    'From: a\n',
    '--\n',
    '____\n',
    'A <a@',
    'On 1 ',
    '1 a:\n',
    '.',
    ',',
    '/',
    '1',
    '1.',
    'ignore ',
    'act as ',
    'respond only ',
    '<',
    '<|',
  ],
];
const SIZE = 100_000;

describe('hostile plain text', () => {
  it.each([20_000, 100_000, 250_000])(
    'of %d marks of falling class takes little longer than plain text',
    (n) => {
      expect(times('text', FALLING(n))).toBeLessThan(MOST_TIMES);
    },
  );

  it.each(CLASSES)('made of %j alone takes little longer than plain text', (piece) => {
    expect(times('text', filled(piece, SIZE))).toBeLessThan(MOST_TIMES);
  });

  it('of any mixture of those takes little longer than plain text', () => {
    const mixture = fc.array(fc.tuple(fc.constantFrom(...CLASSES), fc.integer({ min: 1, max: 4000 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(mixture, (runs) => {
        const part = runs.map(([piece, count]) => piece.repeat(count)).join('');
        expect(times('text', filled(part, SIZE))).toBeLessThan(MOST_TIMES);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a letter under a heap of marks', () => {
  it('keeps a few of them, and nobody acts on it alone', () => {
    const { text, suspicions } = read({ text: `Pay me. ${FALLING(50)}` });

    expect(text.match(/\p{M}/gu)?.length).toBeLessThanOrEqual(8);
    expect(suspicions).toEqual(['too-many-marks']);
  });

  it.each(['Tiếng Việt', 'שָׁלוֹם', 'ที่นี่', 'নমস্কার', 'ガギグ'])('is not seen in %s', (text) => {
    expect(read({ text })).toMatchObject({ text: text.normalize('NFKC'), suspicions: [] });
  });

  it('is composed as everywhere else, also where the pieces of a long text meet', () => {
    const long = `${'e\u0301'.repeat(9000)}`;
    expect(read({ text: long }).text).toBe('é'.repeat(9000));
  });
});
