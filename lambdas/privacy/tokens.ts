import { PERSONAL_KINDS, type Token, type TokenBook } from '../contract/item/privacy.ts';
import { lazy } from '../kit/lazy.ts';

/*
 * What a token looks like, and how values come back. Only a token to the letter is put back: what a model has split, written in another
 * way or invented is told by `hasStrangers`, and a person is asked.
 */

/** Written by whoever sent the item, what only looks like a token. */
export const LOOKALIKE = 'TEXT';

const KINDS = [...PERSONAL_KINDS.map((kind) => kind.toUpperCase()), LOOKALIKE].join('|');

const token = lazy(() => new RegExp(`\\[(?:${KINDS})_[1-9]\\d{0,6}\\]`, 'g'));

/* In square brackets a kind alone is one, as the way out writes it; elsewhere it is a word, and only its number makes it one. */
const NUMBERED = `(?:${KINDS})(?:\\s|_|-|\\\\){1,4}\\d{1,7}`;
const nearly = lazy(
  () =>
    new RegExp(
      `[[\\uFF3B]\\s{0,3}(?:${NUMBERED}|${KINDS})\\s{0,3}[\\]\\uFF3D]|[({<]\\s{0,3}${NUMBERED}\\s{0,3}[)}>]|(?<![\\p{L}\\p{N}])(?:${KINDS})_\\d{1,7}(?!\\p{N})`,
      'giu',
    ),
);

export function nameOf({ kind, number }: Pick<Token, 'kind' | 'number'>): string {
  return `[${kind}_${number}]`;
}

/** All that is a token, or may be taken for one. */
export function nearTokens(text: string): { start: number; end: number }[] {
  return [...text.matchAll(nearly())].map(({ 0: match, index: start }) => ({
    start,
    end: start + match.length,
  }));
}

/**
 * A value with every text and number in it changed, and the names of fields too.
 * @param under the name of the field that it is the value of, or among the values of
 */
export function mapValues(
  value: unknown,
  change: (one: string | number, under: string) => unknown,
  changeName: (name: string) => unknown = (name) => change(name, ''),
  under = '',
): unknown {
  if (typeof value === 'string' || typeof value === 'number') return change(value, under);
  if (Array.isArray(value)) return value.map((one) => mapValues(one, change, changeName, under));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      String(changeName(name)),
      mapValues(one, change, changeName, name),
    ]),
  );
}

/** Puts every value back. A text that is one token becomes its value, and a number where it was one. */
export function putBack<T>(value: T, { tokens }: Pick<TokenBook, 'tokens'>): T {
  if (tokens.length === 0) return value;
  const values = new Map(tokens.map((token) => [nameOf(token), token.value]));
  return mapValues(value, (one) => {
    if (typeof one === 'number') return one;
    return values.get(one) ?? one.replaceAll(token(), (name) => String(values.get(name) ?? name));
  }) as T;
}

/** Whether a value holds a token that stands for nothing, or what was one before a model changed it. */
export function hasStrangers(value: unknown, { tokens }: Pick<TokenBook, 'tokens'>): boolean {
  const names = new Set(tokens.map(nameOf));
  let found = false;
  mapValues(value, (one) => {
    if (typeof one === 'string')
      found ||= nearTokens(one).some(({ start, end }) => !names.has(one.slice(start, end)));
    return one;
  });
  return found;
}
