import { memoryIn } from './deployed.ts';
import { MEASURED } from './settings.ts';
import { type Given, SECTIONS, type Section } from './tables.ts';

/* The two pages of the client's file: their words are written by hand, and what lies between marks is made here. */

/** Which page has which sections. */
export const PAGES: Readonly<Record<string, readonly Section[]>> = {
  'docs/capacity.md': [
    ...(['steps', 'limits', 'keys', 'cost', 'functions', 'growth', 'sizes', 'quotas'] as const),
  ],
  'docs/maintenance.md': ['watched', 'duties'],
};

/** What renews them. */
export const RENEW = 'npm run capacity -- page';

const between = (section: Section) =>
  new RegExp(`(<!-- capacity:${section} -->\\n)[\\s\\S]*?(<!-- /capacity:${section} -->)`);

/** The page with its tables made anew. @throws Error for one that lacks the marks of a section */
export function withTables(path: string, page: string, given: Given): string {
  return (PAGES[path] ?? []).reduce((text, section) => {
    const marks = between(section);
    if (!marks.test(text)) throw new Error(`${path} has lost the marks of its section '${section}'`);
    return text.replace(marks, (_, begin, end) => `${begin}${SECTIONS[section](given)}\n${end}`);
  }, page);
}

/** Each line that is not as the templates, quotas and benches have it, with what it should be and what renews it. */
export function staleLines(path: string, page: string, given: Given): string[] {
  const [is, should] = [page, withTables(path, page, given)].map((text) => text.split('\n'));
  const most = Math.max(is?.length ?? 0, should?.length ?? 0);
  const wrong = Array.from({ length: most }, (_, at) => at).filter((at) => is?.[at] !== should?.[at]);
  return wrong.map(
    (at) => `${path}:${at + 1} says "${is?.[at] ?? ''}" and should say "${should?.[at] ?? ''}": ${RENEW}`,
  );
}

const FUNCTION = {
  ...{ alone: 'process/process', together: 'process/process', act: 'act/act', intake: 'intake/intake' },
  ...{ publish: 'record/publish', authorize: 'api/authorize' },
} as const;

/** Functions that were measured with another memory than the templates give them. */
export function measuredOtherwise({ recorded: { held }, stacks }: Given): string[] {
  return (Object.keys(FUNCTION) as (keyof typeof FUNCTION)[]).flatMap((name) => {
    const memory = memoryIn(stacks, MEASURED, FUNCTION[name]);
    return memory === held[name].memory
      ? []
      : [
          `docs/costs.md has \`${FUNCTION[name]}\` with ${held[name].memory} MB, and the template ${memory}: reckon its row anew (npm run bench:work), then ${RENEW}`,
        ];
  });
}
