import { METRICS } from '../lambdas/contract/metrics.ts';
import { secretName, stackName } from '../lambdas/contract/names.ts';
import { deployedAutomations, folderOf } from '../lib/automation/automation-folder.ts';
import { AutomationStack } from '../lib/automation/automation-stack.ts';
import { loadConfig } from '../lib/config.ts';
import { PlatformStack } from '../lib/platform/platform-stack.ts';
import { readAssembly, type Stack } from '../local/assembly.ts';
import { prodApp } from '../local/capacity/stacks.ts';
import { IDLE, MONTHLY, PRICES } from './prices.ts';
import { atMost, type Verdict } from './verdicts.ts';

/*
 * What an environment costs by the month while nobody works, from its templates: nothing of it is measured.
 * Each price says what it is of in `bench/prices.ts`; the free tier is not counted.
 */

const CONFIG = 'signalbox.config.ts';

/** Lambda reads a queue with five pollers at least, each by receives that wait 20 seconds. */
const EMPTY_RECEIVES = (5 * 30 * 86_400) / 20;
const MINUTES = 30 * 24 * 60;
/** How often the clocks run. */
const MINUTES_OF: Readonly<Record<string, number>> = { 'rate(1 minute)': 1, 'rate(1 hour)': 60 };
/**
 * Of the clock's runs while nothing is open, as the log of a run on AWS's own machines would say; taken high.
 */
const CLOCK_SECONDS = 0.15;
const CLOCK_LOG_BYTES = 800;
/** DynamoDB asks KMS for the key of a table that is in use every five minutes. The clock uses two tables. */
const KEY_REQUESTS = 2 * (MINUTES / 5);

export interface Line {
  what: string;
  dollars: number;
}

/** The stacks of `count` automations: of this repository as many, over and over if they are fewer. */
export async function stacksOf(count: number): Promise<Stack[]> {
  const app = await prodApp(CONFIG);
  const platform = app.node.children.find((child) => child instanceof PlatformStack);
  if (!platform) throw new Error('the application has no platform');
  const automations = await deployedAutomations(await loadConfig(CONFIG));
  const surplus = automations.slice(count).map(({ name }) => stackName('prod', name));
  for (let made = automations.length; made < count; made += 1) {
    const like = automations[made % automations.length];
    if (!like) throw new Error('there is no automation to make copies of');
    const automation = { ...like, name: `copy-${made}` };
    new AutomationStack(app, automation.name, { automation, platform, folder: folderOf(like.name) });
  }
  app.synth();
  return (await readAssembly(app.outdir)).filter(({ name }) => !surplus.includes(name));
}

/** Secrets that somebody else gives: of model endpoints, destinations and sources. Who calls them without Signalbox keeps them too. */
export interface Neighbours {
  all: ReadonlySet<string>;
  /** How many have a breaker, those without a secret too. */
  breakers: number;
  /** Of those that the first `count` automations call, as a configuration for them alone would have them. */
  needed(count: number): ReadonlySet<string>;
}

export async function neighbourSecrets(file = CONFIG): Promise<Neighbours> {
  const config = await loadConfig(file);
  const { endpoints, destinations, sources } = config;
  const automations = await deployedAutomations(config);
  const named = (all: readonly { secret?: string | undefined }[]) =>
    new Set(all.flatMap(({ secret }) => (secret ? [secretName('prod', secret)] : [])));
  const own = (all: Readonly<Record<string, object>>, name: string) =>
    [all[name] as { secret?: string } | undefined].flatMap((it) => it ?? []);
  return {
    breakers: [endpoints, destinations, sources].flatMap((of) => Object.keys(of)).length,
    all: named([endpoints, destinations, sources].flatMap((of) => Object.values(of))),
    needed: (count) =>
      named([
        // Any of them may be asked for any step.
        ...Object.values(endpoints),
        ...automations
          .slice(0, count)
          .flatMap(({ actions, lookups = {}, doors }) => [
            ...Object.values(actions).flatMap(({ destination }) => own(destinations, destination)),
            ...[...Object.values(lookups), ...Object.values(doors?.schedules ?? {})].flatMap(({ source }) =>
              own(sources, source),
            ),
          ]),
      ]),
  };
}

