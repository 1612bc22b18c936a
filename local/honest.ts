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
    ...answeredBy(async (step, { prompt, input, schema }) => {
      // By its prompt the sandbox tells whose question it is.
      const asked = { step, input, prompt: prompt.text, schema: wireSchema(schema) };
      const question = { ...asked, repaired: false, obedient: false };
      return z.parse(schema, JSON.parse(answer(question, knowledge)));
    }),
  };
}
