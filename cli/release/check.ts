import { cutText } from '../../lambdas/kit/text.ts';
import { type CasesReport, casesWith, type How } from '../../local/rehearsal/cases.ts';
import { ROOT } from '../../local/state.ts';
import type { Client } from '../client.ts';
import type { Releases } from '../commands/release.ts';
import type { Terminal } from '../terminal.ts';

/** What the cases say of the candidate that runs, and what was done about it. */
export interface Checked {
  /** Absent: no prompt is tried, or not by itself, so there was nothing to check. */
  cases?: CasesReport;
  rolledBack: boolean;
  releases: Releases;
}

/**
 * Runs the cases of this repository with the prompt that is tried, beside those in use; where they fail, it is rolled back. A prompt
 * that nobody can judge stays what it is.
 */
export async function check(client: Client, path: string, how: How, terminal: Terminal): Promise<Checked> {
  const { data: releases } = await client.get<Releases>(path);
  const { automation, running, serving } = releases;
  // Of a model cases would say how another one does: that of whoever runs them.
  if (!running || running.candidate.model) return { rolledBack: false, releases };
  const { step, stable, candidate, id } = running;
  // Prompts and knowledge are read by their place in the repository.
  process.chdir(ROOT);
  const inUse = Object.fromEntries(Object.entries(serving).map(([of, { prompt }]) => [of, prompt]));
  const prompts = { [step]: candidate.prompt };
  const log = Object.assign((line: string) => terminal.err(line), {
    detail: (line: string) => terminal.err(line),
  });
  const cases = await casesWith(
    automation,
    { prompts, inUse: { ...inUse, [step]: stable.prompt } },
    how,
    log,
  );
  if (cases.verdict !== 'FAIL' || cases.sandbox) return { cases, rolledBack: false, releases };
  const body = JSON.stringify({ reason: whyOf(cases), ifRelease: id });
  return {
    cases,
    rolledBack: true,
    releases: (await client.post<Releases>(`${path}/rollback`, body, {})).data,
  };
}

function whyOf({ automations, model }: CasesReport): string {
  const [{ cases = [] } = {}] = automations;
  const wrong = cases.filter(({ verdict }) => verdict === 'FAIL').length;
  return cutText(`its cases fail: ${wrong} of ${cases.length} are wrong, answered by ${model}`, 300);
}
