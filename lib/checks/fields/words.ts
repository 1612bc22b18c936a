import { matched } from '../../../lambdas/kit/repair/names.ts';
import { cutText } from '../../../lambdas/kit/text.ts';

/* What is said of a name or a value that is wrong. */

/** The one that is meant: by a slip of the keyboard, another spelling, or an end that is missing or too much. */
export function near(word: string, known: readonly string[]): string | undefined {
  const slip = matched([word], known, () => []).pairs.get(word);
  const [longer, ...more] = known.filter((it) => it.startsWith(word) || word.startsWith(it));
  return slip ?? (more.length === 0 ? longer : undefined);
}

/** Of a field that is none. @param known all that there are */
export function notKnown(field: string, known: readonly string[], given: object): string {
  const free = known.filter((it) => (given as Readonly<Record<string, unknown>>)[it] === undefined);
  const meant = near(field, free) ?? near(field, known);
  if (meant !== undefined) return `is not known: did you mean '${meant}'?`;
  return `is not known: there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
}

/** A value in a line: a text in quotes, of a list or an object only that it is one. */
export function told(value: unknown): string {
  if (typeof value === 'string') return `'${cutText(value.replaceAll(/\s+/g, ' '), 60)}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
