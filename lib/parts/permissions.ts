import { ArnFormat, type CfnElement, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { deadLettersName, stackName } from '../../lambdas/contract/names.ts';

/*
 * Permissions in single operations. The grants that come with CDK's constructs are wider than a function of
 * ours needs: all indexes of a table, every reading of a bucket with its settings. What is still a pattern
 * says here why it must be one. A function gets them through `uses.ts` alone, with the variable that tells of
 * what it may use.
 */

/** The named operations on the table; its indexes are not included. */
export function grantTable(fn: IFunction, table: Table, ...actions: `dynamodb:${string}`[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions, resources: [table.tableArn] }));
}

/**
 * Like `grantTable`, in the rows whose keys are like one of these (`refund-request_budget#*`). Several
 * functions keep their rows in one table, and none may write another's: who could write the console's
 * sessions could sign in.
 */
export function grantRows(
  fn: Pick<IFunction, 'addToRolePolicy'>,
  table: Table,
  keys: string[],
  ...actions: `dynamodb:${string}`[]
): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions,
      resources: [table.tableArn],
      conditions: leading(keys),
    }),
  );
}

function leading(keys: string[]) {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
    // All values of none are like anything: a call that names no key is not meant.
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}

/**
 * To change these attributes of the table's rows, and no others: DynamoDB counts those of the key and of the
 * condition among them. Who may withdraw a question must not be able to decide it.
 */
export function grantChange(fn: IFunction, table: Table, attributes: readonly string[]): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': attributes } },
    }),
  );
}

/** Not to touch these attributes of the table's rows, whatever else it may do to them. */
export function sparing(fn: IFunction, table: Table, attributes: readonly string[]): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: { 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': attributes } },
    }),
  );
}

export function grantQuery(fn: IFunction, table: Table, index: string, keys?: string[]): void {
  const resources = [`${table.tableArn}/index/${index}`];
  const conditions = keys ? { conditions: leading(keys) } : {};
  fn.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources, ...conditions }));
}

/** To read or write the content of items like `ids`. */
export function grantContent(
  fn: IFunction,
  content: Bucket,
  ids: string,
  ...actions: ('s3:GetObject' | 's3:PutObject')[]
): void {
  const objects = `items/${ids}`;
  fn.addToRolePolicy(new PolicyStatement({ actions, resources: [content.arnForObjects(objects)] }));
  const reason =
    'an item is known only when it is posted: the function works on the content of all of its kind';
  acknowledgeWildcard(fn.role, `${nameInFinding(fn, content)}/${objects}`, reason);
}

export type ObjectOperation = 'GetObject' | 'PutObject' | 'DeleteObject';

/** To do so with objects like these of the bucket of uploads. */
export function grantObjects(
  fn: IFunction,
  bucket: Bucket,
  objects: string,
  operations: readonly ObjectOperation[],
): void {
  const actions = operations.map((it) => `s3:${it}`);
  fn.addToRolePolicy(new PolicyStatement({ actions, resources: [bucket.arnForObjects(objects)] }));
  const reason = 'a file is known only when it is announced: the function works on all of its automation';
  acknowledgeWildcard(fn.role, `${nameInFinding(fn, bucket)}/${objects}`, reason);
}

/** To list a bucket, and to remove objects that begin so. */
export function grantRemoval(fn: IFunction, bucket: Bucket, prefixes: readonly string[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  const resources = prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`));
  fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:DeleteObject'], resources }));
  for (const prefix of prefixes)
    acknowledgeWildcard(
      fn.role,
      `${nameInFinding(fn, bucket)}/${prefix}/*`,
      'whose content is to be removed is known only when somebody asks for it',
    );
}

/** To add entries to the archive of the audit. That none is written twice is the bucket's own policy. */
export function grantArchive(fn: IFunction, archive: Bucket): void {
  const resources = [archive.arnForObjects('audit/*')];
  fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources }));
  const reason = 'one object per entry, and entries are not known before something happens';
  acknowledgeWildcard(fn.role, `${nameInFinding(fn, archive)}/audit/*`, reason);
}

export type RunAction = 'SendTaskSuccess' | 'SendTaskFailure' | 'DescribeExecution' | 'StartExecution';

