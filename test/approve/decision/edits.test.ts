import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { limitsOf, readEdits } from '../../../lambdas/approve/decision/edits.ts';
import type { EditField } from '../../../lambdas/contract/approval-policy.ts';
import { cents } from '../../../lambdas/kit/numbers/money.ts';
import { proposal, QUESTION } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** What a form with this text comes to, for a parameter `it` of this kind. */
function read(rule: EditField, from: unknown, text: string | undefined) {
  const parameters = { ...(from === undefined ? {} : { it: from }), other: 'kept' };
  const document = proposal({ parameters, question: { ...QUESTION, edits: { it: rule } } });
  const { edits, faults } = readEdits(document, (name) => (name === 'it' ? text : `typed into ${name}`));
  return faults.length > 0 ? faults : edits;
}

const changed = (from: unknown, to: unknown) => [{ field: 'it', from, to }];
const MONEY: EditField = { label: 'Amount', type: 'money', least: '1.00', most: '200.00' };
const NUMBER: EditField = { label: 'Days', type: 'number', least: 1, most: 30 };
const TEXT: EditField = { label: 'Reply', type: 'text', maxLength: 10 };
const CHOICE: EditField = { label: 'Queue', type: 'choice', options: ['first', 'second'] };

describe('an edit', () => {
  it.each<[string, string, string]>([
    ['a decimal', '20.00', '20.00'],
    ['the least', '1.00', '1.00'],
    ['the most', '200.00', '200.00'],
    ['one digit after the point', '20.5', '20.50'],
    ['none', '20', '20.00'],
    ['white space around it', ' 20 \r\n', '20.00'],
  ])('of money takes %s, and writes it in one way', (_name, text, to) => {
    expect(read(MONEY, '24.90', text)).toEqual(changed('24.90', to));
  });

  it.each(
    ['', '0.99', '200.01', '0', '-5', '1e2', '0x10', '1 000', 'EUR 20', '20.001', 'NaN', 'Infinity'].concat([
      '020',
      '+20',
      '٢٠',
      '20.',
      '.5',
      '9'.repeat(30),
      "20'; --",
      '99999999999999999999.00',
    ]),
  )('of money does not take %j', (text) => {
    expect(read(MONEY, '24.90', text)).toEqual(['Amount must be from 1.00 to 200.00.']);
  });

  it.each([
    ['240,00', '240.00'],
    ['20,5', '20.5'],
    ['1.234,56', '1234.56'],
    ['1,234.56', '1234.56'],
    ['1 234,56', '1234.56'],
  ])('of money says how %j is written', (text, example) => {
    const [fault] = read(MONEY, '24.90', text);
    expect(fault).toBe(`Amount: write ${example}, with a decimal point and no thousands separator.`);
  });

  it.each(['1,234', 'EUR 20,00', '20,00,', ','])('of money makes no guess of %j', (text) => {
    expect(read(MONEY, '24.90', text)).toEqual(['Amount must be from 1.00 to 200.00.']);
  });

  it.each<[unknown, string]>([
    ['24.90', '24.90'],
    ['24.90', '24.9'],
    ['24.9', '24.90'],
    [24.9, '24.9'],
    [24, '24.00'],
    [undefined, ''],
    // What was proposed may lie beyond what an approver may put in its place.
    ['9000.00', '9000.00'],
    ['no amount', 'no amount'],
  ])('of money is none where %j is left as %j', (from, text) => {
    expect(read(MONEY, from, text)).toEqual([]);
  });

  it.each<[string, number]>([
    ['7', 7],
    ['1', 1],
    ['30', 30],
    ['2.5', 2.5],
    [' 7 ', 7],
  ])('of a number takes %j', (text, to) => {
    expect(read(NUMBER, 14, text)).toEqual(changed(14, to));
  });

  it.each(['', ' ', '0', '31', '-1', 'seven', 'NaN', 'Infinity', '0.99', '30.01'])(
    'of a number does not take %j',
    (text) => {
      expect(read(NUMBER, 14, text)).toEqual(['Days must be from 1 to 30.']);
    },
  );

  it.each<[unknown, string]>([
    [14, '14'],
    [14, '14.0'],
    [90, '90'],
    [undefined, ''],
    ['14', '14'],
  ])('of a number is none where %j is left as %j', (from, text) => {
    expect(read(NUMBER, from, text)).toEqual([]);
  });

  it('of a text takes as many characters as it says, its line ends counted once', () => {
    expect(read(TEXT, 'old', '0123456789')).toEqual(changed('old', '0123456789'));
    expect(read(TEXT, 'old', 'abc\r\ndef\r\ngh')).toEqual(changed('old', 'abc\ndef\ngh'));
    expect(read(TEXT, 'old', '')).toEqual(['Reply must have 1 to 10 characters.']);
    expect(read(TEXT, 'old', '01234567890')).toEqual(['Reply must have 1 to 10 characters.']);
    expect(read(TEXT, undefined, 'new')).toEqual(changed(null, 'new'));
  });

  it.each<[unknown, string]>([
    ['as it was', 'as it was'],
    ['two\nlines', 'two\r\nlines'],
    ['two\r\nlines', 'two\r\nlines'],
    [' around ', 'around'],
    [undefined, ''],
    ['far longer than it may be', 'far longer than it may be'],
  ])('of a text is none where %j is left as %j', (from, text) => {
    expect(read(TEXT, from, text)).toEqual([]);
  });

  it.each(['third', '', 'First', 'first,second', 'constructor'])('of a choice does not take %j', (text) => {
    expect(read(CHOICE, 'first', text)).toEqual(['Queue must be one of first, second.']);
  });

  it('of a choice takes another option, and leaves what is none of them as it was', () => {
    expect(read(CHOICE, 'first', 'second')).toEqual(changed('first', 'second'));
    expect(read(CHOICE, 'first', 'first')).toEqual([]);
    expect(read(CHOICE, 'elsewhere', 'elsewhere')).toEqual([]);
    expect(read(CHOICE, 'elsewhere', 'second')).toEqual(changed('elsewhere', 'second'));
  });

  it('is none of a field that the form does not hold, and none of a parameter that has no field', () => {
    expect(read(MONEY, '24.90', undefined)).toEqual([]);
    expect(readEdits(proposal(), () => 'anything')).toEqual({ edits: [], faults: [] });
    const { question: _, ...without } = proposal();
    expect(readEdits(without, () => 'anything')).toEqual({ edits: [], faults: [] });
  });

  it('says each fault', () => {
    const edits = { amount: MONEY, days: NUMBER };
    const document = proposal({ parameters: { amount: '5', days: 5 }, question: { ...QUESTION, edits } });
    expect(readEdits(document, () => 'x').faults).toHaveLength(2);
  });

  it('says its limits', () => {
    expect([MONEY, NUMBER, TEXT, CHOICE].map(limitsOf)).toEqual([
      'must be from 1.00 to 200.00',
      'must be from 1 to 30',
      'must have 1 to 10 characters',
      'must be one of first, second',
    ]);
  });

  it('of money is within its limits and in one spelling, or a fault, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.float().map(String), fc.integer().map(String)), (text) => {
        const result = read(MONEY, undefined, text);
        const [first] = result;
        if (first === undefined) expect(text.trim()).toBe('');
        if (typeof first !== 'object') return;
        expect(first.to).toMatch(/^\d+\.\d\d$/);
        expect(cents(String(first.to))).toBeGreaterThanOrEqual(100);
        expect(cents(String(first.to))).toBeLessThanOrEqual(20_000);
      }),
    );
  });
});
