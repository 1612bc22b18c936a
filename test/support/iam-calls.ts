import { ACCOUNT_ID, simulated } from './iam.ts';

/* What a function's own debug lines say that it called, as IAM sees it: action, resource, key of the row. */

export interface AwsCall {
  service: string;
  operation: string;
  resource: string[];
  /** Of the rows in shared tables, one per resource; empty where there is none. */
  keys: string[];
  /** What a transaction or a batch of statements does to each row; the index of a query. */
  within?: string[];
}

/** `key`: several where one call reads or writes as many rows, which one statement then has to allow. */
export type Asked = [action: string, resource: string, key?: string | string[] | undefined];

/** IAM action, resource and, of a table, the row's key of a call, from what the client was given. */
export function permissionsOf(
  { service, operation, resource, keys, within = [] }: AwsCall,
  stateMachine: string,
): Asked[] {
  const arn = (name: string) => `arn:aws:${service}:us-east-1:${ACCOUNT_ID}:${name}`;
  switch (service) {
    case 'dynamodb': {
      if (operation.startsWith('Batch')) {
        const rows = Map.groupBy(resource.keys(), (index) => resource[index] ?? '');
        return [...rows].map(([table, of]) => [
          `dynamodb:${within[of[0] ?? 0] ?? operation}`,
          arn(`table/${table}`),
          of.map((index) => keys[index] ?? ''),
        ]);
      }
      const tables = resource.map((table) => arn(`table/${table}`));
      if (operation === 'Query')
        return tables.map((table, index) => [
          'dynamodb:Query',
          within[index]?.startsWith('index/') ? `${table}/${within[index]}` : queried(table),
          keys[index],
        ]);
      return tables.map((table, index) => [`dynamodb:${within[index] ?? operation}`, table, keys[index]]);
    }
    case 's3':
      // A list is of the bucket, whatever its keys begin with.
      return resource.map((key) => [
        `s3:${operation}`,
        `arn:aws:s3:::${operation === 'ListBucket' ? key.split('/')[0] : key}`,
      ]);
    case 'sqs':
      // Neither a list nor a metric has a resource.
      if (operation === 'ListQueues') return [['sqs:ListQueues', '*']];
      // Several messages in one call are allowed by the right to one.
      return resource.map((url) => [
        `sqs:${operation.replace(/Batch$/, '')}`,
        arn(url.split('/').at(-1) ?? ''),
      ]);
    case 'secretsmanager':
      // One that may not be there is asked for by its name, and allowed by it then.
      return resource.flatMap((id): [string, string][] => [
        [`secretsmanager:${operation}`, id.startsWith('arn:') ? id : secretArn(id)],
        ...(operation === 'DescribeSecret' && !id.startsWith('arn:')
          ? [[`secretsmanager:${operation}`, bareArn(id)] as [string, string]]
          : []),
      ]);
    case 'ses':
      return resource.map((sender) => [`ses:${operation}`, arn(`identity/${sender}`)]);
    case 'events':
      return resource.map((bus) => [`events:${operation}`, arn(`event-bus/${bus}`)]);
    case 'sns':
      return resource.map((topic) => [`sns:${operation}`, topic]);
    case 'cloudwatch':
      return [[`cloudwatch:${operation}`, '*']];
    case 'lambda':
      return resource.map((name) => [`lambda:${operation}`, arn(`function:${name}`)]);
    case 'states':
      // A task token names no resource; it belongs to a run of the automation's own state machine.
      return (resource.length > 0 ? resource : [stateMachine]).map((machine) => [
        `states:${operation}`,
        machine,
      ]);
    default:
      throw new Error(`no rule for the service '${service}'`);
  }
}

/** Calls that are allowed or denied alike: of rows whose keys begin alike, one is enough. */
export function nameOf([action, resource, key]: Asked): string {
  const kinds = [key ?? []].flat().map((one) => one.split('#')[0]?.replace(/[0-9a-f]{32}/, 'ID'));
  return [action, resource, ...[...new Set(kinds)].sort()].join(' ');
}

/** What is queried of a table: its one index, where it has one. */
export function queried(table: string): string {
  if (table.includes('dataitems')) return `${table}/index/byAutomation`;
  if (table.includes('dataidempotency')) return `${table}/index/byItem`;
  return table.includes('dataapprovals') ? `${table}/index/byPhase` : table;
}

/*
 * The emulator's Ref of a secret is its name, in the environment and in the policy alike; the simulator wants
 * an ARN.
 */
function bareArn(name: string): string {
  return secretArn(name).replace(/-AbCdEf$/, '');
}

export function secretArn(name: string): string {
  return `arn:aws:secretsmanager:us-east-1:${ACCOUNT_ID}:secret:${name}-AbCdEf`;
}

export function withSecretArns(policy: object): object {
  const text = JSON.stringify(policy).replaceAll(
    /"(signalbox\/[\w/-]+)"/g,
    (_, name: string) => `"${secretArn(name)}"`,
  );
  return JSON.parse(text) as object;
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

/*
 * The service authorization reference lists no resource for the answers to a task, so the simulator accepts
 * only `*` there. AWS itself checks them against the state machine's ARN (its denials name it, and CDK's
 * `grantTaskResponse` relies on it).
 */
export function answerAllowed(policies: object[], action: string, machine: string): boolean {
  const statements = policies.flatMap((policy) => (policy as { Statement: Statement[] }).Statement);
  const matches = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(machine);
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' && [Action].flat().includes(action) && [Resource].flat().some(matches),
  );
}

export async function allowed(
  policies: object[],
  action: string,
  resource: string,
  key?: string | string[],
): Promise<boolean> {
  const keys = [key ?? []].flat().filter((one) => one !== '');
  if (action.startsWith('states:SendTask')) return answerAllowed(policies, action, resource);
  return simulated(policies, action, resource, {
    ...(action === 'ses:SendEmail'
      ? { 'ses:FromAddress': resource.slice(resource.indexOf('identity/') + 'identity/'.length) }
      : {}),
    ...(keys.length > 0 ? { 'dynamodb:LeadingKeys': keys } : {}),
  });
}