/** Dollars a month, by what they are for. */
/** @param needed secrets of neighbours that these automations have to have; others of the configuration are left out */
export function standing(
  stacks: readonly Stack[],
  { all, needed, breakers }: { all: ReadonlySet<string>; needed: ReadonlySet<string>; breakers: number },
): Line[] {
  const resources = stacks.flatMap((stack) => Object.values(stack.resources));
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  const alarms = of('AWS::CloudWatch::Alarm').length;
  const isTheirs = ({ Properties }: { Properties?: Record<string, unknown> | undefined }) =>
    all.has(String(Properties?.Name));
  const secrets = of('AWS::SecretsManager::Secret');
  const theirs = secrets.filter((it) => isTheirs(it) && needed.has(String(it.Properties?.Name))).length;
  const ours = secrets.filter((it) => !isTheirs(it)).length;
  // Streams have a position to start from, and Lambda reads them for nothing.
  const polled = of('AWS::Lambda::EventSourceMapping').filter(
    ({ Properties }) => !Properties?.StartingPosition,
  ).length;
  const timed = of('AWS::Events::Rule').filter(({ Properties }) => Properties?.ScheduleExpression);
  // A schedule of an automation puts a message into its queue; what its polls cost is by what they find.
  const targets = (it: (typeof timed)[number]) => JSON.stringify(it.Properties?.Targets);
  const looks = timed.filter((it) => targets(it).includes('batches')).length;
  const clocks = timed.filter((it) => !/schedule|batches/.test(targets(it)));
  const runs = clocks.reduce((sum, { Properties }) => {
    const each = MINUTES_OF[String(Properties?.ScheduleExpression)];
    if (each === undefined) throw new Error('a schedule of another rate: count it in bench/standing.ts');
    return sum + MINUTES / each;
  }, 0);
  const traced = clocks.reduce((sum, { Properties }) => {
    const targets = JSON.stringify(Properties?.Targets);
    const fn = stacks
      .flatMap((stack) => Object.entries(stack.resources))
      .find(([id, { Type }]) => Type === 'AWS::Lambda::Function' && targets.includes(`"${id}"`))?.[1];
    const { Mode } = (fn?.Properties?.TracingConfig ?? { Mode: 'Active' }) as { Mode?: string };
    const each = MINUTES_OF[String(Properties?.ScheduleExpression)] ?? 1;
    return sum + (Mode === 'Active' ? MINUTES / each : 0);
  }, 0);
  return [
    { what: `${alarms} alarms`, dollars: alarms * MONTHLY.alarm },
    { what: `${ours} secrets of ours`, dollars: ours * MONTHLY.secret },
    { what: `${theirs} secrets of neighbours`, dollars: theirs * MONTHLY.secret },
    {
      what: `empty receives of ${polled} queues`,
      dollars: polled * EMPTY_RECEIVES * PRICES['SQS request'],
    },
    { what: `the clock, ${runs} runs`, dollars: runs * clockRun(stacks.length - 1) },
    { what: 'what the clock looks at', dollars: watched(stacks, breakers) },
    { what: `traces of the clock`, dollars: traced * IDLE.trace },
    ...(looks > 0 ? [{ what: `batches of ${looks} automations`, dollars: looks * lookForBatches() }] : []),
    { what: 'keys of tables', dollars: KEY_REQUESTS * IDLE['KMS request'] },
  ];
}

/** Every quarter of an hour a run of three states and its start, with a call of its function. */
const BATCH_LOOKS = MINUTES / 15;
const TRANSITIONS = 4;

/** Without work: a row taken and let go, three lists without anything in them, and whether it is held. */
export function lookForBatches(): number {
  const rows = 5 * PRICES['DynamoDB read unit (on demand)'] + 2 * PRICES['DynamoDB write unit (on demand)'];
  const call = PRICES['Lambda request'] + 1.77 * CLOCK_SECONDS * PRICES['Lambda GB-second (arm64)'];
  return BATCH_LOOKS * (TRANSITIONS * PRICES['Step Functions transition'] + call + rows + IDLE.trace);
}

/** What batches cost an automation by the month without work: that, and the alarm on their runs. */
export const forBatches = (): number => lookForBatches() + MONTHLY.alarm;

/**
 * Each five minutes it lists the queues, twice, asks each that work waits in, and writes down that it has looked; each minute it reads a
 * row of each automation and of each neighbour, and its own.
 */
