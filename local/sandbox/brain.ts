import { NAMES } from '../../lambdas/contract/item/privacy.ts';
import { obeySchema, orderIn } from './brain-obey.ts';
import { answersSchema, isObject, smallestAnswer } from './brain-schema.ts';
import type { Known, StepQuestion } from './knowledge.ts';
import { routeTo } from './labels.ts';
import { namesIn } from './names.ts';

/**
 * The thinking of the sandbox model: rules of thumb, no model. The same question gets the same answer on every machine, so
 * that samples, examples and tests can say what must come out. What it knows of an automation stands in that automation's
 * `sandbox.ts`; any other step gets the smallest answer that its schema allows, so that a new automation runs before anybody
 * teaches it anything.
 */
export interface Question {
  step: string;
  /** JSON Schema of the answer, when the request gave one. */
  schema: unknown;
  input: unknown;
  /** True when the first answer was sent back for repair. */
  repaired: boolean;
  /** Every message of the conversation: the prompt and a reviewer's remarks stand in it. */
  prompt?: string;
  /** What stands on the picture that came with it. */
  seen?: string | undefined;
  /** True to do what the text orders, as a model without any guard would. */
  obedient: boolean;
  /** What tools answered. @default nothing */
  told?: string;
}

/**
 * Items with this phrase show the repair path: the first answer of a thinking step does not fit its schema.
 */
const SLIPS = /\bas discussed\b/i;
/** The line of a conversation in which the processor quotes what a reviewer said. */
const QUOTED = /^\{"feedback":\[.*\]\}$/m;

/** The content of the answering message: JSON that fits the schema, but for the slip that is asked for. */
export function answer(question: Question, knowledge: readonly Known[] = []): string {
  const { input, schema, step, repaired, seen } = question;
  if (seen !== undefined) return copied(question, seen);
  const part = isObject(input) && isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  if (
    isObject(input) &&
    typeof input.part === 'number' &&
    part.answer !== undefined &&
    part.part !== undefined
  )
    return ofPart(answer({ ...question, schema: part.answer }, knowledge), input.part);
  const known = think(question, knowledge);
  if (known === undefined) return JSON.stringify(schema === undefined ? {} : smallestAnswer(schema));
  const text = isObject(input) ? String(input.text ?? '') : '';
  return step !== 'route' && !repaired && SLIPS.test(text) ? slip(known) : JSON.stringify(known);
}

/** The answer about a part of a text; prose around it stays prose. */
function ofPart(said: string, part: number): string {
  try {
    return JSON.stringify({ part, answer: JSON.parse(said) });
  } catch {
    return said;
  }
}

/** What a picture says; while it obeys strangers, what an order on it says. */
function copied({ schema, obedient }: Question, seen: string): string {
  const text = (obedient ? orderIn(seen) : undefined) ?? seen;
  return isObject(schema) ? JSON.stringify({ text }) : text;
}

function think(question: Question, knowledge: readonly Known[]): Record<string, unknown> | undefined {
  const { step, input, obedient, schema, prompt = '', told = '' } = question;
  if (!hasText(input)) return undefined;
  const order = obedient ? orderIn(input.text) : undefined;
  const asked: StepQuestion = { input, feedback: feedbackIn(prompt), order, told, prompt };
  for (const { steps } of askedBy(prompt, knowledge)) {
    const known = steps[step]?.(asked);
    if (known && answersSchema(known, schema)) return known;
  }
  const ofHouse = step === 'route' ? routeTo({}, asked) : step === NAMES ? namesIn(asked) : undefined;
  const known = ofHouse ?? (order ? obeySchema(schema, order) : undefined);
  return isObject(known) && answersSchema(known, schema) ? known : undefined;
}

/**
 * Whose prompt it is. Where that is nobody's, as of a prompt that was just edited, whoever knows such a
 * question answers.
 */
function askedBy(prompt: string, knowledge: readonly Known[]): readonly Known[] {
  const own = knowledge.filter(({ prompts }) => prompts.some((text) => prompt.includes(text)));
  return own.length > 0 ? own : knowledge;
}

function feedbackIn(conversation: string): string[] {
  const line = QUOTED.exec(conversation)?.[0];
  if (line === undefined) return [];
  return (JSON.parse(line) as { feedback: unknown[] }).feedback.map(String);
}

/** What small models do when they slip: talk around the JSON, and write a value in the wrong type. */
function slip(known: Readonly<Record<string, unknown>>): string {
  const wrong = Object.fromEntries(
    Object.entries(known).map(([key, value]) => [
      key,
      typeof value === 'boolean' ? 'yes' : Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return `Sure! Here is what I would say:\n${JSON.stringify(wrong)}\nLet me know if you need anything else.`;
}

function hasText(input: unknown): input is Record<string, unknown> & { text: string } {
  return isObject(input) && typeof input.text === 'string';
}
