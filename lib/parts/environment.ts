import { RemovalPolicy } from 'aws-cdk-lib';
import { EMULATED, type Pin } from '../environment-config.ts';

/** What differs between environments (`--context stage=prod`); all else is the same, and a test says so. */
export interface Environment {
  name: string;
  /** Tables, bucket and secrets outlive their stack where losing them would be an accident. */
  removal: RemovalPolicy;
  /**
   * The same for what has a fixed name: a first deploy that failed must not leave it behind, or no second one
   * could make it.
   */
  named: RemovalPolicy;
  /** Tables and stacks that not even an administrator's slip can delete. */
  protected: boolean;
  /** On the local engine: `local`, and what is pinned to an account that AWS gives to nobody. */
  local: boolean;
  /** Every call to AWS is in the log (`--context awsCalls=1`): the IAM test replays them, benches count them. */
  logsAwsCalls: boolean;
}

/**
 * @param pinned account and region of it, where the configuration has them
 * @throws Error for a name that could not be part of a resource name
 */
export function environmentOf(name: unknown, awsCalls?: unknown, pinned?: Pin): Environment {
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]{0,9}$/.test(name)) {
    throw new Error(
      `context 'stage' must be 1 to 10 lower-case letters or digits, such as dev or prod, got '${name}'`,
    );
  }
  return {
    name,
    removal: name === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    named: name === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    protected: name === 'prod',
    local: name === 'local' || pinned?.account === EMULATED,
    logsAwsCalls: awsCalls === '1',
  };
}

/**
 * What the `local` environment leaves out because the emulator lacks it. A test holds all others to be
 * complete.
 * - SQS mappings, and those of streams with a batching window or a filter of values, are deployed disabled: `local/event-sources.ts` polls in their
 *   place, with the faults that tests want.
 */
export function pollsByItself(environment: Environment): boolean {
  return !environment.local;
}

/**
 * Concurrent executions of the account that are kept for each page of people: a flood of posts may take all
 * others. Other accounts than those of production may have too few to keep any, and the emulator keeps none.
 */
export function reservedForPeople(wanted: number | undefined, { name, local }: Environment): number {
  return local ? 0 : (wanted ?? (name === 'prod' ? 10 : 0));
}

/** Whether SES receives mails: the emulator has no receipt rules, and `POST <inboundMailUrl>` stands for it. */
export function receivesMail({ local }: Environment): boolean {
  return !local;
}

/** Instances that are kept warm: the emulator would start none for them, and has no cold ones to wait for. */
export function keptWarm(wanted: number | undefined, { local }: Environment): number {
  return local ? 0 : (wanted ?? 0);
}

/**
 * Whether the archive of the audit is locked against everybody: elsewhere than in production it is to be
 * taken down with the rest, unless it is said to be kept.
 */
export function locksArchive({ name, local }: Environment, wanted: boolean): boolean {
  return name === 'prod' || (wanted && !local);
}