function watched(stacks: readonly Stack[], neighbours: number): number {
  const queues = stacks.flatMap(({ resources }) =>
    Object.values(resources).filter(
      ({ Type, Properties }) => Type === 'AWS::SQS::Queue' && Properties?.RedrivePolicy !== undefined,
    ),
  ).length;
  const minute = (stacks.length + 1 + neighbours / 2) * PRICES['DynamoDB read unit (on demand)'];
  const fifth = (2 + queues) * PRICES['SQS request'] + 4 * PRICES['DynamoDB write unit (on demand)'];
  return MINUTES * minute + (MINUTES / 5) * fifth;
}

/** A light function that asks the index twice, and one row for each automation. */
function clockRun(automations: number): number {
  return (
    PRICES['Lambda request'] +
    0.25 * CLOCK_SECONDS * PRICES['Lambda GB-second (arm64)'] +
    (2 + automations) * PRICES['DynamoDB read unit (on demand)'] +
    (CLOCK_LOG_BYTES / 1e9) * PRICES['CloudWatch Logs GB']
  );
}

/** Without what is there for neighbours anyhow. */
export const own = (lines: readonly Line[]): number =>
  total(lines.filter(({ what }) => !what.endsWith('of neighbours')));

export const total = (lines: readonly Line[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** With everything that the automations have declared, and with the secrets of the neighbours that they need (ADR 0115). */
export const MOST_FOR_TWO = 9;
export const MOST_FOR_EACH = 1.5;

/** Those of the stacks. */
export const withLanes = (stacks: readonly Stack[]): Stack[] =>
  stacks.filter(({ resources }) =>
    Object.values(resources).some(({ Properties }) => String(Properties?.QueueName).endsWith('-work-urgent')),
  );

/** What a second lane costs by the month. */
export const forLanes = (): number => EMPTY_RECEIVES * PRICES['SQS request'];

/** @returns how it stands to what an environment may cost. */
export async function printStanding(): Promise<Verdict[]> {
  const [stacksOfTwo, stacksOfTen] = [await stacksOf(2), await stacksOf(10)];
  const neighbours = await neighbourSecrets();
  const [two, ten] = [
    standing(stacksOfTwo, { ...neighbours, needed: neighbours.needed(2) }),
    standing(stacksOfTen, { ...neighbours, needed: neighbours.all }),
  ];
  const each = (own(ten) - own(two)) / 8;
  console.log('\n| by the month, without work | two automations | ten automations |');
  console.log('| --- | ---: | ---: |');
  for (const [index, { what, dollars }] of two.entries()) {
    const more = ten[index];
    console.log(
      `| ${what} | ${dollars.toFixed(2)} | ${more?.what === what ? '' : `${more?.what}: `}${more?.dollars.toFixed(2)} |`,
    );
  }
  console.log(`| **US$** | **${total(two).toFixed(2)}** | **${total(ten).toFixed(2)}** |`);
  console.log(`| without the secrets of neighbours | ${own(two).toFixed(2)} | ${own(ten).toFixed(2)} |`);
  const whole = own(two) + neighbours.all.size * MONTHLY.secret;
  console.log(`| with those of the whole configuration | ${whole.toFixed(2)} | ${total(ten).toFixed(2)} |`);
  const metrics = Object.keys(METRICS).length;
  console.log(
    `\nCounted from the templates of \`prod\` and this configuration, list prices, no free tier: each automation more is US$ ${each.toFixed(2)} (${((total(ten) - total(two)) / 8).toFixed(2)} with the secrets of neighbours that only it calls), and US$ ${forLanes().toFixed(2)} more where urgent items have a queue of their own, US$ ${forBatches().toFixed(2)} where low-priority items wait for batches.` +
      ` Metrics cost only in hours in which something is wrong: at most US$ ${(metrics * MONTHLY.metric).toFixed(2)} where all ${metrics} kinds of trouble come each hour.` +
      ' Storage of tables, content, logs and backups is by what is kept, and next to nothing while nothing is.',
  );
  const dollars = (value: number) => `US$ ${value.toFixed(2)}`;
  return [
    atMost('standing, a month, for two automations', total(two), MOST_FOR_TWO, dollars),
    atMost('standing, a month, for each more', each, MOST_FOR_EACH, dollars),
  ];
}
