import { join } from 'node:path';
import { stackName } from '../../lambdas/contract/names.ts';
import { BUNDLE_METADATA, type BundleSource } from '../../lib/parts/bundling.ts';
import type { Stack } from '../assembly.ts';
import { physicalIds } from '../emulator.ts';

/** A deployed function whose bundle can be made again from the sources. */
export interface LiveFunction {
  /** What the emulator calls it. */
  name: string;
  /** What the house calls it: `process`, `approve/page`. */
  title: string;
  /** Whose it is; undefined for the platform's. */
  automation: string | undefined;
  source: BundleSource;
  /** The bundle it was deployed with. */
  deployed: string;
  /** Of its environment, what is no reference. */
  variables: Readonly<Record<string, string>>;
}

/** Every function of these stacks that is deployed and says what its bundle is made of. */
export async function liveFunctions(
  endpoint: string,
  stacks: readonly Stack[],
  assembly: string,
): Promise<LiveFunction[]> {
  const found: LiveFunction[] = [];
  for (const stack of stacks) {
    const automation = stack.name.slice(stackName('local', '').length);
    const ids = await physicalIds(endpoint, stack.name).catch(() => new Map<string, string>());
    for (const [id, { Type, Metadata, Properties = {} }] of Object.entries(stack.resources)) {
      const source = Metadata?.[BUNDLE_METADATA] as BundleSource | undefined;
      const name = ids.get(id);
      if (Type !== 'AWS::Lambda::Function' || !source || !name) continue;
      const { S3Key } = Properties.Code as { S3Key: string };
      found.push({
        ...{ name, source, title: titleOf(source.entry) },
        automation: automation === 'platform' ? undefined : automation,
        deployed: join(assembly, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs'),
        variables: variablesOf(Properties),
      });
    }
  }
  return found;
}

/** `lambdas/process/process.lambda.ts` is `process`, `lambdas/approve/page.lambda.ts` is `approve/page`. */
function titleOf(entry: string): string {
  const [, room = '', file = ''] = /([\w-]+)\/([\w-]+)\.lambda\.ts$/.exec(entry) ?? [];
  return room === file ? room : `${room}/${file}`;
}

export function variablesOf(properties: Record<string, unknown>): Record<string, string> {
  const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(Variables).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

interface Pass {
  members: LiveFunction[];
  modules: Map<string, string>;
  entries: Set<string>;
}

/**
 * Functions that can be bundled in one pass, which reads every shared file once: none stands for a module in
 * two ways.
 */
export function passesOf(functions: readonly LiveFunction[]): LiveFunction[][] {
  const passes: Pass[] = [];
  for (const member of functions) {
    const { entry, modules } = member.source;
    const fits = passes.find(
      (pass) =>
        !pass.entries.has(entry) &&
        Object.entries(modules).every(([module, file]) => (pass.modules.get(module) ?? file) === file),
    );
    const pass: Pass = fits ?? { members: [], modules: new Map(), entries: new Set() };
    if (!fits) passes.push(pass);
    pass.members.push(member);
    pass.entries.add(entry);
    for (const [module, file] of Object.entries(modules)) pass.modules.set(module, file);
  }
  return passes.map(({ members }) => members);
}
