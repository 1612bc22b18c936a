import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { logger } from './telemetry.ts';

/* Every AWS client, built once and only if used: the pure marks let the bundler drop the others. */

// Without limits a connection that died while the function was frozen would hold it until its own time-out.
const options = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 6_000 } };

export const dynamo = /* @__PURE__ */ lazy(() =>
  DynamoDBDocumentClient.from(recordCalls(new DynamoDBClient(options), 'dynamodb'), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);
export const sqs = /* @__PURE__ */ lazy(() => recordCalls(new SQSClient(options), 'sqs'));
export const sfn = /* @__PURE__ */ lazy(() => recordCalls(new SFNClient(options), 'states'));
export const ses = /* @__PURE__ */ lazy(() => recordCalls(new SESv2Client(options), 'ses'));
export const events = /* @__PURE__ */ lazy(() => recordCalls(new EventBridgeClient(options), 'events'));
export const secretsManager = /* @__PURE__ */ lazy(() =>
  recordCalls(new SecretsManagerClient(options), 'secretsmanager'),
);

function lazy<T>(build: () => T): () => T {
  let built: T | undefined;
  return () => {
    built ??= build();
    return built;
  };
}

/** One debug line per AWS call: `bench:cost` prices them, the IAM test replays them against the role. */
export function logAwsCall(
  service: string,
  operation: string,
  resource: string[],
  keys: string[] = [],
  within: string[] = [],
): void {
  logger.debug('aws call', { awsCall: { service, operation, resource, keys, within } });
}

interface Recordable {
  middlewareStack: { add(middleware: never, options: { step: 'initialize'; name: string }): void };
}

function recordCalls<C extends Recordable>(client: C, service: string): C {
  const middleware =
    (next: (args: { input: object }) => Promise<unknown>, context: { commandName?: string }) =>
    (args: { input: object }) => {
      const operation = String(context.commandName).replace(/Command$/, '');
      logAwsCall(service, operation, resourcesOf(args.input), keysOf(args.input), operationsIn(args.input));
      return next(args);
    };
  client.middlewareStack.add(middleware as never, { step: 'initialize', name: 'recordCalls' });
  return client;
}

const RESOURCE_FIELDS = [
  'TableName',
  'QueueUrl',
  'QueueName',
  'SecretId',
  'stateMachineArn',
  'executionArn',
  'FromEmailAddress',
];

type Fields = Record<string, unknown>;

function resourcesOf(input: object): string[] {
  const { Entries } = input as Fields;
  const entries = Array.isArray(Entries) ? Entries.map((entry: Fields) => entry.EventBusName) : [];
  const named = partsOf(input).flatMap((part) => RESOURCE_FIELDS.map((field) => part[field]));
  return [...named, ...entries].filter((value) => typeof value === 'string');
}

/** Keys of rows, which permissions go by: only our own names, ids and hashes; any other is left empty. */
function keysOf(input: object): string[] {
  const keys = partsOf(input).map(({ Key, Item }) => (Key as Row)?.id ?? (Item as Row)?.id ?? '');
  return keys.map((key) => (/#|_[0-9a-f]{32}(?:-g\d+)?$/.test(key) ? key : ''));
}

/** What a transaction does to each of its rows: it is allowed by the permissions of these. */
function operationsIn(input: object): string[] {
  const { TransactItems } = input as Fields;
  return Array.isArray(TransactItems) ? TransactItems.flatMap(Object.keys).map((kind) => `${kind}Item`) : [];
}

type Row = { id?: string } | undefined;

function partsOf(input: object): Fields[] {
  const fields = input as Fields;
  const { TransactItems } = fields;
  return Array.isArray(TransactItems) ? (TransactItems.flatMap(Object.values) as Fields[]) : [fields];
}
