import { namedLabel } from './brain-obey.ts';
import type { StepAnswer } from './knowledge.ts';
import { subjectWords } from './words.ts';

/** What speaks for a label, written in lower case, and how loudly. */
export type Signs = Readonly<Record<string, readonly (readonly [RegExp, number])[]>>;

/** The answer of the step `route` of an automation whose labels have these signs. */
export function routeBy(signs: Signs): StepAnswer {
  return (question) => {
    const { labels } = question.input;
    const known = isStrings(labels) && labels.some((label) => signs[label.toLowerCase()]);
    return known ? routeTo(signs, question) : undefined;
  };
}

/** The step `route` of any automation. */
export function routeTo(signs: Signs, { input, order }: Parameters<StepAnswer>[0]): ReturnType<StepAnswer> {
  const { labels, text } = input;
  if (!isStrings(labels)) return undefined;
  return { label: order ? namedLabel(labels, order) : chooseLabel(labels, text, signs) };
}

/**
 * Weighs the signs of every label. A label without signs is looked for by its own words. What nothing speaks
 * for is `other`; of equals, the first in the list wins.
 */
function chooseLabel(labels: readonly string[], text: string, signs: Signs): string {
  const lower = text.toLowerCase().replaceAll('’', "'");
  const scores = labels.map((label) => ({
    label,
    score: label === 'other' ? 0 : score(label, lower, signs),
  }));
  const best = scores.reduce((top, one) => (one.score > top.score ? one : top), { label: 'other', score: 0 });
  return labels.includes(best.label) ? best.label : (labels[0] ?? 'other');
}

function score(label: string, text: string, signs: Signs): number {
  const known = signs[label.toLowerCase()];
  if (known !== undefined)
    return known.reduce((sum, [sign, weight]) => sum + (sign.test(text) ? weight : 0), 0);
  const words = subjectWords(text);
  return [...subjectWords(label.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_]/g, ' '))].filter((w) =>
    words.has(w),
  ).length;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
