import type { Automation } from '../../lambdas/contract/automation.ts';
import { DEFAULT_LIMITS } from '../../lambdas/contract/client-limits.ts';
import { deployedAutomations } from '../../lib/automation/automation-folder.ts';
import { loadConfig, type ResolvedConfig } from '../../lib/config.ts';
import type { Resource, Stack } from '../assembly.ts';

/* What a configuration and its templates set that bounds how much goes through. */

/** The line that the benches measured, and that carries all the work where capacity is reckoned. */
export const MEASURED = 'refund-request';

export interface Settings {
  /** Of the API's stage, a second. */
  apiPerSecond: number;
  clientPerSecond: number;
  clientPerDay: number;
  /** Items in work at once: batches of a queue's mapping × items of a batch. */
  thinking: number;
  acting: number;
  /** Items of a batch of the work queue. */
  batch: number;
  requestsPerMinute: number;
  tokensPerMinute: number;
  budgetUsd: number;
  mailsPerSecond: number;
  approvers: number;
  /** Concurrent executions that are kept for pages of people. */
  reserved: number;
}

const resources = (stacks: readonly Stack[], type: string): Resource[] =>
  stacks.flatMap(({ resources: all }) => Object.values(all).filter(({ Type }) => Type === type));

/** Of the function whose description begins with its name. */
function mappingsTo(stacks: readonly Stack[], fn: string, queue: string): Resource[] {
  return stacks.flatMap(({ resources: all }) => {
    const ids = Object.entries(all).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function' && String(Properties?.Description).startsWith(`[${fn}]`) ? [id] : [],
    );
    return Object.values(all).filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::EventSourceMapping' &&
        ids.some((id) => JSON.stringify(Properties?.FunctionName).includes(`"${id}"`)) &&
        JSON.stringify(Properties?.EventSourceArn).includes(`"${queue}`),
    );
  });
}

/** @returns batches at a time, and items of a batch */
function batchesOf(stacks: readonly Stack[], fn: string, queue: string): [number, number] {
  const [mapping] = mappingsTo(stacks, fn, queue);
  const { ScalingConfig, BatchSize } = mapping?.Properties ?? {};
  const most = (ScalingConfig as { MaximumConcurrency?: number } | undefined)?.MaximumConcurrency;
  if (most === undefined || typeof BatchSize !== 'number')
    throw new Error(`the templates have no queue '${queue}' that feeds '${fn}' with a bound`);
  return [most, BatchSize];
}

/** How many people one question goes to. @throws Error for an automation without approvers */
function approversOf({ approval }: Pick<Automation, 'approval'>, config: ResolvedConfig): number {
  const members = config.approverGroups[approval.group];
  if (!members) throw new Error(`the configuration has no approver group '${approval.group}'`);
  return members.length;
}

/** @param stacks synthesised from the same configuration */
export async function settingsOf(stacks: readonly Stack[], file: string): Promise<Settings> {
  const config = await loadConfig(file);
  const automation = (await deployedAutomations(config)).find(({ name }) => name === MEASURED);
  if (!automation) throw new Error(`'${MEASURED}' is not deployed: it is the line that was measured`);
  const own = stacks.filter(({ name }) => name.endsWith(`-${MEASURED}`));
  const [thinkers, batch] = batchesOf(own, 'process/process', 'work');
  const [actors, actions] = batchesOf(own, 'act/act', 'actions');
  const [stage] = resources(stacks, 'AWS::ApiGatewayV2::Stage');
  const { ThrottlingRateLimit = 0 } = (stage?.Properties?.DefaultRouteSettings ?? {}) as Record<
    string,
    number
  >;
  // Without a limit nobody is paced: then the server is, and not known here.
  const least = (of: 'requestsPerMinute' | 'tokensPerMinute') =>
    Math.min(...Object.values(config.endpoints).map((it) => it[of] ?? Number.POSITIVE_INFINITY));
  return {
    apiPerSecond: ThrottlingRateLimit,
    clientPerSecond: DEFAULT_LIMITS.rate.perSecond,
    clientPerDay: DEFAULT_LIMITS.quota.perDay,
    thinking: thinkers * batch,
    acting: actors * actions,
    batch,
    requestsPerMinute: least('requestsPerMinute'),
    tokensPerMinute: least('tokensPerMinute'),
    budgetUsd: automation.budget.perDayUsd,
    mailsPerSecond: config.mail.perSecond,
    approvers: approversOf(automation, config),
    reserved: resources(stacks, 'AWS::Lambda::Function').reduce(
      (sum, { Properties }) => sum + Number(Properties?.ReservedConcurrentExecutions ?? 0),
      0,
    ),
  };
}
