import { describe, expect, it } from 'vitest';
import { recognise } from '../../lambdas/privacy/names/names.ts';
import { forOutside } from '../../lambdas/privacy/outside.ts';
import { plain } from '../../lambdas/privacy/plain.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';

/* What tells of a value is not always beside it in the text: it is the name of a field, or the value goes on in the next line. */

const policy = { tokens: 'all' } as const;
const hide = (value: unknown) => new Vault('demo_1', policy, undefined, { recognise, plain }).hide(value);

describe('the name of a field', () => {
  it.each([
    [{ ssn: '078051120' }, { ssn: '[SOCIAL_1]' }],
    [{ customer: { accountNumber: 12345678 } }, { customer: { accountNumber: '[BANK_1]' } }],
    [{ passport_no: ['X1234567'] }, { passport_no: ['[PASSPORT_1]'] }],
    [{ apiKey: 'abcdEFGH1234567890ijklMNOP' }, { apiKey: '[SECRET_1]' }],
    [{ password: 'hunter2hunter2' }, { password: '[SECRET_1]' }],
  ])('is a label of its value: %j', (body, hidden) => {
    expect(hide(body)).toEqual(hidden);
  });

  it('hides the value wherever else it stands', () => {
    expect(hide({ text: 'about 078051120, please', ssn: '078051120' })).toEqual({
      text: 'about [SOCIAL_1], please',
      ssn: '[SOCIAL_1]',
    });
  });

  it.each([{ order: '48213355' }, { amount: '1250.00', quantity: 12345 }, { note: 'my account is closed' }])(
    'says nothing where it is no label: %j',
    (body) => expect(hide(body)).toEqual(body),
  );

  it('counts on the way out too', () => {
    const rule = { name: 'demo', privacy: policy };
    expect(forOutside(rule, 'route', { ssn: '078051120', text: 'hi' })).toEqual({
      ssn: '[SOCIAL]',
      text: 'hi',
    });
  });
});

describe('a card', () => {
  it.each([
    '4111 1111\n1111 1111',
    '4111-1111-\r\n1111-1111',
    '4111 1111\n> 1111 1111',
    '4111  1111  1111  1111',
    '4111\t1111\t1111\t1111',
    '4111–1111–1111–1111',
    '4111/1111/1111/1111',
  ])('is found however its groups stand: %j', (card) => {
    const vault = new Vault('demo_1', policy);
    const hidden = vault.hide(`pay ${card}.`);
    expect(hidden).toBe('pay [CARD_1].');
    expect(vault.back(hidden)).toBe(`pay ${card}.`);
  });
});

it('an address in a link is found', () => {
  expect(hide('mailto:ann.berg%40mail.example.com')).toMatch(/^(?:mailto:)?\[EMAIL_1\]$/);
});
