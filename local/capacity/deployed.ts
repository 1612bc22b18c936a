import type { Resource, Stack } from '../assembly.ts';
import { QUOTAS, type QuotaName } from './quotas.ts';

/* What the templates say: functions with what feeds them, and how near stacks come to the quotas of deploying. */

export interface DeployedFunction {
  /** As its folder and file are called: `act/act`. */
  name: string;
  /** In MB; a function of several automations may have more where they take documents. */
  memory: number[];
  /** Seconds. */
  timeout: number[];
  /** Whether the platform has it, and how many automations. */
  platform: boolean;
  automations: number;
  /** What feeds it, and with how much at a time. */
  fed: string[];
}

const PLATFORM = /-platform$/;
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const named = ({ Properties }: Resource) => /^\[([\w/-]+)\]/.exec(String(Properties?.Description))?.[1] ?? '';

/** Every function once, by name, with all that its stacks say of it. */
export function functionsOf(stacks: readonly Stack[]): DeployedFunction[] {
  const all = stacks.flatMap(({ name: stack, resources }) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, fn]) => ({ name: named(fn), fn, fed: feeding(resources, id), own: !PLATFORM.test(stack) })),
  );
  return [...Map.groupBy(all, ({ name }) => name)]
    .map(([name, group]) => ({
      ...{
        name,
        automations: group.filter(({ own }) => own).length,
        platform: group.some(({ own }) => !own),
      },
      memory: distinct(group.map(({ fn }) => Number(fn.Properties?.MemorySize))).sort((a, b) => a - b),
      timeout: distinct(group.map(({ fn }) => Number(fn.Properties?.Timeout))).sort((a, b) => a - b),
      fed: distinct(group.flatMap(({ fed }) => fed)).sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Queues and streams by their mappings, and schedules that name the function. */
function feeding(resources: Stack['resources'], id: string): string[] {
  const all = Object.values(resources);
  const about = (value: unknown) => JSON.stringify(value ?? '').includes(`"${id}"`);
  const mappings = all.filter(
    ({ Type, Properties }) => Type === 'AWS::Lambda::EventSourceMapping' && about(Properties?.FunctionName),
  );
  const schedules = all.flatMap(({ Type, Properties }) =>
    Type === 'AWS::Events::Rule' && Properties?.ScheduleExpression && about(Properties.Targets)
      ? [String(Properties.ScheduleExpression).replace(/^rate\(1 (\w+)\)$/, 'each $1')]
      : [],
  );
  return [...mappings.map(({ Properties = {} }) => mappingText(Properties)), ...schedules];
}

function mappingText(properties: Record<string, unknown>): string {
  const size = Number(properties.BatchSize);
  if (properties.StartingPosition) return `stream, batches of ${size}, one at a time of each shard`;
  const { MaximumConcurrency } = (properties.ScalingConfig ?? {}) as { MaximumConcurrency?: number };
  return `queue, ${MaximumConcurrency} × ${size} at a time`;
}

/** Of one kind of resource: how many an environment has, and how many more each automation brings. */
export interface Growing {
  quota: QuotaName;
  /** In the platform's stack. */
  platform: number;
  /** In the automation's stack that has the most. */
  each: number;
}

const COUNTED: readonly [QuotaName, string][] = [
  ['apiRoutes', 'AWS::ApiGatewayV2::Route'],
  ['apiIntegrations', 'AWS::ApiGatewayV2::Integration'],
  ['roles', 'AWS::IAM::Role'],
  ['eventRules', 'AWS::Events::Rule'],
  ['alarms', 'AWS::CloudWatch::Alarm'],
];

const count = ({ resources }: Stack, type: string) =>
  Object.values(resources).filter(({ Type }) => Type === type).length;

export function growing(stacks: readonly Stack[]): Growing[] {
  const platform = stacks.find(({ name }) => PLATFORM.test(name));
  if (!platform) throw new Error('the templates have no platform');
  const automations = stacks.filter((stack) => stack !== platform);
  const counted = COUNTED.map(([quota, type]) => ({
    ...{ quota, platform: count(platform, type) },
    each: Math.max(...automations.map((stack) => count(stack, type))),
  }));
  return [...counted, { quota: 'stacks', platform: 1, each: 1 }];
}

/** How many automations an account and region takes, if one environment has it to itself. */
export const roomFor = ({ quota, platform, each }: Growing): number =>
  each === 0 ? Number.POSITIVE_INFINITY : Math.floor((QUOTAS[quota].value - platform) / each);

/** How near one thing comes to what it may be at most. */
export interface Size {
  quota: QuotaName;
  where: string;
  size: number;
}

/** Characters that an ARN or a name is taken for where a template refers to one. */
const REFERENCE = 70;
/** A statement of a function's resource policy, with ids and ARNs of the usual length. */
const STATEMENT = 420;

/** The largest of each kind, over all stacks. */
export function largest(stacks: readonly Stack[]): Size[] {
  const part = (name: string) => name.split('-').slice(2).join('-');
  const each = stacks.flatMap((stack): Size[] => {
    const { resources, outputs } = stack;
    const at = part(stack.name);
    const all = Object.values(resources);
    const of = (type: string) => all.filter(({ Type }) => Type === type);
    return [
      { quota: 'stackResources', where: at, size: all.length },
      { quota: 'stackOutputs', where: at, size: Object.keys(outputs).length },
      { quota: 'templateBytes', where: at, size: JSON.stringify({ resources, outputs }, null, 1).length },
      ...policies(resources).map(
        ([role, size]): Size => ({ quota: 'rolePolicyCharacters', where: `${at}, ${role}`, size }),
      ),
      ...of('AWS::Lambda::Function').map((fn): Size => {
        const { Variables = {} } = (fn.Properties?.Environment ?? {}) as { Variables?: object };
        return { quota: 'environmentBytes', where: `${at}, ${named(fn)}`, size: lengthOf(Variables) };
      }),
      ...permitted(resources).map(
        ([fn, times]): Size => ({
          quota: 'functionPolicyBytes',
          where: `${at}, ${fn}`,
          size: times * STATEMENT,
        }),
      ),
    ];
  });
  return [...Map.groupBy(each, ({ quota }) => quota).values()].map((sizes) =>
    sizes.reduce((most, one) => (one.size > most.size ? one : most)),
  );
}

/** Characters without blanks, references taken as `REFERENCE`. */
function lengthOf(value: unknown): number {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return inner;
    const { 'Fn::Join': join, ...rest } = inner as Record<string, unknown>;
    if (Array.isArray(join)) return joined(join[1] as unknown[]);
    const [key = ''] = Object.keys(rest);
    return key === 'Ref' || key.startsWith('Fn::') ? '#'.repeat(REFERENCE) : inner;
  });
  return text.replaceAll(/\s/g, '').length;
}

/** A pseudo parameter such as the region is short: a dozen characters. */
function joined(parts: readonly unknown[]): string {
  return parts
    .map((part) =>
      typeof part === 'string' ? part : '#'.repeat(JSON.stringify(part).includes('"AWS::') ? 12 : REFERENCE),
    )
    .join('');
}

/** Characters of all inline policies, by the function whose role it is. */
function policies(resources: Stack['resources']): [string, number][] {
  const sizes = new Map<string, number>();
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    for (const role of (Properties?.Roles ?? []) as { Ref?: string }[]) {
      const fn = Object.values(resources).find(
        (it) =>
          it.Type === 'AWS::Lambda::Function' &&
          JSON.stringify(it.Properties?.Role).includes(`"${role.Ref}"`),
      );
      const name = fn ? named(fn) : 'the state machine';
      sizes.set(name, (sizes.get(name) ?? 0) + lengthOf(Properties?.PolicyDocument));
    }
  }
  return [...sizes];
}

/** How many statements each function's resource policy has. */
function permitted(resources: Stack['resources']): [string, number][] {
  const permissions = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::Permission');
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, fn]) => [
      named(fn),
      permissions.filter(({ Properties }) => JSON.stringify(Properties?.FunctionName).includes(`"${id}"`))
        .length,
    ]);
}

/** Memory of a function of one automation or of the platform, in MB. @throws Error where it has none */
export function memoryIn(stacks: readonly Stack[], automation: string, fn: string): number {
  const theirs = stacks.filter(({ name }) => name.endsWith(`-${automation}`) || PLATFORM.test(name));
  const all = theirs.flatMap(({ resources }) => Object.values(resources));
  const found = all.find((it) => it.Type === 'AWS::Lambda::Function' && named(it) === fn);
  if (!found) throw new Error(`the templates have no function '${fn}'`);
  return Number(found.Properties?.MemorySize);
}
