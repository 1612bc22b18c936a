import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { StepPolicy } from '../../../lambdas/contract/automation.ts';
import { faultsInSimilar } from '../../../lib/checks/steps/similar.ts';
import type { ResolvedConfig } from '../../../lib/config.ts';

const endpoints = (kind: string) =>
  ({ house: { models: [{ kind }] } }) as unknown as ResolvedConfig['endpoints'];

const faults = (similar: object, step = 'route', more: StepPolicy = {}, kind = 'embeddings') =>
  faultsInSimilar(
    step,
    { similar: { hours: 24, wrongAtMost: 0.01, ...similar } as never, ...more },
    { requester: () => 'anna@example.com' },
    endpoints(kind),
  );

describe('a step that may use answers to similar questions', () => {
  it('is taken where it answers a label, or what is closed', () => {
    expect(faults({})).toEqual([]);
    const answer = z.object({ urgent: z.boolean(), topics: z.array(z.enum(['a', 'b'])) });
    expect(faults({ answer }, 'triage')).toEqual([]);
    expect(faultsInSimilar('route', {}, {}, endpoints('chat'))).toEqual([]);
  });

  it('is refused with the field named that carries money, people, free words or a number', () => {
    const answer = z.object({
      decision: z.enum(['yes', 'no']),
      refund: z.object({ amount: z.number(), currency: z.enum(['EUR']) }),
      customerName: z.nullable(z.string()),
      notes: z.array(z.string()),
      accountType: z.enum(['a', 'b']),
    });
    const found = faults({ answer }, 'triage');
    for (const field of ['refund.amount', 'customerName', 'notes', 'accountType'])
      expect(found.filter((fault) => fault.includes(`'${field}'`))).toHaveLength(1);
    expect(found.join()).not.toMatch(/decision|currency/);
    const carries = ['refund.amount', 'customerName', 'notes', 'accountType'];
    expect(faults({ answer, carries }, 'triage')).toEqual([]);
    expect(faults({ answer, carries: [...carries, 'nothing'] }, 'triage').join()).toContain("'nothing'");
  });

  it.each([
    ['hours', { hours: 0 }],
    ['hours', { hours: 9000 }],
    ['wrongAtMost', { wrongAtMost: 0.2 }],
    ['wrongAtMost', { wrongAtMost: Number.NaN }],
    ['similar.answer', { answer: {} }],
  ])('is refused with a wrong %s', (field, given) => {
    expect(faults(given).join()).toContain(field);
  });

  it('is refused where nobody tells one sender from another', () => {
    const similar = { hours: 24, wrongAtMost: 0.01 };
    expect(faultsInSimilar('route', { similar }, {}, endpoints('embeddings'))).toEqual([
      expect.stringContaining("needs the automation's 'requester'"),
    ]);
  });

  it('is refused without vectors, with a confidence, and without the schema of its answer', () => {
    expect(faults({}, 'route', {}, 'chat').join()).toContain('embeddings');
    expect(faults({}, 'route', { confidence: 'agreement' }).join()).toContain('confidence');
    expect(faults({}, 'triage').join()).toContain("'answer'");
  });
});
