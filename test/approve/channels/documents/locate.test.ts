import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxesOf, indexOf } from '../../../../lambdas/approve/channels/page/documents/locate.ts';
import type { Word } from '../../../../lambdas/contract/document.ts';

/** Words on lines: each letter 6 points wide, each line 14 points below the last. */
function laid(...lines: string[]): Word[] {
  return lines.flatMap((line, row) =>
    [...line.matchAll(/\S+/g)].map(({ 0: text, index }) => ({
      text,
      box: { x: 10 + index * 6, y: 20 + row * 14, width: text.length * 6, height: 10 },
      confidence: 1,
    })),
  );
}

const found = (quote: string, ...lines: string[]) => boxesOf(quote, indexOf(laid(...lines)));

describe('the place of a quote', () => {
  it('is one box around its words, and no other', () => {
    expect(found('Total: EUR 432.00', 'Net EUR 360.00', 'Total: EUR 432.00', 'Thank you')).toEqual([
      { x: 10, y: 34, width: 17 * 6, height: 10 },
    ]);
  });

  it('is a box for each line that it runs over', () => {
    const boxes = found('pay to IBAN FR14 2004', 'Please pay to', 'IBAN FR14 2004 1010');
    expect(boxes).toHaveLength(2);
    expect(boxes[0]).toMatchObject({ x: 10 + 7 * 6, y: 20 });
    expect(boxes[1]).toMatchObject({ x: 10, y: 34, width: 14 * 6 });
  });

  it('is a box for each column, where a table parts a line widely', () => {
    expect(found('Total: 432.00', `Total:${' '.repeat(40)}432.00`)).toHaveLength(2);
  });

  it.each([
    ['case, marks and blanks', 'TOTAL :  eur 432,00'],
    ['other forms of the same letters', 'Ｔｏｔａｌ EUR ４３２.00'],
    ['an end that was cut off within a word', 'Total: EUR 432.0'],
  ])('is found through %s', (_, quote) => {
    expect(found(quote, 'Net EUR 360.00', 'Total: EUR 432.00')).toEqual([
      { x: 10, y: 34, width: 17 * 6, height: 10 },
    ]);
  });

  it('is that of whole words before that of pieces, and never of a short piece', () => {
    expect(found('12', '2012 2120', 'Qty 12')).toEqual([{ x: 10 + 4 * 6, y: 34, width: 12, height: 10 }]);
    expect(found('12', '2012 2120')).toEqual([]);
    expect(found('AF-3391', 'Invoice:AF-3391.')).toHaveLength(1);
  });

  it('is that of each line by itself, where the lines lie apart on the page', () => {
    expect(found('Total 432.00\nIBAN FR14', 'IBAN FR14', 'something else', 'Total 432.00')).toHaveLength(2);
  });

  it.each(['', ' – ', 'nowhere on it', 'EUR 432.01'])('is nowhere for %j', (quote) =>
    expect(found(quote, 'Total: EUR 432.00')).toEqual([]),
  );

  it('is nowhere on a page without places', () => expect(boxesOf('Total', indexOf([]))).toEqual([]));

  it('is within the boxes of the words, whatever the words and the quote are', () => {
    const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { maxLength: 6 }), { maxLength: 5 }),
        fc.nat(),
        fc.nat(),
        (lines, a, b) => {
          const words = laid(...lines.map((line) => line.join(' ')));
          const [from, to] = [a % (words.length + 1), b % (words.length + 1)].sort(
            (one, other) => one - other,
          );
          const quote = words
            .slice(from, to)
            .map(({ text }) => text)
            .join(' ');
          const boxes = boxesOf(quote, indexOf(words));
          const letters = /[\p{L}\p{N}]/u.test(quote.normalize('NFKC').toLowerCase());
          return (
            (boxes.length > 0 || !letters || quote.length < 4) &&
            boxes.every(
              ({ x, y }) => words.some(({ box }) => box.x === x) && words.some(({ box }) => box.y === y),
            )
          );
        },
      ),
    );
  });

  it('is looked for in time that does not explode', () => {
    const words = laid(...Array.from({ length: 2000 }, () => 'a a a a a a a a a a'));
    const before = process.cpuUsage();
    const index = indexOf(words);
    boxesOf(`${'a'.repeat(19_000)}b`, index);
    boxesOf(Array.from({ length: 100 }, () => `${'a '.repeat(90)}b`).join('\n'), index);
    expect(process.cpuUsage(before).user).toBeLessThan(1_500_000);
  });
});
