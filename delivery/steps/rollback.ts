import { resolve } from 'node:path';
import { UsageError } from '../../local/usage.ts';
import { deployedLike } from '../deployed.ts';
import { changesBetween } from '../diff/changes.ts';
import { located } from '../diff/located.ts';
import { unguarded } from '../diff/losses.ts';
import { readTemplates } from '../diff/templates.ts';
import { fetchGood } from '../kept.ts';
import type { Options } from '../options.ts';
import { accountOf, inRegions, pinOf } from '../place.ts';
import {
  type Bad,
  backAt,
  type Delivered,
  type Good,
  readRecord,
  takenBack,
  writeRecord,
} from '../record.ts';
import { refuseLosses } from './check.ts';
import { deployAssembly } from './deploy.ts';
import { assemblyOf } from './opened.ts';

/**
 * Deploys a good assembly again, byte by byte as it was kept, and notes that what is deployed now was bad. What it would lose stops it:
 * then a person decides. With `--failed` it goes on only where that one is deployed: a delivery takes back itself and nothing else.
 */
export async function rollback({ config, to, failed }: Options, environment: string): Promise<void> {
  const { account, region } = await pinOf(environment, config);
  const of = { environment, account, region };
  const aws = await accountOf(of);
  const record = await readRecord(aws, environment);
  if (failed !== undefined && record.deployed !== undefined && record.deployed !== failed) {
    console.log(`nothing is taken back: ${failed} is not what is deployed in '${environment}'`);
    return;
  }
  if (failed !== undefined && record.good.some(({ digest }) => digest === failed)) {
    // Whatever rings now, it was delivered once more as it was: the version before it is no cure by itself.
    console.log(`nothing is taken back: ${failed} was good in '${environment}' before; a person decides`);
    return;
  }
  const good = chosen(record, environment, to);
  const assembly = await fetchGood(aws, good, of, resolve(`${assemblyOf(environment)}-rollback`));
  const before = located(await deployedLike(assembly, inRegions(of)), of);
  const changes = changesBetween(before, located(await readTemplates(assembly.directory), of));
  // Nobody accepted to lose what only the bad one had.
  refuseLosses({ changes: { ...changes, losses: unguarded(changes.losses) }, accepted: new Set() });
  const now = () => new Date().toISOString();
  const { deployed } = record;
  const left =
    deployed === undefined || deployed === good.digest ? record : takenBack(record, deployed, now());
  if (left !== record) await writeRecord(aws, environment, left);
  await deployAssembly(assembly.directory);
  await writeRecord(aws, environment, backAt(left, good, now()));
  console.log(`'${environment}' is back at ${(good.commit ?? '').slice(0, 12)} (${good.digest})`);
}

/** By name also one that was taken back; without a name the newest good one that is not there now. */
function chosen(
  { good: all, bad, deployed }: Delivered,
  environment: string,
  to: string | undefined,
): (Good | Bad) & { key: string } {
  const known = [...all, ...bad].filter((one) => hasKey(one));
  const found =
    to === undefined
      ? all.find(({ digest }) => digest !== deployed)
      : known.find(({ commit = '' }) => commit.startsWith(to));
  if (found) return found;
  const lines = known.map(({ commit = '', at }) => `  ${commit.slice(0, 12)}  ${at}`).join('\n');
  if (to !== undefined) throw new UsageError(`no assembly of ${to} was kept; there are:\n${lines}`);
  throw new UsageError(
    all.length === 0
      ? `no assembly of '${environment}' was ever kept as good: deploy the last good commit`
      : `what is deployed in '${environment}' is the only one that was kept as good: deploy the last good commit`,
  );
}

const hasKey = (one: Good | Bad): one is (Good | Bad) & { key: string } => one.key !== undefined;
