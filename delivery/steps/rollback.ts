import { resolve } from 'node:path';
import { UsageError } from '../../local/usage.ts';
import { deployedTemplates } from '../deployed.ts';
import { changesBetween } from '../diff/changes.ts';
import { located } from '../diff/located.ts';
import { unguarded } from '../diff/losses.ts';
import { readTemplates } from '../diff/templates.ts';
import { fetchGood, type Good, goodOnes } from '../kept.ts';
import type { Options } from '../options.ts';
import { accountOf, pinOf } from '../place.ts';
import { refuseLosses } from './check.ts';
import { deployAssembly } from './deploy.ts';
import { assemblyOf } from './opened.ts';

/** Deploys a good assembly again, byte by byte as it was kept. What it would lose stops it: then a person decides. */
export async function rollback({ config, to }: Options, environment: string): Promise<void> {
  const { account, region } = await pinOf(environment, config);
  const of = { environment, account, region };
  const aws = await accountOf(of);
  const good = chosen(await goodOnes(aws, environment), environment, to);
  const assembly = await fetchGood(aws, good, of, resolve(`${assemblyOf(environment)}-rollback`));
  const before = located(await deployedTemplates(aws, environment), of);
  const changes = changesBetween(before, located(await readTemplates(assembly.directory), of));
  // Nobody accepted to lose what only the bad one had.
  refuseLosses({ changes: { ...changes, losses: unguarded(changes.losses) }, accepted: new Set() });
  await deployAssembly(assembly.directory);
  console.log(
    `'${environment}' is back at ${good.commit.slice(0, 12)} (${good.digest}), good since ${good.at}`,
  );
}

function chosen(all: readonly Good[], environment: string, to: string | undefined): Good {
  const known = all.map(({ commit, at }) => `  ${commit.slice(0, 12)}  good since ${at}`).join('\n');
  const good = to === undefined ? all[0] : all.find(({ commit }) => commit.startsWith(to));
  if (good) return good;
  throw new UsageError(
    all.length === 0
      ? `no assembly of '${environment}' was ever kept as good: deploy the last good commit`
      : `no assembly of ${to} was kept; there are:\n${known}`,
  );
}
