import type { StepRunner } from '../contract/automation.ts';
import { partsOf } from '../kit/long/parts.ts';

/*
 * Whether a model was given all of a long text. An automation's own thinking reads it in parts, or forgets to: what nobody read must not
 * be acted on.
 */

export interface Watched {
  step: StepRunner;
  /** Characters of the parts that stand in no input which was answered. */
  leftOut(): number;
}

/** The same steps, watched for which parts of the text they are given. */
export function watching(step: StepRunner, whole: string): Watched {
  const given = new Set<string>();
  const left = new Set(partsOf(whole));
  const watched: StepRunner = {
    confidence: (name) => step.confidence(name),
    embed: (name, texts) => step.embed(name, texts),
    model(name, request) {
      const answered = step.model(name, request).then((answer) => {
        for (const text of textsIn(request.input)) given.add(text);
        return answer;
      });
      // As of the step itself: a failure that nobody hears must not end the worker.
      answered.catch(() => {});
      return answered;
    },
  };
  const isGiven = (part: string) => given.has(part) || [...given].some((text) => text.includes(part));
  return {
    step: watched,
    leftOut: () => [...left].reduce((sum, part) => sum + (isGiven(part) ? 0 : part.length), 0),
  };
}

function textsIn(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  return typeof input === 'object' && input !== null ? Object.values(input).flatMap(textsIn) : [];
}
