import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ENV, HandlerName } from '../../lambdas/contract/env.ts';
import { keysFunction, urgentQueueName, workQueueName } from '../../lambdas/contract/names.ts';
import { toldAlarmsKey } from '../../lambdas/tables/keys.ts';
import type { Data } from '../platform/data.ts';
import type { Environment } from './environment.ts';
import {
  grantCall,
  grantChange,
  grantDeadLetters,
  grantEarlier,
  grantEvents,
  grantMail,
  grantMessages,
  grantQuery,
  grantQueues,
  grantRows,
  grantRuns,
  grantTable,
  type RunAction,
  sparing,
} from './permissions.ts';

/*
 * What a function uses is declared once: the variable that tells of it together with the right to it. So that
 * neither is there without the other; the compiler holds both to the function's row in
 * `lambdas/contract/env.ts`.
 */

export type VariableOf<H extends HandlerName> = (typeof ENV)[H][number];

export interface Use<V extends string> {
  /** Undefined of what a function knows by its name, and of nothing else. */
  readonly variable: V | undefined;
  readonly value: string;
  readonly grant: (fn: LambdaFunction) => void;
}

/** The variables that uses provide; of none there is none. */
export type Provided<U extends readonly Use<string>[]> = [U[number]] extends [never]
  ? never
  : U[number] extends Use<infer V>
    ? V
    : never;

const TABLES = {
  ITEM_TABLE: 'items',
  IDEMPOTENCY_TABLE: 'idempotency',
  APPROVAL_TABLE: 'approvals',
  AUDIT_TABLE: 'audit',
  CONTROL_TABLE: 'control',
  LINK_TABLE: 'links',
  SUBJECT_TABLE: 'subjects',
  RECEIPT_TABLE: 'receipts',
} as const;

type Table = Data[(typeof TABLES)[keyof typeof TABLES]];
type Operation =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  /** Adds rows, and neither changes nor deletes one. */
  | 'PartiQLInsert'
  | 'BatchWriteItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query';
type Right = (fn: LambdaFunction, table: Table) => void;

const named = (operations: Operation[]) => operations.map((it) => `dynamodb:${it}` as const);

/** In every row. */
export function every(...operations: [Operation, ...Operation[]]): Right {
  return (fn, table) => grantTable(fn, table, ...named(operations));
}

/** In the rows whose keys are like one of these. */
export function rows(keys: string[], ...operations: [Operation, ...Operation[]]): Right {
  return (fn, table) => grantRows(fn, table, keys, ...named(operations));
}

/** To change these attributes of any row, and no others. */
export function changes(attributes: readonly string[]): Right {
  return (fn, table) => grantChange(fn, table, attributes);
}

/** But not to change these attributes. */
export function spares(...attributes: string[]): Right {
  return (fn, table) => sparing(fn, table, attributes);
}

/** To tell the clock of trouble of an automation. */
export const tells = (automation: string): Right => rows([toldAlarmsKey(automation)], 'UpdateItem');
export const TELLS_OF_ALL = tells('*');

/** Where an automation needs none of what its function may need. */
export const nothing: Right = () => {};

/** To query an index. @param keys like one of which its partition key is. @default any */
export function index(name: string, keys?: string[]): Right {
  return (fn, table) => grantQuery(fn, table, name, keys);
}

export function table<V extends keyof typeof TABLES>(
  data: Data,
  variable: V,
  ...rights: [Right, ...Right[]]
): Use<V> {
  const used = data[TABLES[variable]];
  return {
    ...{ variable, value: used.tableName },
    grant: (fn) => {
      for (const right of rights) right(fn, used);
    },
  };
}

/** What stands in an environment for what is not configured, or not declared. */
export const NONE = 'none';

type SecretVariable =
  | 'CLIENTS_SECRET'
  | 'ROOT_SECRET'
  | 'SUBJECT_SECRET'
  | 'EDGE_SECRET'
  | 'SLACK_SECRET'
  | 'OIDC_SECRET';

export function secret<V extends SecretVariable>(variable: V, used: Secret | undefined): Use<V> {
  return { variable, value: used?.secretArn ?? NONE, grant: (fn) => used?.grantRead(fn) };
}

/** Keys of one purpose, from the function that makes them. */
export function keys<V extends 'FORM_KEYS' | 'CURSOR_KEYS' | 'DECISION_KEYS' | 'GATE_KEYS'>(
  variable: V,
  functionName: string,
): Use<V> {
  return { variable, value: functionName, grant: (fn) => grantCall(fn, functionName) };
}

const SHARED = { FORM_KEYS: 'approvals', CURSOR_KEYS: 'cursors', DECISION_KEYS: 'decisions' } as const;

/** Keys that several automations have to do with. */
export function sharedKeys<V extends keyof typeof SHARED>(variable: V, { name }: Environment): Use<V> {
  return keys(variable, keysFunction(name, SHARED[variable]));
}

