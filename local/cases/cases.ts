import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Automation, Implementation, Prompt } from '../../lambdas/contract/automation.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import { deployedAutomations } from '../../lib/automation/automation-folder.ts';
import type { Log } from '../state.ts';
import { UsageError } from '../usage.ts';
import { type Changed, changedSince } from './changed.ts';
import { collectionsOf } from './knowledge.ts';
import { policyOf, readCases } from './lines.ts';
import { type Model, openModel } from './model.ts';
import type { CasesOptions } from './options.ts';
import type { CasesReport, SuiteReport } from './report.ts';
import { type Means, runSuite, type Suite } from './run.ts';
import { isTaught } from './taught.ts';
import { against, worstOf } from './verdict.ts';

/** What a real model may cost where nobody says. */
export const MOST_USD = 0.5;

/** Runs what was asked for. @throws UsageError of what cannot be run; Error of a model server that cannot be used */
export async function runCases(options: CasesOptions, log: Log): Promise<CasesReport> {
  // All of it is read first: a typing error costs no money.
  const { automation: wanted, names } = options;
  const changed = options.changed === undefined ? undefined : changedSince(options.changed);
  const automations = (await automationsOf(options)).filter(
    ({ name }) => !changed || changed.all || changed.names.has(name),
  );
  if (changed && automations.length === 0) log(`no automation changed since ${options.changed}`);
  const suites = (
    await Promise.all(
      automations.map(async (it) => [
        await suiteOf(it, options),
        ...(await Promise.all(
          candidatesOf(it, changed).map((prompts) => suiteOf(it, { ...options, prompts, compare: true })),
        )),
      ]),
    )
  ).flat();
  const unknown = names.filter((name) => !suites.some(({ cases }) => cases.some((it) => it.name === name)));
  if (unknown.length > 0) throw new UsageError(`no case is named '${unknown.join("' or '")}'`);
  const model = await openModel(log, { sandbox: options.sandbox });
  try {
    const mostUsd = options.mostUsd ?? (model.real ? MOST_USD : Number.POSITIVE_INFINITY);
    const means: Means = {
      repeat: options.repeat,
      leftUsd: mostUsd,
      deadline: clock.now() + options.minutes * 60_000,
    };
    const reports: SuiteReport[] = [];
    for (const suite of suites) {
      // A filter leaves some without any; what was changed without any is not known to be right.
      const may = names.length > 0 || (wanted === undefined && !changed?.names.has(suite.automation.name));
      if (suite.cases.length === 0 && may) continue;
      reports.push(await reportOf(suite, means, { options, model, log }));
    }
    return {
      // Where nothing changed, nothing is to be proven.
      verdict: changed && suites.length === 0 ? 'PASS' : worstOf(reports.map(({ verdict }) => verdict)),
      ...{ model: model.name, ...(model.real ? {} : { sandbox: true as const }), repeat: options.repeat },
      costUsd: rounded(reports.reduce((sum, { costUsd }) => sum + costUsd, 0)),
      ...(Number.isFinite(mostUsd) ? { mostUsd } : {}),
      automations: reports,
    };
  } finally {
    await model.close();
  }
}

async function automationsOf({ automation: wanted }: CasesOptions): Promise<Automation[]> {
  const { default: config } = await import('../../signalbox.config.ts');
  const all = await deployedAutomations({ omit: config.omit ?? [] });
  if (wanted === undefined) return all;
  const found = all.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  throw new UsageError(
    `there is no automation '${wanted}'; there are ${all.map(({ name }) => name).join(', ')}`,
  );
}

/** Versions that a branch brings beside those in use: each is tried before anything of it is deployed. */
function candidatesOf({ name, prompts }: Automation, changed: Changed | undefined): Record<string, string>[] {
  return (changed?.prompts.get(name) ?? [])
    .filter(({ step, version }) => Object.hasOwn(prompts, step) && prompts[step] !== version)
    .filter(({ version }) => existsSync(`automations/${name}/prompts/${version}.md`))
    .map(({ step, version }) => ({ [step]: version }));
}

