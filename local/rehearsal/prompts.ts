import type { Automation, ModelRequest } from '../../lambdas/contract/automation.ts';
import { clock, DAY_SECONDS } from '../../lambdas/kit/clock.ts';
import { deployedAutomations } from '../../lib/automation/automation-folder.ts';
import { lintFolder } from '../../lib/checks/prompts/folder.ts';
import { type Hint, hint } from '../../lib/checks/prompts/lint.ts';
import { lintRequests } from '../../lib/checks/prompts/requests.ts';
import { wordsIn } from '../../lib/checks/prompts/sentences.ts';
import { readOptions } from '../cases/options.ts';
import type { Log } from '../state.ts';
import { UsageError } from '../usage.ts';

/** Somebody reads the prompts again each quarter. */
const QUARTER_DAYS = 92;

export interface PromptReport {
  automation: string;
  /** From the root of the repository. */
  file: string;
  version: string;
  inUse: boolean;
  words: number;
  /** Requests of its cases that were made with it, on this machine, by the sandbox model. */
  requests: number;
  hints: Hint[];
}

/** By the prompt's text: a request names the version that it came from, and a release may have put another behind it. */
export type Requests = ReadonlyMap<string, readonly ModelRequest<unknown>[]>;

/**
 * What could be better about the prompts of an automation, or of all: by their texts, and by the requests that their cases make.
 * @throws UsageError where there is no such automation
 */
export async function lintPrompts(wanted: string | undefined, log: Log): Promise<PromptReport[]> {
  // Before what logs is loaded, and what thinks, which imports Markdown.
  await import('../quiet.ts');
  await import('../markdown.ts');
  const { runCases } = await import('../cases/cases.ts');
  const { default: config } = await import('../../signalbox.config.ts');
  const all = await deployedAutomations({ omit: config.omit ?? [] });
  const automations = all.filter(({ name }) => wanted === undefined || name === wanted);
  if (automations.length === 0)
    throw new UsageError(
      `there is no automation '${wanted}'; there are ${all.map(({ name }) => name).join(', ')}`,
    );
  const requests = new Map<string, ModelRequest<unknown>[]>();
  const asked = (request: ModelRequest<unknown>) =>
    void requests.set(request.prompt.text, [...(requests.get(request.prompt.text) ?? []), request]);
  await runCases({ ...readOptions(['--sandbox', ...(wanted === undefined ? [] : [wanted])]), asked }, log);
  return automations.flatMap((automation) => reportOf(automation, requests));
}

export function reportOf(automation: Automation, requests: Requests): PromptReport[] {
  return lintFolder(automation).map(({ version, text, inUse, hints }) => {
    const made = requests.get(text) ?? [];
    return {
      ...{ automation: automation.name, file: `automations/${automation.name}/prompts/${version}.md` },
      ...{ version, inUse, words: wordsIn(text), requests: made.length },
      hints: [...hints, ...lintRequests(text, made), ...(inUse ? reviewOf(automation) : [])],
    };
  });
}

function reviewOf({ lastReviewed }: Automation): Hint[] {
  const days = Math.floor((clock.now() - Date.parse(lastReviewed)) / (DAY_SECONDS * 1000));
  if (days <= QUARTER_DAYS) return [];
  return [
    hint(
      'review',
      `nobody has read it for ${days} days: read it again, and change 'lastReviewed' in automation.ts`,
    ),
  ];
}
