import * as z from 'zod/v4/core';
import type { ModelRequest, StepRunner } from '../../contract/automation.ts';
import { ProcessingError } from '../errors.ts';
import { cutText } from '../text.ts';

/** As much as a model is given at once: about 5,000 tokens. */
export const PART_CHARACTERS = 20_000;

/* Where a text may be cut, the best place first: before a page of a document, between paragraphs, lines, sentences, words. */
const PLACES: readonly RegExp[] = [/\n(?=\[document )/g, /\n\n+/g, /\n/g, /[.!?…。]\s+/g, /\s+/g];

/** A place in the first half would make two parts of one. */
const LEAST_SHARE = 0.5;

/** A text in parts that a model is given one by one, cut by its structure. Joined they are the text again: none of it is lost. */
export function partsOf(text: string, most = PART_CHARACTERS): string[] {
  const parts: string[] = [];
  let at = 0;
  while (text.length - at > most) {
    const window = text.slice(at, at + most);
    const end = PLACES.map((place) => lastEnd(window, place)).find((it) => it >= most * LEAST_SHARE);
    // Never nothing: whatever one character is made of, it moves on.
    const length = end ?? (cutText(window + text.slice(at + most, at + most + 64), most).length || most);
    parts.push(text.slice(at, at + length));
    at += length;
  }
  return [...parts, text.slice(at)];
}

/** Where the last of these places ends; 0 if there is none. */
function lastEnd(window: string, place: RegExp): number {
  let end = 0;
  for (const match of window.matchAll(place)) end = match.index + match[0].length;
  return end;
}

/** What is asked of each part; `input` gets its text, and which part of how many it is. */
export interface AskedOfParts<T> extends Pick<ModelRequest<T>, 'prompt' | 'schema' | 'missing'> {
  input(part: { text: string; part: number; of: number }): object;
  /** Calls at most. */
  most: number;
}

/**
 * Asks the same of every part of a text, each a step that is remembered, and gives the answers in the order of the text. An answer says
 * which part it is about, and one about another is asked for again: no part is lost without anybody noticing.
 * @throws ProcessingError where the text has more parts than may be asked: a person reads it; and whatever a step throws
 */
export async function inParts<T>(
  step: Pick<StepRunner, 'model'>,
  name: string,
  text: string,
  { prompt, schema, missing, input, most }: AskedOfParts<T>,
): Promise<T[]> {
  const parts = partsOf(text);
  if (parts.length > most)
    throw new ProcessingError(
      `the text has ${parts.length} parts, and ${most} may be read: a person reads it`,
    );
  const of = parts.length;
  return Promise.all(
    parts.map(async (words, at) => {
      const part = at + 1;
      const numbered = new z.$ZodObject({
        type: 'object',
        shape: {
          part: new z.$ZodNumberFormat({
            type: 'number',
            format: 'safeint',
            abort: false,
            check: 'number_format',
          }),
          answer: schema as z.$ZodType,
        },
      }) as unknown as z.$ZodType<{ part: number; answer: T }>;
      const { answer } = await step.model(name, {
        prompt,
        input: { ...input({ text: words, part, of }), part, of },
        schema: numbered,
        missing: (said) =>
          said.part === part
            ? missing?.(said.answer)
            : `'part' must be ${part}: the answer is to be about part ${part} of ${of}`,
      });
      return answer;
    }),
  );
}
