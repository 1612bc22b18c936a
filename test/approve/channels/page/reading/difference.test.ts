import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../../../lambdas/approve/channels/page/reading/difference.ts';

const told = (before: string, after: string) =>
  differenceOf(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `[+${text}+]`))
    .join('');

describe('the difference of two texts', () => {
  it.each([
    ['the same', 'the same', 'the same'],
    ['', '', ''],
    ['', 'new words', '[+new words+]'],
    ['old words', '', '[-old words-]'],
    ['240.00', '180.00', '[-240.00-][+180.00+]'],
    ['We pay 240.00 to you.', 'We pay 180.00 to you.', 'We pay [-240.00-][+180.00+] to you.'],
    ['a b c', 'a c', 'a [-b -]c'],
    ['Dear Ann,\n\nno.', 'Dear Ann,\n\nyes.', 'Dear Ann,\n\n[-no.-][+yes.+]'],
    ['one two three', 'uno dos tres', '[-one two three-][+uno dos tres+]'],
  ])('is told in words: %j and %j', (before, after, words) => {
    expect(told(before, after)).toBe(words);
  });

  it('is whole: what stays and what went is the first text, what stays and what came the second', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ' ', '  ', '\n', 'word', '\u202E'))
      .map((it) => it.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = differenceOf(before, after);
        const of = (kind: string) =>
          pieces
            .filter((it) => it.kind === 'same' || it.kind === kind)
            .map((it) => it.text)
            .join('');
        expect([of('removed'), of('added')]).toEqual([before, after]);
      }),
    );
  });

  it('of long texts that share nothing is told as a whole, in bounded work', () => {
    const words = (of: string) => Array.from({ length: 5000 }, (_, at) => `${of}${at}`).join(' ');
    expect(differenceOf(words('a'), words('b')).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });
});
