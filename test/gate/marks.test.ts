import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksIn, marksOf } from '../../lambdas/gate/marks.ts';
import { growth, MOST_GROWTH } from '../support/cpu.ts';

const marked = (text: string) =>
  marksIn(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

describe('marks', () => {
  it.each([
    ['Confirm at https://bank.example/x?y=1 now', ['link: https://bank.example/x?y=1']],
    [
      'Confirm at bank.example/confirm or bank-24.example',
      ['link: bank.example/confirm', 'link: bank-24.example'],
    ],
    ['see hxxps://evil.example', ['link: hxxps://evil.example']],
    ['evil[.]example', ['link: evil[.]example']],
    ['банк.рф', ['link: банк.рф']],
    ['Write to eve@example.com.', ['address: eve@example.com']],
    ['Call +49 (0)900 123-456 today', ['number: +49 (0)900 123-456']],
    ['EUR 1,200.00 in 14 days', ['number: 1,200.00', 'number: 14']],
    ['R2 pays order W9958106', ['number: R2', 'number: W9958106']],
    ['٤٢ and ４２', ['number: ٤٢', 'number: ４２']],
    ['<b>now</b>', ['mark-up: <b>', 'mark-up: </b>']],
    ['[here](https://x.example)', ['link: https://x.example)']],
    ['a\u200bb\u202ec', ['hidden: \u200b', 'hidden: \u202e']],
    ['Hello,\n\tthank you. It is free, e.g. here.', []],
    ['', []],
  ])('in %j', (text, found) => expect(marked(text)).toEqual(found));

  it('stand in order, within the text, and never over each other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let at = 0;
        for (const { start, end } of marksIn(text)) {
          if (start < at || end <= start || end > text.length) return false;
          at = end;
        }
        return true;
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['a-', 'a.', '1 ', '<a', '[a](', '@', 'www.', 'a@b.', '&a', '\u200b'])(
    'are found in time in proportion to the text: %j over and over',
    (piece) => {
      expect(growth(10_000, (size) => void marksIn(piece.repeat(size)))).toBeLessThan(MOST_GROWTH);
    },
  );

  it.each(['a@b.co ', '<b> ', '7 x '])('are found in time in proportion to their number: %j', (piece) => {
    expect(growth(20_000, (size) => void marksIn(piece.repeat(size)))).toBeLessThan(MOST_GROWTH);
  });

  it('of parameters are told by the place of each text', () => {
    expect(
      marksOf({ reply: 'Call 1', lines: [{ text: 'x' }, 2], 'a/b': 'c', other: 'no' }, [
        'reply',
        'lines',
        'a/b',
      ]),
    ).toEqual({
      reply: [{ kind: 'number', start: 5, end: 6 }],
      'lines/0/text': [],
      'a~1b': [],
    });
  });
});
