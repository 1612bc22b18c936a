import type { PersonalKind } from '../../contract/item/privacy.ts';

/** A value in a text; from `start` up to `end`, in UTF-16 units. */
export interface Span {
  kind: PersonalKind;
  start: number;
  end: number;
}

/** What finds values of some kinds in a text, in time proportional to it. */
export type Finder = (text: string) => Iterable<Span>;

/** A pattern that is compiled when something is first looked for: there are seventy, and few instances look. */
export type Pattern = () => RegExp;

export function pattern(source: string, flags: string): Pattern {
  let made: RegExp | undefined;
  return () => {
    made ??= new RegExp(source, flags);
    return made;
  };
}

/** Every match of a pattern that a check accepts. The group `value`, where there is one, is the value. */
export function matches(
  kind: PersonalKind,
  sought: RegExp | Pattern,
  check: (value: string) => boolean = () => true,
): Finder {
  return function* (text) {
    for (const match of text.matchAll(sought instanceof RegExp ? sought : sought())) {
      const value = match.groups?.value ?? match[0];
      const start = match.index + match[0].indexOf(value);
      if (check(value)) yield { kind, start, end: start + value.length };
    }
  };
}

/** A value's letters and digits alone. */
export function bare(value: string): string {
  return value.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase();
}

/** Whether a number is written with these lengths of groups: `4-4-4-4`. */
export function shapeOf(value: string): string {
  return [...value.matchAll(/\d+/g)].map(([group]) => group.length).join('-');
}