/** What an earlier version made a secret of, and left: whether it was a stack that made it, and what is in it. */
export function earlier(name: string): Use<'EARLIER_SECRET'> {
  return { variable: 'EARLIER_SECRET', value: name, grant: (fn) => grantEarlier(fn, name) };
}

/** The destinations of an automation, as its variable lists them with their secrets. */
export function destinations(value: string, secrets: readonly Secret[]): Use<'DESTINATIONS'> {
  return { variable: 'DESTINATIONS', value, grant: (fn) => readAll(fn, secrets) };
}

/** The sources that an automation reads, as its variable lists them with their secrets. */
export function sources(value: string, secrets: readonly Secret[]): Use<'SOURCES'> {
  return { variable: 'SOURCES', value, grant: (fn) => readAll(fn, secrets) };
}

/** Known by the automation's name. @param before names of those that an earlier version made */
export function webhookSecrets(secrets: readonly Secret[], before: readonly string[]): Use<never> {
  return {
    ...{ variable: undefined, value: '' },
    grant: (fn) => {
      readAll(fn, secrets);
      for (const name of before) grantEarlier(fn, name);
    },
  };
}

export function queue<
  V extends
    | 'WORK_QUEUE_URL'
    | 'URGENT_QUEUE_URL'
    | 'READ_QUEUE_URL'
    | 'ARRIVAL_QUEUE_URL'
    | 'ACTION_QUEUE_URL'
    | 'APPROVALS_QUEUE_URL'
    | 'CALLBACK_QUEUE_URL',
>(
  variable: V,
  used: Queue | undefined,
  ...operations: ('SendMessage' | 'ChangeMessageVisibility')[]
): Use<V> {
  const actions = operations.map((it) => `sqs:${it}`);
  return { variable, value: used?.queueUrl ?? NONE, grant: (fn) => used?.grant(fn, ...actions) };
}

/** The work queues of every automation, whose names begin with the environment's. */
export function workQueues({ name }: Environment): Use<'STAGE'> {
  return {
    ...{ variable: 'STAGE', value: name },
    grant: (fn) => {
      for (const queueName of [workQueueName(name, '*'), urgentQueueName(name, '*')])
        grantQueues(fn, queueName);
    },
  };
}

/** What nobody could handle of every automation and of the platform: to look at it, move it back, and remove it. */
export function deadLetters({ name }: Environment): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantDeadLetters(fn, name) };
}

/** Where what was approved goes, of every automation: the run that asks names the queue. */
export function actionQueues({ name }: Environment): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantMessages(fn, name) };
}

/** To start runs of one state machine. */
export function starts(arn: string): Use<'STATE_MACHINE_ARN'> {
  const statement = { actions: ['states:StartExecution'], resources: [arn] };
  return {
    ...{ variable: 'STATE_MACHINE_ARN', value: arn },
    grant: (fn) => fn.addToRolePolicy(new PolicyStatement(statement)),
  };
}

export function bus(used: EventBus): Use<'EVENT_BUS'> {
  return { variable: 'EVENT_BUS', value: used.eventBusName, grant: (fn) => used.grantPutEventsTo(fn) };
}

/* Known without a variable: by the row that is worked on, or by a module of the bundle. */

/** Runs of the state machines of that name: an item's row holds its run's ARN, and a message the token. */
export function runs(machineName: string, ...actions: RunAction[]): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantRuns(fn, machineName, ...actions) };
}

/** `@bundled/settings` names the sender. */
export function mail(sender: string): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantMail(fn, sender) };
}

/** The `DESTINATIONS` variable names what these three are about. */
export function mailThrough(sender: string, configurationSet: string): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantMail(fn, sender, configurationSet) };
}

/** To call a function of another stack, and to wait for its answer. */
export function invokes(functionName: string): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantCall(fn, functionName) };
}

/** To have the commands of operators carried out. */
export function commands(used: IFunction): Use<'COMMANDS_FUNCTION'> {
  const statement = { actions: ['lambda:InvokeFunction'], resources: [used.functionArn] };
  return {
    ...{ variable: 'COMMANDS_FUNCTION', value: used.functionName },
    grant: (fn) => fn.addToRolePolicy(new PolicyStatement(statement)),
  };
}

export function busNamed(busName: string): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => grantEvents(fn, busName) };
}

/** `@bundled/endpoints` names the secrets. */
export function endpointKeys({ endpointSecrets }: Data): Use<never> {
  return { variable: undefined, value: '', grant: (fn) => readAll(fn, Object.values(endpointSecrets)) };
}

function readAll(fn: LambdaFunction, secrets: readonly Secret[]): void {
  for (const used of new Set(secrets)) used.grantRead(fn);
}
