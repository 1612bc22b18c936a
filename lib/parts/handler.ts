import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  type IFunction,
  type IVersion,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { HandlerName } from '../../lambdas/contract/env.ts';
import { metricsNamespace } from '../../lambdas/contract/names.ts';
import type { Foundation } from '../platform/foundation.ts';
import { alarm, FIVE_MINUTES } from './alarms.ts';
import { modulesOf, type OwnHandler } from './bundled.ts';
import { BUNDLE_METADATA, type BundleSource, bundleInto } from './bundling.ts';
import { keptWarm } from './environment.ts';
import { acknowledgeWildcard } from './permissions.ts';
import type { Provided, Use, VariableOf } from './uses.ts';

/** Megabytes for a function that nobody waits for and that only passes small things on. */
export const LIGHT = 256;
/** For one that waits for models: with ten bodies of a megabyte at once it holds 220 (docs/costs.md). */
export const THINKING = 384;
/** And for one that holds the text of ten items' documents beside that. */
export const THINKING_WITH_FILES = 1024;

/** For one that learns: a processor of its own, for seconds. */
export const LEARNING = 1769;

/** For one that draws pages and reads pictures: more of it is more of a processor, too. */
export const READING = 3008;

type Uses<H extends HandlerName> = readonly Use<VariableOf<H>>[];

/** The variables of a function's row in `lambdas/contract/env.ts` that come with no right. */
type Told<H extends HandlerName, U extends Uses<H>> = Exclude<VariableOf<H>, Provided<U>>;

export type HandlerProps<H extends HandlerName, U extends Uses<H>> = FunctionProps & {
  /** What it may use, each with the variable that tells of it. */
  uses: U;
} & ([Told<H, U>] extends [never] ? { tells?: never } : { tells: Record<Told<H, U>, string> }) &
  (H extends OwnHandler ? { folder: string } : { folder?: never });

interface FunctionProps {
  /** What the console says of it. */
  description: string;
  foundation: Foundation;
  /** @default 30 seconds */
  timeout?: Duration;
  /** @default 512 MB */
  memorySize?: number;
  /** Instances that are kept warm and billed by the hour. @default none */
  warm?: number | undefined;
  /** Concurrent executions that are kept for it, and its most. @default what the account has free */
  reserved?: number | undefined;
  /** It sends messages to its own queue here, though not everywhere. @default false */
  goesRound?: boolean;
  /** Where others know it by its name. @default CloudFormation makes one up */
  functionName?: string;
  /** A clock of each minute: its runs are not traced. @default false */
  ticks?: boolean;
  /**
   * An alarm on its crashes, where nothing else would tell soon: a request that fails is in `api/errors`, a message among the dead
   * letters, a batch of a stream among those that failed. Of a clock, also on its standing still: Lambda tells of each call whether it
   * failed, so that no word is no call. Each alarm costs by the month. @default false
   */
  watched?: boolean | 'clock';
}

/**
 * These send messages to the queue that feeds them: an item or a mail that waits goes on with a new message, for hours if need be.
 * After sixteen such turns Lambda takes that for a loop and stops it, unless it is told otherwise; ours end by themselves.
 */
const SENDS_TO_ITSELF: readonly HandlerName[] = ['process/process', 'read/read', 'act/act', 'approve/ask'];

/** What these two do not take in or send, they cannot tell of either. */
const TELLS_OF_ALARMS: readonly HandlerName[] = ['operate/alarms', 'operate/redrives'];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/* Its own log group and no other: the managed policy for this allows every log group of the account. */
function roleThatLogs(scope: Construct, name: HandlerName, logGroup: LogGroup): Role {
  const role = new Role(scope, `${name} ServiceRole`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  const reason =
    'X-Ray has no resources that a policy could name, and neither has listing the streams of DynamoDB';
  acknowledgeWildcard(role, '*', reason);
  return role;
}

/** The bundle; where none of the stack's is asked for, as in most tests, something that is there. */
function codeOf(scope: Construct, name: HandlerName, source: BundleSource): { code: Code; staged(): void } {
  if (!Stack.of(scope).bundlingRequired)
    return { code: Code.fromAsset(dirname(source.entry)), staged: () => {} };
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bundle-'));
  bundleInto(directory, name, source);
  return { code: Code.fromAsset(directory), staged: () => rmSync(directory, { recursive: true }) };
}

/** One Lambda with the defaults of the house. Its id, its file and its metrics name are the same words. */
export class Handler<H extends HandlerName, const U extends Uses<H> = Uses<H>> extends NodejsFunction {
  readonly handlerName: H;
  /** What calls go to: the function, or where instances are kept warm the alias that has them. */
  readonly invoked: IFunction;

  constructor(scope: Construct, name: H, props: HandlerProps<H, U>) {
    const { foundation, uses, tells, folder } = props;
    const source: BundleSource = {
      entry: `${ROOT}lambdas/${name}.lambda.ts`,
      modules: modulesOf(name, foundation.bundled, folder),
    };
    const logGroup = new LogGroup(scope, `${name} log`, {
      retention: foundation.config.retention.logDays as RetentionDays,
      removalPolicy: foundation.environment.removal,
    });
    const { code, staged } = codeOf(scope, name, source);
    super(scope, name, {
      description: `[${name}] ${props.description}`,
      ...(props.functionName ? { functionName: props.functionName } : {}),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memorySize ?? 512,
      ...(props.reserved ? { reservedConcurrentExecutions: props.reserved } : {}),
      ...(SENDS_TO_ITSELF.includes(name) || props.goesRound ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      // A clock that finds nothing is nothing to follow, and X-Ray would take each of its runs.
      tracing: props.ticks ? Tracing.PASS_THROUGH : Tracing.ACTIVE,
      environment: {
        ...Object.fromEntries(uses.flatMap(({ variable, value }) => (variable ? [[variable, value]] : []))),
        ...tells,
        SERVICE: name,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(foundation.environment.name),
        POWERTOOLS_LOG_LEVEL: foundation.environment.logsAwsCalls ? 'DEBUG' : 'INFO',
      },
      logGroup,
      role: roleThatLogs(scope, name, logGroup),
      code,
      handler: 'index.handler',
    });
    // The function has a copy of it.
    staged();
    this.handlerName = name;
    this.invoked = this.#invoked(keptWarm(props.warm, foundation.environment));
    for (const { grant } of uses) grant(this);
    // Paths of this machine: `npm start` makes the bundle again from them when a source changes.
    if (foundation.environment.local)
      (this.node.defaultChild as CfnResource).addMetadata(BUNDLE_METADATA, source);
    if (!props.watched) return;
    alarm(this, foundation.alarmTopics, 'function/errors', `${Stack.of(this).stackName} ${name}`, {
      metric: this.metricErrors({ period: FIVE_MINUTES }),
      threshold: 1,
      direct: TELLS_OF_ALARMS.includes(name),
      always: props.watched === 'clock',
      impact:
        props.watched === 'clock'
          ? 'a clock failed or stands still: alarms, redrives and what was parked wait for it'
          : 'a function crashed; its message comes again, and holds up others until it is handled',
    });
  }

  #invoked(warm: number): IFunction {
    if (warm === 0) return this;
    // Optional fields of CDK's own classes and interfaces differ by 'undefined'.
    const version = this.currentVersion as IVersion;
    const kept = { aliasName: 'warm', version, provisionedConcurrentExecutions: warm };
    return new Alias(this, 'warm', kept) as IFunction;
  }
}
