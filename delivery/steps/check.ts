import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Aws } from '../../cli/aws.ts';
import { acceptedIn } from '../accepted.ts';
import type { Assembly } from '../assembly.ts';
import { cdk, NOBODY, withCopy } from '../cdk.ts';
import { deployedLike, importersOf } from '../deployed.ts';
import { type Changes, changesBetween, refused } from '../diff/changes.ts';
import { costBetween } from '../diff/cost.ts';
import { located } from '../diff/located.ts';
import { report } from '../diff/report.ts';
import { readTemplates, stackFiles, type Templates } from '../diff/templates.ts';
import type { Options } from '../options.ts';
import { accountOf, inRegions } from '../place.ts';
import { readRecord } from '../record.ts';
import { opened } from './opened.ts';

/** Prints what an assembly would do. */
export async function diff(options: Options, environment: string): Promise<void> {
  console.log(await told(await compared(options, environment)));
}

/** The same. @throws Error where something would be lost that no commit accepts */
export async function check(options: Options, environment: string): Promise<void> {
  const found = await compared(options, environment);
  console.log(await told(found));
  refuseLosses(found);
}

export interface Compared {
  assembly: Assembly;
  before: Templates;
  after: Templates;
  changes: Changes;
  accepted: ReadonlySet<string>;
  /** The assembly that it is compared with; what is deployed where there is none. */
  directory?: string;
}

async function compared(options: Options, environment: string): Promise<Compared> {
  const assembly = await opened(options, environment);
  if (options.before === undefined) return comparedWithDeployed(assembly, await accountOf(assembly.manifest));
  const directory = resolve(options.before);
  const place = assembly.manifest;
  const before = located(await readTemplates(directory), place);
  const after = located(await readTemplates(assembly.directory), place);
  const from = await commitIn(directory);
  const accepted = await acceptedIn('.', from, assembly.manifest.commit);
  return { assembly, before, after, changes: changesBetween(before, after), accepted, directory };
}

/** What a deployment now would do. */
export async function comparedWithDeployed(assembly: Assembly, aws: Aws): Promise<Compared> {
  const { environment, commit } = assembly.manifest;
  const after = located(await readTemplates(assembly.directory), assembly.manifest);
  const before = located(await deployedLike(assembly, inRegions(assembly.manifest)), assembly.manifest);
  const [good] = (await readRecord(aws, environment)).good;
  const accepted = await acceptedIn('.', good?.commit, commit);
  const changes = changesBetween(before, after, await importersOf(aws, before, after));
  return { assembly, before, after, changes, accepted };
}

/** @throws Error that names each, and says what to do */
export function refuseLosses({ changes, accepted }: Pick<Compared, 'changes' | 'accepted'>): void {
  const open = refused(changes, accepted);
  if (open.length === 0) return;
  const lines = open.flatMap(({ says, todo }) => [`  ${says}`, `    ${todo}`]);
  throw new Error(`refused, before anything was changed:\n${lines.join('\n')}`);
}

async function told({ assembly, before, after, changes, accepted, directory }: Compared): Promise<string> {
  const { environment } = assembly.manifest;
  const cost = await costBetween(before, after);
  const said = await cdkDiff(assembly.directory, directory);
  return report({ environment, changes, accepted, cost, diff: said });
}

/** What the CDK says: of each stack by itself, where it is held against a template and not against an account. */
export async function cdkDiff(directory: string, before: string | undefined): Promise<string> {
  return withCopy(directory, async (copy, cwd) => {
    if (before === undefined) return (await cdk(['diff', '--app', copy], { quiet: true, cwd })).report;
    const known = await readdir(before);
    const reports: string[] = [];
    for (const { stack, file } of await stackFiles(copy)) {
      if (!known.includes(file)) continue;
      // Alone: with the stacks that it depends on the CDK takes no template.
      const args = ['diff', stack, '--exclusively', '--app', copy, '--template', join(before, file)];
      reports.push((await cdk([...args, '--no-change-set'], { quiet: true, cwd, env: NOBODY })).report);
    }
    return reports.join('\n');
  });
}

async function commitIn(directory: string): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(join(directory, 'delivery.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { commit?: string }).commit;
}
