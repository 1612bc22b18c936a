import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Automation, Thresholds } from '../../lambdas/contract/automation.ts';
import { type Policies, policiesWith } from '../../lambdas/gate/policy/what-if.ts';
import { folderOf } from '../../lib/automation/automation-folder.ts';
import { UsageError } from '../errors.ts';

/**
 * The policy of the repository, and the one that is tried, with its name in words.
 * @throws UsageError for what is no automation, no gate, and no threshold
 */
export async function policiesOf(
  name: string,
  { gate: file, threshold }: { gate: string | undefined; threshold: string | undefined },
): Promise<Policies & { tried: string }> {
  const automation = await declared(name);
  const others = thresholdsIn(threshold, automation);
  const gate = file === undefined ? undefined : await gateOf(file);
  const values = Object.entries(others).map(([of, value]) => `${of} ${value}`);
  return {
    ...policiesWith(automation, others, gate),
    tried: [...(file === undefined ? [] : [file]), ...values].join(', '),
  };
}

export async function declared(name: string): Promise<Automation> {
  // The name becomes a path.
  const file = /^[a-z][a-z0-9-]{0,39}$/.test(name) ? join(folderOf(name), 'automation.ts') : '';
  if (!existsSync(file))
    throw new UsageError(
      `there is no automations/${name}/automation.ts here: run this in the repository that '${name}' is deployed from`,
    );
  const { automation } = (await import(pathToFileURL(file).href)) as { automation: Automation };
  return automation;
}

async function gateOf(file: string): Promise<Automation['gate']> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`--gate: there is no file '${file}'`);
  const module = (await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new UsageError(
      `--gate: '${file}' does not load: ${error instanceof Error ? error.message : error}`,
    );
  })) as { gate?: unknown; automation?: { gate?: unknown } };
  const gate = module.gate ?? module.automation?.gate;
  if (typeof gate === 'function') return gate as Automation['gate'];
  throw new UsageError(`--gate: '${file}' exports no function 'gate', and no 'automation' that has one`);
}

/** `amount=150,share=0.9` */
function thresholdsIn(text: string | undefined, { name, thresholds = {} }: Automation): Thresholds {
  if (text === undefined) return {};
  const known = Object.keys(thresholds);
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, of = '', digits = ''] = /^\s*([\w-]+)=(-?\d+(?:\.\d+)?)\s*$/.exec(part) ?? [];
      if (of === '')
        throw new UsageError(`--threshold must be like amount=150 or amount=150,share=0.9, got '${part}'`);
      if (!Object.hasOwn(thresholds, of))
        throw new UsageError(
          known.length > 0
            ? `--threshold: '${name}' has no threshold '${of}'; it has: ${known.join(', ')}`
            : `--threshold: '${name}' declares no 'thresholds'; try another gate with --gate`,
        );
      const { least, most } = thresholds[of] ?? { least: 0, most: 0 };
      const value = Number(digits);
      if (value < least || value > most)
        throw new UsageError(`--threshold: ${of} must be a number from ${least} to ${most}, got '${digits}'`);
      return [of, value];
    }),
  );
}
