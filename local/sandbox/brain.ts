import { diagnose, type Rule } from './brain-diagnose.ts';
import { feedbackIn, reconsider } from './brain-feedback.ts';
import { namedLabel, obeyDiagnose, obeyPick, obeySchema, orderIn } from './brain-obey.ts';
import { type Passage, pickPassages } from './brain-reply.ts';
import { chooseLabel } from './brain-route.ts';
import { answersSchema, isObject, smallestAnswer } from './brain-schema.ts';

/**
 * The thinking of the sandbox model: rules of thumb, no model. The same question gets the same answer on every machine, so
 * that samples, examples and tests can say what must come out. It knows the steps `route`, `reply` and `diagnose`; any other
 * step gets the smallest answer that its schema allows, so that a new automation runs before anybody teaches it anything.
 */
export interface Question {
  step: string;
  /** JSON Schema of the answer, when the request gave one. */
  schema: unknown;
  input: unknown;
  /** True when the first answer was sent back for repair. */
  repaired: boolean;
  /** Every message of the conversation: a reviewer's remarks stand in it. */
  prompt?: string;
  /** True to do what the text orders, as a model without any guard would. */
  obedient: boolean;
}

/** Items with this phrase show the repair path: the first answer of a thinking step does not fit its schema. */
const SLIPS = /\bas discussed\b/i;

/** The content of the answering message: JSON that fits the schema, but for the slip that is asked for. */
export function answer(question: Question): string {
  const known = think(question);
  if (known === undefined || !answersSchema(known, question.schema)) {
    return JSON.stringify(question.schema === undefined ? {} : smallestAnswer(question.schema));
  }
  const text = isObject(question.input) ? String(question.input.text ?? '') : '';
  if (question.step !== 'route' && !question.repaired && SLIPS.test(text)) return slip(known);
  return JSON.stringify(known);
}

function think({
  step,
  input,
  obedient,
  schema,
  prompt = '',
}: Question): Record<string, unknown> | undefined {
  if (!isObject(input) || typeof input.text !== 'string') return undefined;
  const text = input.text;
  const order = obedient ? orderIn(text) : undefined;
  if (step === 'route' && isStrings(input.labels)) {
    return { label: order ? namedLabel(input.labels, order) : chooseLabel(input.labels, text) };
  }
  if (step === 'reply' && isListOf<Passage>(input.passages, 'id')) {
    return order ? obeyPick(order, input.passages) : pickPassages(text, input.passages);
  }
  if (step === 'diagnose' && isListOf<Rule>(input.policy, 'rule')) {
    const claim = { label: String(input.label), amount: String(input.amount), text, policy: input.policy };
    if (order) return obeyDiagnose(claim.amount, text, input.policy);
    const feedback = feedbackIn(prompt);
    return feedback.length === 0 ? diagnose(claim) : reconsider(diagnose(claim), claim, feedback);
  }
  const obeyed = order ? obeySchema(schema, order) : undefined;
  return isObject(obeyed) ? obeyed : undefined;
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

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isListOf<T extends { text: string }>(
  value: unknown,
  name: Exclude<keyof T, 'text'> & string,
): value is T[] {
  return (
    Array.isArray(value) &&
    value.every((one) => isObject(one) && typeof one.text === 'string' && typeof one[name] === 'string')
  );
}
