import { describe, expect, it } from 'vitest';
import { ATTACKS, HARMLESS, pairsIn } from '../../../../bench/similar/attacks.ts';
import { difference, judged, withoutTokens } from '../../../../lambdas/models/similar/judge/facts.ts';

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
    expect(between('Please mail this to [EMAIL_1] now', 'Please mail this to [EMAIL_4] now')).toBeUndefined();
    expect(between('Please mail this to [EMAIL_1] now', 'Please mail this to [PHONE_1] now')).toBe('names');
    expect(between('Is it from [NAME_1] to [NAME_2]?', 'Is it from [NAME_2] to [NAME_2]?')).toBe('names');
    expect(withoutTokens('Mail [EMAIL_1] now')).toBe('Mail email now');
  });

  it('compares field by field: what moved from one to another is another question', () => {
    const of = (...texts: string[]) => judged(...texts);
    const [question, old, now] = ['Please change my address in the list', 'Harbour Lane', 'Market Street'];
    expect(difference(of(old, now, question), of(old, now, question))).toBeUndefined();
    expect(difference(of(old, now, question), of(now, old, question))).toBe('wording');
    // Longer ones, in other words.
    const [first, second] = [
      'the account for our household is this one',
      'this is the account with the savings',
    ];
    expect(difference(of(first, second), of(second, first))).toBeDefined();
    expect(difference(of(first, second), of(`${first} savings`, 'this is the account with it'))).toBe(
      'fields',
    );
    expect(
      difference(of('please turn the alerts on', question), of(question, 'please turn the alerts on')),
    ).toBeDefined();
  });

  it('reads English alone: in another language the same words ask the same', () => {
    expect(between('Hallo, wo ist mein Paket?', 'Wo ist mein Paket, bitte?')).toBeUndefined();
    expect(between('Wo ist mein Paket?', 'Wo bleibt mein Paket?')).toBe('wording');
    expect(between('Where is my parcel?', 'Wo ist mein Paket?')).toBe('wording');
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
