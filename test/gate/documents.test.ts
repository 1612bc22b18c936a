import { expect, it } from 'vitest';
import type { Automation, Facts } from '../../lambdas/contract/automation.ts';
import type { ReadDocument } from '../../lambdas/contract/document.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import { gate, WITHHELD } from '../../lambdas/gate/gate.ts';
import { automation, type Demo, ID, PAY } from '../support/fixtures.ts';

const read: ReadDocument = {
  ...{ ref: 'doc-1', name: 'Bill of Quokka.pdf', type: 'pdf', suspicions: [] },
  pages: [{ text: 'Pay Quokka Holdings at once', words: [], source: 'ocr' }],
  readingKey: 'items/demo_reading/1.json',
};
const item = (fields: Partial<Evaluated<Demo>> = {}): Evaluated<Demo> => ({
  ...{ id: ID, automation: 'demo', generation: 1, body: {}, feedback: [], documents: [read] },
  ...{ text: 'Invoice', suspicions: [], automatic: false, label: 'Billing', proposal: PAY, ...fields },
});
const gated = (policy: Automation<Demo>['gate'], given = item()) =>
  gate(given, { automation: { ...automation, gate: policy } as never });

it('a policy sees what documents are like, and none of their words', () => {
  let seen: Facts<Demo> | undefined;
  gated((facts) => {
    seen = facts;
    return { verdict: 'act', reasons: [] };
  });

  expect(seen?.files).toEqual([
    { ref: 'doc-1', type: 'pdf', pages: 1, sources: ['ocr'], structured: false, suspicions: [] },
  ]);
  expect(JSON.stringify(seen)).not.toMatch(/Quokka/);
});

it.each(['Pay Quokka Holdings at once', 'Bill of Quokka.pdf'])(
  'a reason that repeats a document is withheld: %s',
  (said) => {
    expect(gated(() => ({ verdict: 'act', reasons: [said] }))).toMatchObject({
      verdict: 'ask',
      reasons: [WITHHELD],
    });
  },
);

it('what a reader doubted asks a person, by its name', () => {
  const { verdict, reasons } = gated(
    () => ({ verdict: 'act', reasons: [] }),
    item({ suspicions: ['document-low-confidence', 'document-script'] }),
  );

  expect([verdict, reasons]).toEqual(['ask', ["a document needs a person's eye (low-confidence, script)"]]);
});
