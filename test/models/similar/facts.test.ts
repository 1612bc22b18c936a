import { describe, expect, it } from 'vitest';
import { ATTACKS, HARMLESS, pairsIn } from '../../../bench/similar/attacks.ts';
import { difference, judged, withoutTokens } from '../../../lambdas/models/similar/facts.ts';

const between = (one: string, other: string) => difference(judged(one), judged(other));

describe('the judge', () => {
  for (const [kind, lines] of Object.entries(ATTACKS))
    it(`lets no pair pass whose ${kind} differ, whichever was asked first`, () => {
      const passed = pairsIn(lines).filter(([a, b]) => !between(a, b) || !between(b, a));
      expect(passed).toEqual([]);
    });

  it('lets the same question in other words pass', () => {
    const refused = pairsIn(HARMLESS).flatMap(([a, b]) => (between(a, b) ? [[a, b, between(a, b)]] : []));
    expect(refused).toEqual([]);
  });

  it('knows a negation by each sign that stands for an apostrophe', () => {
    for (const sign of ["'", '’', '‘', '´', '`', 'ʼ', '′'])
      expect(between('I do want a refund for the lamp', `I don${sign}t want a refund for the lamp`)).toBe(
        'negations',
      );
  });

  it('names what differs', () => {
    expect(between('Is invoice 7 paid?', 'Is invoice 8 paid?')).toBe('numbers');
    expect(between('Please call Maria back', 'Please call Laura back')).toBe('names');
    expect(between('Refund my order', 'Do not refund my order')).toBe('negations');
    expect(between('Increase my limit', 'Decrease my limit')).toBe('directions');
  });

  it('compares tokens by their kind and place, as another item has another number for the same', () => {
    expect(between('Mail [EMAIL_1] now', 'Mail [EMAIL_4] now')).toBeUndefined();
    expect(between('Mail [EMAIL_1] now', 'Mail [PHONE_1] now')).toBe('names');
    expect(between('From [NAME_1] to [NAME_2]', 'From [NAME_2] to [NAME_2]')).toBe('names');
    expect(withoutTokens('Mail [EMAIL_1] now')).toBe('Mail email now');
  });

  it('keeps no word of a text', () => {
    const kept = JSON.stringify(judged('Pay Anna Berg 250 EUR on Monday'));
    expect(kept).not.toMatch(/anna|berg|250|monday/i);
  });

  it('is done in time with a text that was written against it', () => {
    const began = performance.now();
    for (const text of [
      'a'.repeat(1200),
      '"'.repeat(1200),
      '@ '.repeat(600),
      '[NAME_1'.repeat(170),
      'A1'.repeat(600),
    ])
      judged(text);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