/** To answer, look at or start runs of the state machines of that name. */
export function grantRuns(fn: IFunction, machineName: string, ...actions: RunAction[]): void {
  const name = (resource: string, resourceName: string) => ({
    ...{ service: 'states', resource, resourceName },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const looks = actions.includes('DescribeExecution');
  const parts = [
    name('stateMachine', machineName),
    ...(looks ? [name('execution', `${machineName}:*`)] : []),
  ];
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `states:${action}`),
      resources: parts.map((part) => Stack.of(fn).formatArn(part)),
    }),
  );
  for (const { resource, resourceName } of parts.filter((part) => part.resourceName.includes('*'))) {
    const arn = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:${resource}:${resourceName}`;
    acknowledgeWildcard(
      fn.role,
      arn,
      'runs are named after items, and decisions go to the runs of every automation of the environment',
    );
  }
}

/** To put messages into the queues of that name, which are made by later stacks. */
export function grantQueues(fn: IFunction, queueName: string): void {
  const arn = Stack.of(fn).formatArn({ service: 'sqs', resource: queueName });
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'], resources: [arn] }),
  );
  acknowledgeWildcard(
    fn.role,
    `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${queueName}`,
    'an operator lets the waiting items of any automation of the environment go on',
  );
}

/**
 * To look into the dead letters of an environment, to remove one, and to send one back to where it came from: any queue of its stacks
 * whose name CloudFormation makes, which begins with the stack's.
 */
export function grantDeadLetters(fn: IFunction, environment: string): void {
  const may: [string, string[]][] = [
    [
      deadLettersName(environment, '*'),
      ['GetQueueUrl', 'GetQueueAttributes', 'ReceiveMessage', 'ChangeMessageVisibility', 'DeleteMessage'],
    ],
    [stackName(environment, '*'), ['GetQueueUrl', 'SendMessage']],
  ];
  for (const [resource, actions] of may)
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((it) => `sqs:${it}`),
        resources: [Stack.of(fn).formatArn({ service: 'sqs', resource })],
      }),
    );
  for (const [name] of may)
    acknowledgeWildcard(
      fn.role,
      `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${name}`,
      'an operator looks at the dead letters of any automation of the environment, and moves them back to their queues',
    );
}

/** To put messages into the queues of the environment's stacks whose names CloudFormation makes. */
export function grantMessages(fn: IFunction, environment: string): void {
  const resource = stackName(environment, '*');
  const resources = [Stack.of(fn).formatArn({ service: 'sqs', resource })];
  fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources }));
  acknowledgeWildcard(
    fn.role,
    `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${resource}`,
    'what people approved goes to the action queue of any automation, which is made by a later stack',
  );
}

/** To look for a secret that no stack has any more. Six characters of chance end the name of each; AWS checks one that is not there without them. */
export function grantEarlier(fn: IFunction, secret: string): void {
  const parts = { service: 'secretsmanager', resource: 'secret', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  const [bare = '', made = ''] = [secret, `${secret}-??????`].map((resourceName) =>
    Stack.of(fn).formatArn({ ...parts, resourceName }),
  );
  const allow = (action: string, resources: string[]) =>
    fn.addToRolePolicy(new PolicyStatement({ actions: [`secretsmanager:${action}`], resources }));
  allow('DescribeSecret', [bare, made]);
  allow('GetSecretValue', [made]);
}

/** To call a function and wait for its answer. */
export function grantCall(fn: IFunction, functionName: string): void {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  const parts = { service: 'lambda', resource: 'function', resourceName: functionName, arnFormat };
  const resources = [Stack.of(fn).formatArn(parts)];
  fn.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
}

/** To put events on a bus. */
export function grantEvents(fn: IFunction, busName: string): void {
  const bus = Stack.of(fn).formatArn({ service: 'events', resource: 'event-bus', resourceName: busName });
  fn.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] }));
}

/**
 * To send mail from one address. The resource is a pattern because SES also asks for the recipient's identity
 * as long as the account is in its sandbox; the condition is what holds the sender.
 */
export function grantMail(fn: IFunction, sender: string, configurationSet?: string): void {
  const set = { service: 'ses', resource: 'configuration-set', resourceName: configurationSet ?? '' };
  const identities = Stack.of(fn).formatArn({ service: 'ses', resource: 'identity', resourceName: '*' });
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['ses:SendEmail'],
      resources: [identities, ...(configurationSet ? [Stack.of(fn).formatArn(set)] : [])],
      conditions: { StringEquals: { 'ses:FromAddress': sender } },
    }),
  );
  acknowledgeWildcard(
    fn.role,
    'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*',
    'in the SES sandbox a recipient is an identity too; the condition allows one sender only',
  );
}

/** Tells the checks of cdk-nag why a resource in the policy of a role is a pattern. */
export function acknowledgeWildcard(scope: IConstruct | undefined, resource: string, reason: string): void {
  if (!scope) throw new Error(`there is no role to acknowledge '${resource}' on`);
  Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
}

/*
 * cdk-nag names a resource of the same stack by its logical id and one of another stack by the reference
 * itself. The output that it refers to is made here as CDK would make it later; a test finds the
 * acknowledgement idle where the two part.
 */
function nameInFinding(scope: Construct, bucket: Bucket): string {
  const owner = Stack.of(bucket);
  if (Stack.of(scope) === owner) return `<${owner.getLogicalId(bucket.node.defaultChild as CfnElement)}.Arn>`;
  const published = owner.node.tryFindChild('Publish') ?? new Construct(owner, 'Publish');
  const id = `Output${JSON.stringify(owner.resolve(bucket.bucketArn))}`;
  const output =
    published.node.tryFindChild(id) ?? new CfnOutput(published as Construct, id, { value: bucket.bucketArn });
  const OutputName = owner.resolve((output as CfnOutput).logicalId);
  const { stackName: StackName } = owner;
  return JSON.stringify({ 'Fn::GetStackOutput': { StackName, Region: { Ref: 'AWS::Region' }, OutputName } });
}
