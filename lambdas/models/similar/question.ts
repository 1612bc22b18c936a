import * as zm from 'zod/mini';
import type { SimilarPolicy } from '../../contract/steps/similar.ts';
import { digest } from '../../kit/digest.ts';
import { nearTokens } from '../../privacy/tokens.ts';
import type { Asked } from '../answer/answer.ts';
import { wireSchema } from '../wire/schema.ts';
import { withoutTokens } from './judge/facts.ts';

/* Which questions are compared at all, and with which others. */

/** A vector of more says little of what is asked: longer texts are no questions. */
const MOST_CHARACTERS = 1_200;
const LEAST_WORDS = 2;

export interface Comparable {
  /** With a kind in the place of personal data. */
  text: string;
  /** As the item has it: a text for each field, by its name. */
  own: readonly string[];
  /** What of the input has to be the same to the letter. */
  same: unknown;
}

/**
 * The texts at the top of an input are what is asked; everything else of it is a part of the question that nobody may change. Undefined
 * where it is no question of that kind.
 */
export function comparable({ input, feedback, picture }: Asked<unknown>): Comparable | undefined {
  if (feedback !== undefined || picture !== undefined) return undefined;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const fields = Object.entries(input);
  const own = fields
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, value]) => (typeof value === 'string' ? [value] : []));
  const whole = own.join('\n');
  if (whole.length > MOST_CHARACTERS || whole.trim().split(/\s+/).length < LEAST_WORDS) return undefined;
  const same = Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'string' ? kindsIn(value) : value]),
  );
  return { text: withoutTokens(whole), own, same };
}

/** Which kinds of personal data stand in a text, of which field: a question with an account number is another class of question. */
function kindsIn(text: string): string {
  const found = nearTokens(text).map(({ start, end }) => text.slice(start, end).replaceAll(/[^\p{L}]/gu, ''));
  return [...new Set(found)].sort().join(' ');
}

/** One of the automation's labels, as the step `route` answers. */
const LABEL = zm.object({ label: zm.string() });

/** Whether the step answers what its policy says that it does. */
export function answersAsDeclared({ answer }: SimilarPolicy, { schema }: Asked<unknown>): boolean {
  const asked = wireSchema(schema);
  if (answer) return digest(wireSchema(answer)) === digest(asked);
  const { properties = {} } = asked as { properties?: Record<string, { enum?: unknown }> };
  return (
    Object.keys(properties).join() === Object.keys(LABEL.shape).join() &&
    Array.isArray(properties.label?.enum)
  );
}

/** Nothing that stands for one item's value may reach another. */
export function isFit(value: unknown): boolean {
  return nearTokens(JSON.stringify(value) ?? '').length === 0;
}