interface Tried extends Suite {
  /** Beside the prompts in use, to be no worse. */
  compare: boolean;
  inUse: Record<string, Prompt>;
}

async function suiteOf(automation: Automation, options: CasesOptions): Promise<Tried> {
  const { name } = automation;
  const module: { implementation: Implementation } = await import(
    pathToFileURL(`automations/${name}/evaluate.ts`).href
  );
  const cases = readCases(automation, options.from);
  return {
    ...{ automation, implementation: module.implementation, policy: await policyOf(automation) },
    open: collectionsOf(automation),
    cases: cases.filter((it) => options.names.length === 0 || options.names.includes(it.name)),
    prompts: promptsOf(automation, { ...options.inUse, ...options.prompts }),
    inUse: promptsOf(automation, options.inUse ?? {}),
    ...{ taught: isTaught(name), compare: options.compare, asked: options.asked },
  };
}

/** @throws UsageError where the automation has no such step, or its folder no such prompt */
export function promptsOf(
  { name, prompts }: Pick<Automation, 'name' | 'prompts'>,
  wanted: CasesOptions['prompts'],
  folder = `automations/${name}/prompts`,
): Record<string, Prompt> {
  return Object.fromEntries(
    Object.entries(wanted).map(([step, version]) => {
      if (!Object.hasOwn(prompts, step))
        throw new UsageError(`${name} has no step '${step}'; it has ${Object.keys(prompts).join(', ')}`);
      const file = `${version}.md`;
      const files = readdirSync(folder);
      if (!files.includes(file))
        throw new UsageError(`there is no ${folder}/${file}; there are ${files.join(', ')}`);
      return [step, { version, text: readFileSync(`${folder}/${file}`, 'utf8') }];
    }),
  );
}

interface Around {
  options: CasesOptions;
  model: Model;
  log: Log;
}

async function reportOf(suite: Tried, means: Means, around: Around): Promise<SuiteReport> {
  const { automation, policy, prompts, cases } = suite;
  const { options, model, log } = around;
  const run = (which: Suite, what: string) => {
    log(`${automation.name}: ${cases.length} ${cases.length === 1 ? 'case' : 'cases'}${what} ...`);
    return runSuite(which, means, model, (done, of) =>
      log.detail?.(`${automation.name}: ${done} of ${of}${what}`),
    );
  };
  const tried = Object.values(prompts).map(({ version }) => version);
  const result = await run(suite, tried.length > 0 ? ` with ${tried.join(', ')}` : '');
  const before = suite.compare
    ? await run({ ...suite, prompts: suite.inUse }, ' with the prompts in use')
    : undefined;
  const least = options.least ?? policy.least ?? 1;
  const bar = before?.spread ?? { least, most: least };
  const versions = Object.fromEntries(Object.entries(prompts).map(([step, { version }]) => [step, version]));
  const found = against(bar, result.spread);
  // It answers by what automations tell it, whatever a prompt says.
  const blind = tried.length > 0 && !model.real && found === 'PASS';
  const why = cases.length === 0 ? 'it has no cases' : blind ? BLIND : undefined;
  const verdict = why === undefined ? found : 'INCONCLUSIVE';
  return {
    automation: automation.name,
    verdict,
    prompts: { ...automation.prompts, ...versions },
    ...(before ? { inUse: before.spread } : { least }),
    ...{ share: result.spread, costUsd: rounded(result.costUsd + (before?.costUsd ?? 0)) },
    ...(why === undefined ? {} : { why }),
    cases: result.cases,
  };
}

export const BLIND =
  'the sandbox model does not read prompts, so it cannot tell a good one from a bad one: set OPENAI_API_KEY';

/** Sums of binary fractions have tails. */
const rounded = (usd: number) => Number(usd.toFixed(6));
