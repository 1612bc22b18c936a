import type { Cost } from './changes.ts';
import type { Templates } from './templates.ts';

/** Each secret costs the same, whosever it is; breakers are no part of a template. */
const NONE: ReadonlySet<string> = new Set();

/**
 * What an environment costs by the month while nobody works, by the same count as `npm run bench:cost`.
 * @returns a reason where a template has what that count does not know
 */
export async function costBetween(before: Templates, after: Templates): Promise<Cost | string> {
  // It brings the constructs with it.
  const { standing, total } = await import('../../bench/standing.ts');
  const of = (templates: Templates) => {
    const stacks = Object.entries(templates).map(([name, { Resources = {}, Outputs = {} }]) => ({
      ...{ name, resources: Resources, outputs: Outputs as Record<string, unknown> },
    }));
    return stacks.length === 0 ? 0 : total(standing(stacks, { all: NONE, needed: NONE, breakers: 0 }));
  };
  try {
    // What stays deployed costs on.
    return { before: of(before), after: of({ ...before, ...after }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
