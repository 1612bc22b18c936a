import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import { VERDICTS, type Verdict } from '../../lambdas/contract/item/status.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { SystemError } from '../../lambdas/kit/errors.ts';
import { automation, type Demo, ID, PAY } from '../support/fixtures.ts';

const item = (fields: Partial<Evaluated<Demo>> = {}): Evaluated<Demo> => ({
  ...{ id: ID, automation: 'demo', generation: 1, body: {}, feedback: [], text: 'pay me back' },
  ...{ suspicions: [], automatic: false, label: 'Billing', proposal: PAY },
  ...fields,
});

const ERASE = { ...PAY, action: 'erase', parameters: {} };

const policy = (verdict: Verdict, reasons: readonly string[] = ['policy']) => ({
  automation: { ...automation, gate: () => ({ verdict, reasons }) } as never,
});

describe('the gate', () => {
  it("lets a policy's act pass where no house rule objects", () => {
    expect(gate(item(), policy('act'))).toMatchObject({ verdict: 'act', reasons: ['policy'] });
  });

  it.each([
    ["the label is 'other'", { label: 'other' }, /label is 'other'/],
    ['the text looks like instructions', { suspicions: ['assigns-role'] }, /assigns-role/],
    ['a person sent the proposal before it back', { feedback: ['Less.'] }, /sent an earlier proposal back/],
    ['the action is catastrophic', { proposal: ERASE }, /catastrophic/],
  ])('asks a person instead of acting when %s', (_name, fields, reason) => {
    const { verdict, reasons } = gate(item(fields), policy('act'));

    expect(verdict).toBe('ask');
    expect(reasons.join()).toMatch(reason);
  });

  it('believes that code wrote the brief only where it repeats no model', () => {
    const answer = 'It goes to a colleague of ours who knows the account well.';
    const briefBy = (brief: string) =>
      gate(item({ proposal: { ...PAY, brief, briefBy: 'code' } }), { ...policy('act'), said: [answer] })
        .proposal.briefBy;

    expect(briefBy('Composed from one passage.')).toBe('code');
    expect(briefBy(answer)).toBeUndefined();
    expect(briefBy(`Noted: ${answer}`)).toBeUndefined();
  });

  it("takes a brief that is the reason again for code's, unless it repeats a model", () => {
    const answer = 'It goes to a colleague of ours who knows the account well.';
    const briefBy = (brief: string, reason: string) =>
      gate(item({ proposal: { ...PAY, brief, reason } }), { ...policy('ask'), said: [answer] }).proposal
        .briefBy;

    expect(briefBy('no help article answers it', 'no help article answers it')).toBe('code');
    expect(briefBy('They want to leave.', 'no help article answers it')).toBeUndefined();
    expect(briefBy(answer, answer)).toBeUndefined();
  });

  it('names every objection, not only the first', () => {
    const fields = { label: 'other', suspicions: ['a', 'b'], proposal: ERASE };

    expect(gate(item(fields), policy('act')).reasons).toHaveLength(3);
  });

  it('refuses to judge an action that the automation has not declared', () => {
    for (const action of ['transfer', '', '__proto__x', 'PAY']) {
      expect(() => gate(item({ proposal: { ...PAY, action } }), policy('act'))).toThrow(SystemError);
    }
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'knows that %s is no action, though every object has it',
    (action) => {
      expect(() => gate(item({ proposal: { ...PAY, action } }), policy('act'))).toThrow(SystemError);
    },
  );

  it('only ever makes a verdict stricter, whatever the item is', () => {
    const strictness = { act: 0, ask: 1, refuse: 2 };
    const any = fc.record({
      label: fc.constantFrom('Billing', 'other'),
      suspicions: fc.array(fc.string(), { maxLength: 3 }),
      feedback: fc.array(fc.string(), { maxLength: 1 }),
      automatic: fc.boolean(),
      action: fc.constantFrom('pay', 'erase', 'tell'),
      confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      verdict: fc.constantFrom(...VERDICTS),
    });
    fc.assert(
      fc.property(any, ({ verdict, action, confidence, ...fields }) => {
        const judged = gate(
          item({ ...fields, proposal: { ...PAY, parameters: {}, action, confidence } }),
          policy(verdict),
        );
        expect(strictness[judged.verdict]).toBeGreaterThanOrEqual(strictness[verdict]);
        const clean = fields.suspicions.length === 0 && fields.feedback.length === 0;
        const free = fields.label !== 'other' && clean && action !== 'erase';
        expect(judged.verdict === 'act').toBe(verdict === 'act' && free);
        expect(judged.reasons.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing about the item but verdict, reasons and what they rest on', () => {
    const before = item({ suspicions: ['x'] });
    const copy = structuredClone(before);

    const { verdict, reasons, grounds: _, ...rest } = gate(before, policy('act'));

    expect(rest).toEqual(copy);
    expect(before).toEqual(copy);
  });
});
