import type { StepRunner } from '../../../lambdas/contract/automation.ts';
import type { HintedField, HintRules } from '../../../lambdas/contract/steps/hints.ts';
import { daysIn } from '../find.ts';
import { isDay, NUMBER } from '../shape.ts';
import type { Identified } from '../vendors.ts';
import { labelsOf, linesOf, plainOf } from './anchored.ts';

/*
 * What corrections of a vendor's bills teach: where its number and its day stand. Amounts are not among them, as sums and orders prove
 * them; nor are accounts, which are the vendor master's.
 */

/** A page that has the words in more lines does not say which of them counts. */
const MOST_PLACES = 5;
const MOST_VALUES = 40;

type Finds = (text: string) => readonly string[];
type Holds = (part: string, value: string) => boolean;

function field(find: Finds, holds: Holds): HintedField {
  const labels = (text: string, value: string) => labelsOf(text, (part) => holds(part, value));
  return {
    labelsOf: labels,
    valuesAt(text, label) {
      const lines = linesOf(text);
      const places = lines.flatMap((line, at) =>
        plainOf(line).includes(label) ? [lines.slice(at, at + 2).join('\n')] : [],
      );
      if (places.length > MOST_PLACES) return [];
      const found = places.flatMap((place) =>
        [...new Set(find(place))]
          .slice(0, MOST_VALUES)
          .filter((value) => labels(place, value).includes(label)),
      );
      return [...new Set(found)];
    },
  };
}

const numbersIn: Finds = (text) =>
  [...text.matchAll(/[A-Za-z0-9][\w/-]*/g)].map(([word]) => word).filter((word) => NUMBER.test(word));

export const HINTS: HintRules = {
  action: 'post-bill',
  group: 'vendor',
  fields: {
    // A whole word: `2026` is no part of `2026/8009`.
    number: field(numbersIn, (part, number) => numbersIn(part).includes(number)),
    issueDate: field(
      (text) => text.split('\n').flatMap(daysIn).filter(isDay),
      (part, day) => daysIn(part).includes(day),
    ),
  },
};

/** What was copied, with what stands where this vendor's bills were corrected before. Without a proven vendor, as it was copied. */
export async function corrected<Copied extends { number: string; issueDate: string }>(
  found: Copied,
  who: Identified,
  step: StepRunner,
): Promise<Copied> {
  if (!step.hinted || !who.vendor || who.doubts.length > 0) return found;
  const { number, issueDate } = found;
  return { ...found, ...(await step.hinted(who.vendor.id, { number, issueDate })) };
}
