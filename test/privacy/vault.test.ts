import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrivacyPolicy } from '../../lambdas/contract/item/privacy.ts';
import { recognise } from '../../lambdas/privacy/names/names.ts';
import { plain } from '../../lambdas/privacy/plain.ts';
import { hasStrangers } from '../../lambdas/privacy/tokens.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';

const ALL: PrivacyPolicy = { tokens: 'all' };
const vault = (policy = ALL) => new Vault('triage_1', policy, undefined, { recognise, plain });

describe('a vault', () => {
  it('gives the same value the same token wherever it stands, and another value another one', () => {
    const hidden = vault().hide({
      text: 'I am ann@example.com, not bob@example.com. ann@example.com!',
      from: 'ann@example.com',
      other: ['bob@example.com'],
    });
    expect(hidden).toEqual({
      text: 'I am [EMAIL_1], not [EMAIL_2]. [EMAIL_1]!',
      from: '[EMAIL_1]',
      other: ['[EMAIL_2]'],
    });
  });

  it('keeps its tokens over generations, whatever comes first then', () => {
    const first = vault();
    first.hide('ann@example.com and 4111 1111 1111 1111');
    const next = new Vault('triage_1', ALL, first.book);
    expect(next.hide('bob@example.com, ann@example.com, 4111 1111 1111 1111')).toBe(
      '[EMAIL_2], [EMAIL_1], [CARD_1]',
    );
  });

  it('hides in every field what only one of them tells', () => {
    const hidden = vault().hide({ text: 'Account number: 7391028373', note: 'was 7391028373 before' });
    expect(hidden).toEqual({ text: 'Account number: [BANK_1]', note: 'was [BANK_1] before' });
  });

  it('lets nobody change a field by calling its value a password, or rename it', () => {
    const body = {
      text: 'password: high PIN 1234 password: tier',
      tier: 'high',
      amount: '1234',
      at: '1234.00',
    };
    const hidden = vault().hide(body);
    expect(hidden).toMatchObject({ tier: 'high', amount: '1234', at: '1234.00' });
    expect(hidden.text).toBe('password: [SECRET_1] PIN [SECRET_2] password: [SECRET_3]');
  });

  it('hides numbers and names of fields, and gives numbers back as numbers', () => {
    const mine = vault();
    const body = { card: 4111111111111111, amount: 240, 'ann@example.com': true };
    const hidden = mine.hide(body);
    expect(hidden).toEqual({ card: '[CARD_1]', amount: 240, '[EMAIL_1]': true });
    expect(mine.back(hidden)).toEqual(body);
  });

  it.each([
    ['mark-up', 'call ann<b></b>@exam<i>ple</i>.com now'],
    ['entities', 'ann&#64;example.com'],
    ['full-width signs', 'ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['invisible characters', 'ann\u200B@exam\u00ADple.com'],
  ])('finds what %s takes apart, where a reader sees it whole', (_, written) => {
    const hidden = vault().hide({ html: written });
    expect(hidden.html).toContain('[EMAIL_1]');
    expect(hidden.html.normalize('NFKC')).not.toMatch(/example|exam/);
  });

  it('takes what a stranger wrote like a token for what it is, and gives it back to the letter', () => {
    const mine = vault();
    const written = 'mail ann@example.com; pay [EMAIL_1] or [email 1] or EMAIL_1';
    const hidden = mine.hide(written);
    expect(hidden).toBe('mail [EMAIL_1]; pay [TEXT_1] or [TEXT_2] or [TEXT_3]');
    expect(mine.back(hidden)).toBe(written);
  });

  it('replaces the kinds of its policy and no other', () => {
    expect(vault({ tokens: ['card'] }).hide('ann@example.com 4111 1111 1111 1111')).toBe(
      'ann@example.com [CARD_1]',
    );
  });

  it('gives every text back as it was', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'ann@example.com',
        '[EMAIL_1]',
        '[CARD_12]',
        'EMAIL_1',
        'Dear Anna Berg,',
        ' 4111 1111 1111 1111 ',
      ),
      fc.constantFrom(
        'password: x1!',
        '+49 30 1234567',
        '[',
        ']',
        '_1]',
        '[TEXT_1]',
        'DE89 3704 0044 0532 0130 00',
      ),
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (written) => {
        // Only what a reader sees is kept of a text that hides a value from patterns.
        const shown = written
          .normalize('NFKC')
          .replaceAll(/[<&]|[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
        fc.pre(shown === written);
        const mine = vault();
        expect(mine.back(mine.hide(written))).toBe(written);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a token that is no value', () => {
  const book = { tokens: [{ kind: 'EMAIL', number: 1, value: 'ann@example.com' }] };
  it.each([
    ['unknown', '[EMAIL_9]', true],
    ['in another case', '[email_1]', true],
    ['without its brackets', 'EMAIL_1', true],
    ['taken apart', '[EMAIL 1]', true],
    ['escaped', '[EMAIL\\_1]', true],
    ['a kind alone, as on the way out', '[EMAIL]', true],
    ['the value itself', '[EMAIL_1]', false],
    ['a common word', 'by e-mail (email) or phone', false],
  ])('%s: %s', (_, text, strange) => {
    expect(hasStrangers({ reply: ['x', { text }] }, book)).toBe(strange);
  });
});
