import type { Automation } from '../../../lambdas/contract/automation.ts';
import { folderOf } from '../../automation/automation-folder.ts';
import { promptsIn } from '../../automation/prompts.ts';
import { type Hint, lintText } from './lint.ts';

/** A prompt of an automation's folder, with what its text alone tells. */
export interface Linted {
  step: string;
  version: string;
  text: string;
  /** Declared: what items are asked with, unless a release tries another. */
  inUse: boolean;
  hints: Hint[];
}

export function lintFolder(automation: Pick<Automation, 'name' | 'labels' | 'prompts'>): Linted[] {
  const { name, labels, prompts } = automation;
  const files = Object.entries(promptsIn(folderOf(name))).map(([version, text]) => {
    const [, step = version, number = '0'] = /^(.*)\.v(\d+)$/.exec(version) ?? [];
    return { step, version, text, number: Number(number) };
  });
  return files.map(({ step, version, text, number }) => {
    const [before] = files
      .filter((other) => other.step === step && other.number < number)
      .sort((a, b) => b.number - a.number);
    const hints = lintText(text, { before, ...(step === 'route' ? { labels } : {}) });
    return { step, version, text, inUse: prompts[step] === version, hints };
  });
}

/** For synth: hints about prompts in use. */
export function warningsAboutPrompts(automation: Automation): string[] {
  return lintFolder(automation)
    .filter(({ inUse }) => inUse)
    .flatMap(({ version, hints }) => hints.map((it) => told(`prompts/${version}.md`, it)));
}

export function told(file: string, { rule, line, says }: Hint): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${says} (${rule})`;
}
