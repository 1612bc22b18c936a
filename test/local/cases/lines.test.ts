import { describe, expect, it } from 'vitest';
import { casesIn, readCases } from '../../../local/cases/lines.ts';
import { UsageError } from '../../../local/usage.ts';
import { cases as decided } from '../../cli/recorded.ts';
import { example } from '../../support/automations.ts';

const refund = example('refund-request');
const line = (fields: object = {}) =>
  JSON.stringify({ name: 'one', body: {}, label: 'other', verdict: 'ask', ...fields });
const read = (...lines: string[]) => casesIn(lines.join('\n'), 'a.jsonl', refund);

describe('the lines of a cases.jsonl', () => {
  it('are cases, in their order; empty ones are none', () =>
    expect(read(line(), '', line({ name: 'two' }), '').map(({ name }) => name)).toEqual(['one', 'two']));

  it('are what signalbox cases prints', () => {
    const [found] = casesIn(JSON.stringify(decided.cases[0]), 'a.jsonl', refund);
    expect(found).toEqual(decided.cases[0]);
  });

  it.each([
    ['{"name": "one"', 'is not JSON'],
    [line({ verdict: 'maybe' }), "is no case: 'verdict'"],
    [line({ verdicts: 'ask' }), 'is no case'],
    [line({ expects: { language: 'xx' } }), "is no case: 'expects.language'"],
    [line({ expects: { amount: { is: 'five' } } }), 'must be a decimal such as 24.90'],
    [line({ label: 'Billing' }), "has the label 'Billing'; refund-request has duplicate-charge, "],
    [line({ down: ['crm'] }), "has the lookup 'crm'; refund-request has "],
    [line({ lookups: { crm: null } }), "has the lookup 'crm'; refund-request has "],
    [line({ action: 'erase' }), "has the action 'erase'; refund-request has refund"],
    [
      line({ documents: ['no.pdf'] }),
      "names the document 'no.pdf': there is no such file in automations/refund-request",
    ],
    [line({ documents: ['../invoice/samples/af-3391.pdf'] }), 'there is no such file'],
    [line({ documents: ['/etc/hostname'] }), 'there is no such file'],
  ])('are refused by what is wrong: %s', (text, fault) => {
    expect(() => read(line({ name: 'fine' }), text)).toThrow(UsageError);
    expect(() => read(line({ name: 'fine' }), text)).toThrow(`line 2 of 'a.jsonl' `);
    expect(() => read(line({ name: 'fine' }), text)).toThrow(fault);
  });

  it('have names of their own', () =>
    expect(() => read(line(), line())).toThrow("line 2 of 'a.jsonl' has the name of an earlier case, 'one'"));

  it('need a file', () =>
    expect(() => readCases(refund, 'no/such.jsonl')).toThrow("'no/such.jsonl' cannot be read (ENOENT)"));
});
