import fc from 'fast-check';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';

/** Whatever may come before the gate of an automation, also what no model should say. */
export function anyItem(automation: Automation): fc.Arbitrary<Evaluated> {
  return fc.record({
    id: fc.constant('item-1'),
    automation: fc.constant(automation.name),
    generation: fc.constant(1),
    feedback: fc.constant([]),
    body: fc.constantFrom(...automation.examples.map(({ body }) => body)),
    text: fc.string(),
    suspicions: fc.array(fc.constantFrom('overrides-instructions', 'claims-authority'), { maxLength: 2 }),
    automatic: fc.boolean(),
    label: fc.constantFrom(...automation.labels),
    proposal: fc.record({
      action: fc.constantFrom(...Object.keys(automation.actions)),
      parameters: fc.dictionary(
        fc.constantFrom(
          'x',
          ...Object.values(automation.actions).flatMap((it) => Object.keys(it.parameters ?? {})),
        ),
        fc.anything(),
      ),
      confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      brief: fc.string({ minLength: 1 }),
      evidence: fc.array(fc.record({ source: fc.string(), quote: fc.string() }), { maxLength: 3 }),
    }),
  });
}
