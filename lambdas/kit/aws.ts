import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { documents } from './dynamo/documents.ts';
import { lazy } from './lazy.ts';
import { logger, logsCalls } from './log/logger.ts';

/* Every AWS client, built once and only if used: the pure marks let the bundler drop the others. */

/*
 * What costs CPU in each call and is the same in all of them is settled once: the chain of middleware, region, credentials. A client
 * that is given none of these looks for them again and again (`npm run bench:calls`).
 */
function options() {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
  return {
    maxAttempts: 3,
    retryMode: 'standard',
    cacheMiddleware: true,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    ...(AWS_REGION ? { region: AWS_REGION } : {}),
    // In a Lambda they are in the environment, and stay the same for as long as it lives.
    ...(AWS_ACCESS_KEY_ID ? { credentials } : {}),
    // Without limits a connection that died while the function was frozen would hold it until its own time-out.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 6_000, throwOnRequestTimeout: true },
  };
}

export const dynamo = /* @__PURE__ */ lazy(() =>
  documents(lean(new DynamoDBClient({ ...options(), accountIdEndpointMode: 'disabled' }), 'dynamodb')),
);
export const sqs = /* @__PURE__ */ lazy(() => lean(new SQSClient(options()), 'sqs'));
export const sfn = /* @__PURE__ */ lazy(() => lean(new SFNClient(options()), 'states'));
export const ses = /* @__PURE__ */ lazy(() => lean(new SESv2Client(options()), 'ses'));
/** Never sends twice: a call that has no answer is not repeated, and no connection is kept over a freeze. */
export const sesOnce = /* @__PURE__ */ lazy(() => {
  const { requestHandler, ...others } = options();
  const fresh = { ...requestHandler, httpsAgent: { keepAlive: false }, httpAgent: { keepAlive: false } };
  return lean(new SESv2Client({ ...others, maxAttempts: 1, requestHandler: fresh }), 'ses');
});
export const events = /* @__PURE__ */ lazy(() => lean(new EventBridgeClient(options()), 'events'));
export const secretsManager = /* @__PURE__ */ lazy(() =>
  lean(new SecretsManagerClient(options()), 'secretsmanager'),
);

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

interface Lean {
  middlewareStack: {
    add(middleware: never, options: { step: 'initialize'; name: string }): void;
    remove(name: string): boolean;
  };
}

/** A client without what nobody reads, the SDK's user agent and its own log; its calls are told of. */
function lean<C extends Lean>(client: C, service: string): C {
  for (const name of ['getUserAgentMiddleware', 'loggerMiddleware']) client.middlewareStack.remove(name);
  const middleware =
    (next: (args: { input: object }) => Promise<unknown>, context: { commandName?: string }) =>
    (args: { input: object }) => {
      if (logsCalls()) {
        const operation = String(context.commandName).replace(/Command$/, '');
        logAwsCall(service, operation, resourcesOf(args.input), keysOf(args.input), operationsIn(args.input));
      }
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

/** Names of the configuration, as what is queried by them. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Keys of rows, which permissions go by: only our own names, ids and hashes; any other is left empty. */
function keysOf(input: object): string[] {
  const keys = partsOf(input).map(
    ({ Key, Item, KeyConditionExpression: queries, ExpressionAttributeValues: values }) =>
      (Key as Row)?.id?.S ?? (Item as Row)?.id?.S ?? (queries ? (values as Values)?.[':v0']?.S : '') ?? '',
  );
  return keys.map((key) => (/#|_[0-9a-f]{32}(?:-g\d+)?$/.test(key) || NAME.test(key) ? key : ''));
}

/** What a transaction or a batch of statements does to each row, which permissions go by; of a query, `index/` and its index. */
function operationsIn(input: object): string[] {
  const { TransactItems, IndexName, Statements } = input as Fields;
  if (typeof IndexName === 'string') return [`index/${IndexName}`];
  if (Array.isArray(Statements))
    return Statements.map(({ Statement }: StatementOf) =>
      INSERT.test(Statement) ? 'PartiQLInsert' : 'PartiQL',
    );
  return Array.isArray(TransactItems) ? TransactItems.flatMap(Object.keys).map((kind) => `${kind}Item`) : [];
}

/** The only kind of statement that there is, as `kit/dynamo/rows.ts` writes it. */
const INSERT = /^INSERT INTO "([^"]+)" /;

type StatementOf = { Statement: string };
type Row = { id?: { S?: string } } | undefined;
/** Of a query the first is its partition key. */
type Values = Record<string, { S?: string } | undefined> | undefined;

type PutsOrKeys = { PutRequest: Fields }[] | { Keys: Fields[] };

function partsOf(input: object): Fields[] {
  const fields = input as Fields;
  const { TransactItems, RequestItems, Statements } = fields;
  if (Array.isArray(TransactItems)) return TransactItems.flatMap(Object.values) as Fields[];
  if (Array.isArray(Statements))
    return Statements.map(({ Statement }: StatementOf) => ({ TableName: INSERT.exec(Statement)?.[1] }));
  if (typeof RequestItems !== 'object' || RequestItems === null) return [fields];
  return Object.entries(RequestItems).flatMap(([TableName, of]: [string, PutsOrKeys]) =>
    'Keys' in of
      ? of.Keys.map((Key) => ({ TableName, Key }))
      : of.map(({ PutRequest }) => ({ TableName, ...PutRequest })),
  );
}
