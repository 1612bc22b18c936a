import * as z from 'zod/v4/core';
import type { ModelRequest, Prompt, StepRunner } from '../../contract/automation.ts';
import type { Prepared } from '../../contract/item/envelope.ts';
import { ProcessingError } from '../errors.ts';
import { MOST_CALLS } from './calls.ts';
import { partsOf } from './parts.ts';

/** A part of a text, counted from 1. */
export interface Part {
  text: string;
  part: number;
  of: number;
}

/** What is asked of each part; `input` gets its text, and which part of how many it is. */
export interface AskedOfParts<T> extends Pick<ModelRequest<T>, 'prompt' | 'schema'> {
  input(part: Part): object;
  /** What is missing in an answer about that part. */
  missing?(answer: T, part: Part): string | undefined;
  /** Behind the prompt, where there are parts: what an answer about one of them says that another does not. */
  note?: string;
  /** Calls at most. @default 20 */
  most?: number;
}

/** Behind the prompt of a step that is asked about parts. The answer stands in `answer`, as the schema has it. */
const OF_PARTS = `The text is too long to be given at once. You are given one part of it: \`part\` says which, \`of\` of how many. Answer about this part alone, in \`answer\`, and give its number in \`part\`. What stands in other parts you do not know: leave it open, as if it stood nowhere, and guess nothing.`;

/**
 * Asks the same of every part of a text, each a step that is remembered, and gives the answers in the order of the text. An answer says
 * which part it is about, and one about another is asked for again: no part is lost without anybody noticing.
 * @throws ProcessingError where the text has more parts than may be asked: a person reads it; and whatever a step throws
 */
export async function inParts<T>(
  step: Pick<StepRunner, 'model'>,
  name: string,
  text: string,
  { prompt, schema, missing, input, note, most = MOST_CALLS }: AskedOfParts<T>,
): Promise<T[]> {
  const parts = partsOf(text);
  if (parts.length > most)
    throw new ProcessingError(
      `the text has ${parts.length} parts, and ${most} may be read: a person reads it`,
    );
  const of = parts.length;
  const told: Prompt = {
    ...prompt,
    text: [prompt.text.trimEnd(), OF_PARTS, ...(note ? [note] : [])].join('\n\n'),
  };
  return Promise.all(
    parts.map(async (words, at) => {
      const part: Part = { text: words, part: at + 1, of };
      const { answer } = await step.model(name, {
        prompt: told,
        input: { ...input(part), part: part.part, of },
        schema: numbered(schema),
        missing: (said) =>
          said.part === part.part
            ? missing?.(said.answer, part)
            : `'part' must be ${part.part}: the answer is to be about part ${part.part} of ${of}`,
      });
      return answer;
    }),
  );
}

/**
 * Asks about an item's text: once where a model can be given all of it, as `step.model` does, else about every part of it. One answer,
 * or one for each part, in their order.
 * @throws as `inParts` and `step.model` do
 */
export async function inWhole<T>(
  step: Pick<StepRunner, 'model'>,
  name: string,
  { text, whole }: Pick<Prepared, 'text' | 'whole'>,
  asked: AskedOfParts<T>,
): Promise<T[]> {
  if (whole !== undefined) return inParts(step, name, whole, asked);
  const { prompt, schema, input, missing } = asked;
  const all: Part = { text, part: 1, of: 1 };
  const request: ModelRequest<T> = { prompt, input: input(all), schema };
  return [
    await step.model(name, missing ? { ...request, missing: (answer) => missing(answer, all) } : request),
  ];
}

function numbered<T>(schema: z.$ZodType<T>): z.$ZodType<{ part: number; answer: T }> {
  const part = { type: 'number', format: 'safeint', abort: false, check: 'number_format' } as const;
  return new z.$ZodObject({
    type: 'object',
    shape: { part: new z.$ZodNumberFormat(part), answer: schema as z.$ZodType },
  }) as unknown as z.$ZodType<{ part: number; answer: T }>;
}
