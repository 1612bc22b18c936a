import { describe, expect, it } from 'vitest';
import { languageOf, termsIn } from '../../lambdas/knowledge/index/terms.ts';

const en = (text: string) => termsIn(text, 'en');
const de = (text: string) => termsIn(text, 'de');

describe('the words of a text', () => {
  it('are the same in singular and plural, and without the common ones', () => {
    expect(en('What are the fees of my cards?')).toEqual(['fee', 'card']);
    expect(en('a fee, the card')).toEqual(['fee', 'card']);
    expect(en('The status of this business address')).toEqual(['status', 'business', 'address']);
    expect(en('policies')).toEqual(en('policy'));
  });

  it('keep their order and how often they stand there', () => {
    expect(en('refund card refund')).toEqual(['refund', 'card', 'refund']);
  });

  it.each([
    ['Überweisungen', 'UBERWEISUNG'],
    ['Konten', 'Konten'],
    ['Straße', 'STRASSE'],
    ['Gebühren', 'Gebühr'],
  ])('in German: %s is %s', (one, other) => {
    expect(de(one)).toEqual(de(other));
  });

  it.each([
    ['ﬁnance', 'finance'],
    ['ｆｅｅ', 'fee'],
    ['café', 'CAFÉ'],
    ['Ｎｏ１２３', 'no123'],
  ])('do not depend on how letters are written: %s', (one, other) => {
    expect(en(one)).toEqual(en(other));
  });

  it('are pairs of characters where a script has no blanks', () => {
    expect(en('信用卡年费')).toEqual(['信用', '用卡', '卡年', '年费']);
    expect(en('カードの年会費')).toContain('年会');
    expect(en('카드 연회비')).toEqual(['카드', '연회', '회비']);
    expect(en('卡')).toEqual(['卡']);
    expect(en('VISA卡 fee')).toEqual(['visa', '卡', 'fee']);
  });

  it('keep the marks of other scripts', () => {
    expect(en('मेरी फीस')).toEqual(['मेरी', 'फीस']);
    expect(en('が')).not.toEqual(en('か'));
  });

  it('end somewhere: a word of a megabyte is its beginning', () => {
    expect(en('x'.repeat(1_000_000))[0]).toHaveLength(64);
    expect(en(`e${'\u0301'.repeat(100_000)}`)).toHaveLength(1);
  });

  it('tell the language', () => {
    expect(languageOf(['Wie hoch ist die Gebühr für eine Überweisung?'])).toBe('de');
    expect(languageOf(['What is the fee for a transfer?'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });
});
