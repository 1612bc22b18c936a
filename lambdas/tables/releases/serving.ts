import type { Serving } from '../../contract/steps/release.ts';
import type { ReleasesRow } from './releases.ts';

/** What serves each step now. */
export function servingOf(
  prompts: Readonly<Record<string, string>>,
  row: ReleasesRow | undefined,
): Record<string, Serving> {
  const { promoted = {} } = row ?? {};
  return Object.fromEntries(
    Object.entries(prompts).map(([step, declared]) => {
      const instead = Object.hasOwn(promoted, step) ? promoted[step] : undefined;
      return [step, instead?.over === declared ? plain(instead) : { prompt: declared }];
    }),
  );
}

function plain({ prompt, model }: Serving): Serving {
  return { prompt, ...(model ? { model } : {}) };
}
