import * as z from 'zod/v4/core';
import type { StepRunner } from '../lambdas/contract/automation.ts';
import { wireSchema } from '../lambdas/models/wire/schema.ts';
import { answeredBy, noOtherSteps } from './no-steps.ts';
import { answer } from './sandbox/brain.ts';
import { loadKnowledge } from './sandbox/knowledge.ts';

/** Steps that the sandbox model answers at its best: what an attack is compared with. */
export async function honestSteps(): Promise<StepRunner> {
  const knowledge = await loadKnowledge();
  return {
    ...noOtherSteps,
    confidence: () => null,
    embed: () => Promise.reject(new Error('the sandbox model has no embeddings')),
    ...answeredBy(async (step, { input, schema }) => {
      const question = { step, input, schema: wireSchema(schema), repaired: false, obedient: false };
      return z.parse(schema, JSON.parse(answer(question, knowledge)));
    }),
  };
}
