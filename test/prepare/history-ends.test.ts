import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutHistory } from '../../lambdas/prepare/history.ts';
import { growth, MOST_GROWTH } from '../support/cpu.ts';
import { filled } from '../support/reading-time.ts';

/* Cutting history off comes to an end, whatever stands above it, and in time in proportion to the text. */

const HEADER = 'From: Ann\nSent: Monday\nTo: Bob\n\nHave you tried to switch it off?';

/** What belongs to the heading of a history, and is nobody's message. */
const HEADINGS = [
  '------------------------------',
  '____',
  'Subject: Your lamp',
  'Date: Monday\nTo: Bob',
  '----\n\n\nCc: Ann\n\n====\n',
];

/** Lines of which mail programs make headings, and some of a person's. */
const LINES = [
  ...HEADINGS,
  ...['', ' ', 'It broke.', '> It broke.', 'From: Ann', 'To: Bob', '-- ', '-----Original Message-----'],
  ...['On 1 May 2026 at 9:00, Ann <a@b.example> wrote:', 'wrote:', 'Begin forwarded message:', HEADER],
];

describe('a history below nothing but its own heading', () => {
  it.each(HEADINGS)('is the message itself: %j', (heading) => {
    const text = `${heading}\n\n${HEADER}`;

    expect(withoutHistory(text)).toEqual({ text, removed: [] });
  });

  it('goes with its heading where something stands above', () => {
    for (const heading of HEADINGS)
      expect(withoutHistory(`It broke.\n\n${heading}\n\n${HEADER}`).text).toBe('It broke.');
  });
});

describe('any order of the lines that mail programs write', () => {
  it('comes to an end, and keeps words where there are any', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LINES), { maxLength: 12 }), fc.boolean(), (lines, reply) => {
        const text = lines.join('\n');
        const kept = withoutHistory(text, reply ? 'Re: lamp' : '').text;
        expect(kept.trim() === '').toBe(text.trim() === '');
      }),
      { numRuns: 2000 },
    );
  });

  it.each(LINES.map((line) => `${line}\n`))('takes time in proportion to %j again and again', (line) => {
    const grown = growth(200_000, (size) => void withoutHistory(filled(line, size)));
    expect(grown).toBeLessThan(MOST_GROWTH);
  });
});
