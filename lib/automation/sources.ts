import type { Stack } from 'aws-cdk-lib';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Source } from '../../lambdas/contract/outside/source.ts';
import { neighbourKey } from '../../lambdas/tables/keys.ts';
import { sources, type Use } from '../parts/uses.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';

export interface AskedSources {
  /** The variable that lists them, and the right to their secrets. */
  use: Use<'SOURCES'>;
  /** Keys of their breakers' rows. */
  breakers: string[];
}

/** The sources that a function of the automation asks: only those, so that the secret of another one is out of its reach. */
export function sourcesOf(
  stack: Stack,
  { foundation, data }: PlatformStack,
  { name: automation }: Pick<Automation, 'name'>,
  asks: readonly { source: string }[],
): AskedSources {
  const names = [...new Set(asks.map(({ source }) => source))];
  const known = names.map((name): [string, Source] => {
    const configured = foundation.config.sources[name];
    if (!configured)
      throw new Error(`'${automation}' asks '${name}', which is not in 'sources' of the configuration`);
    const { secret: _, ...source } = configured;
    const held = data.sourceSecrets[name];
    return [name, { kind: 'source', name, ...source, ...(held ? { secretId: held.secretArn } : {}) }];
  });
  const secrets = names.flatMap((name) => data.sourceSecrets[name] ?? []);
  return {
    use: sources(stack.toJsonString(Object.fromEntries(known)), secrets),
    breakers: names.map((name) => neighbourKey('source', name)),
  };
}
