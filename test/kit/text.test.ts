import { globSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, isBlank, shownText, wholeWords } from '../../lambdas/kit/text.ts';

describe('a cut', () => {
  it('leaves no half of a character at its end: the emoji at 599', () => {
    expect(cutText(`${'x'.repeat(599)}😀 and more`, 600)).toBe('x'.repeat(599));
  });

  it.each([
    ['a letter and its accent', 'abe\u0301d', 3, 'ab'],
    ['a family', 'ab👨‍👩‍👧d', 6, 'ab'],
    ['a flag', 'ab🇩🇪d', 4, 'ab'],
    ['a line end of Windows', 'ab\r\nd', 3, 'ab'],
    ['a syllable of Korea', 'ab\u1112\u1161\u11ABd', 4, 'ab'],
  ])('does not divide %s', (_name, text, most, kept) => {
    expect(cutText(text, most)).toBe(kept);
  });

  it('keeps a text that is short enough as it is', () => {
    expect(cutText('abc', 3)).toBe('abc');
  });

  it('is a well-formed beginning of any text, at most that long, and long enough', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(200), (text, most) => {
        const kept = cutText(text, most);
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.isWellFormed()).toBe(true);
        if (text.length > most) expect(kept.length).toBeGreaterThan(most - 64);
      }),
    );
  });

  it('comes to an end where one character never does', () => {
    expect(cutText(`e${'\u0301'.repeat(500)}`, 300)).toHaveLength(300);
  });
});

describe('a blank text', () => {
  it.each([
    undefined,
    '',
    ' \n\t',
    '\u200B',
    '\u3164',
    '\u2800',
    '\u00AD\u202E',
    '\u{E0041}',
    '\u115F',
    '\uFEFF',
    '\u0000',
  ])('holds nothing that a reader sees: %j', (text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each(['.', '0', 'é', '😀', 'ا'])('does not hold %s', (text) => {
    expect(isBlank(`\u200B${text}`)).toBe(false);
  });
});

describe('a text for a page', () => {
  it('turns no direction and holds no control character', () => {
    expect(shownText('Pay\u202E 00.5\u202C\u0007\u001B[2J\u2066x\u2069\u200Fy\u{E0041}\uFEFF')).toBe(
      'Pay 00.5[2Jxy',
    );
  });

  it('keeps its lines, and what words and emoji are written with', () => {
    expect(shownText('a\r\nb\tc\u2028d می‌خواهم 👨‍👩‍👧 ❤️')).toBe('a\nb\tc\nd می‌خواهم 👨‍👩‍👧 ❤️');
  });
});

it('is how every text of people is cut, in code and in the guide', () => {
  const files = globSync(['{lambdas,automations,cli,local}/**/*.ts', 'docs/*.md']);
  const raw = files.flatMap((file) => {
    const found = readFileSync(file, 'utf8').match(
      /\b(?:text|comment|quote|reason|note|brief|subject|message)\.(?:slice|substring)\(0, (?:\d|[A-Z]{2}|most).*/g,
    );
    return (found ?? []).map((code) => `${file}: ${code}`);
  });
  // Its own, and the sandbox's model, which nobody reads.
  expect(
    raw.filter(
      (code) => !/^(?:lambdas\/kit\/text\.ts|local\/sandbox\/|automations\/[\w-]+\/sandbox[./])/.test(code),
    ),
  ).toEqual([]);
});

describe('whole words', () => {
  it.each([
    ['Kärntner Karte', 'karte|Karte', true],
    ['Karten', 'Karte', false],
    ['éKarte', 'Karte', false],
    ['Karte2', 'Karte', false],
    ['(Karte)', 'Karte', true],
  ])('in %s: %s', (text, pattern, found) => {
    expect(wholeWords(pattern).test(text)).toBe(found);
  });

  it('cost nothing until a text is tried: an import makes dozens of them', () => {
    const wrong = wholeWords('(');
    expect(() => wrong.test('a')).toThrow(SyntaxError);
  });
});
