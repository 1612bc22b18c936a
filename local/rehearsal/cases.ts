import type { CasesReport } from '../cases/report.ts';
import type { Log } from '../state.ts';

export { type CasesReport, lines } from '../cases/report.ts';

export interface How {
  repeat: number;
  /** @default 0.50 with a model that costs money, else no limit */
  mostUsd: number | undefined;
  minutes: number;
  /** The sandbox model, also where the environment names another. */
  sandbox: boolean;
}

/**
 * Runs the cases of an automation with another prompt beside those in use.
 * @param prompts versions by step: `{ route: 'route.v2' }`, and what serves now
 * @throws UsageError for a prompt that is not there; Error of a model that cannot be used
 */
export async function casesWith(
  automation: string,
  { prompts, inUse }: Readonly<Record<'prompts' | 'inUse', Readonly<Record<string, string>>>>,
  how: How,
  log: Log,
): Promise<CasesReport> {
  // Before what logs is loaded, and what thinks, which imports Markdown.
  await import('../quiet.ts');
  await import('../markdown.ts');
  const { runCases } = await import('../cases/cases.ts');
  const all = { from: undefined, changed: undefined, names: [], least: undefined, json: false, help: false };
  return runCases({ ...all, ...how, automation, prompts, inUse, compare: true }, log);
}
