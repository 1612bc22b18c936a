import { secretName, stackName, vendedLog } from '../lambdas/contract/names.ts';
import { type Aws, AwsRefusal, elements, resourcesOf, stacksOf } from './aws.ts';

/** What there is of a stage, with what its stacks keep when they are deleted. */
export interface Remains {
  stacks: string[];
  tables: string[];
  buckets: string[];
  machines: string[];
  secrets: string[];
  logs: string[];
}

const WAIT_MS = 5_000;
const MOST_WAITS = 240;

/** Looks, and changes nothing. */
export async function remainsOf(aws: Aws, stage: string): Promise<Remains> {
  const stacks = [...(await stacksOf(aws, stackName(stage, ''))).keys()];
  const platform = stackName(stage, 'platform');
  // The platform is deleted last: the automations use what is in it.
  stacks.sort((a, b) => Number(a === platform) - Number(b === platform) || a.localeCompare(b));
  const resources = (await Promise.all(stacks.map((name) => resourcesOf(aws, name)))).flat();
  const of = (type: string) => resources.flatMap((it) => (it.type === type ? [it.id] : []));
  const logs = await Promise.all(
    (['apis', 'states'] as const).map((kind) => logsBelow(aws, vendedLog(kind, stage))),
  );
  return {
    stacks,
    tables: of('AWS::DynamoDB::Table'),
    buckets: of('AWS::S3::Bucket'),
    machines: of('AWS::StepFunctions::StateMachine'),
    secrets: await secretsOf(aws, secretName(stage, 'signalbox/')),
    logs: [...new Set([...of('AWS::Logs::LogGroup'), ...logs.flat()])],
  };
}

/**
 * Deletes all of it, the open runs first and what stacks keep last. Safe to repeat: what is gone already is
 * left out.
 * @returns what could not be deleted, and why
 */
export async function tearDown(aws: Aws, remains: Remains, log: (line: string) => void): Promise<string[]> {
  const left: string[] = [];
  const each = async (what: string, names: readonly string[], remove: (name: string) => Promise<unknown>) => {
    for (const name of names) {
      try {
        await remove(name);
        log(`${what} ${name}`);
      } catch (error) {
        if (!(error instanceof AwsRefusal)) throw error;
        if (!isGone(error)) left.push(`${name}: ${error.message}`);
      }
    }
  };
  await each('stopped the runs of', remains.machines, (machine) => stopRuns(aws, machine));
  // A stack cannot delete a bucket with objects in it.
  await each('emptied', remains.buckets, (bucket) => empty(aws, bucket));
  await each('unprotected', remains.tables, (TableName) =>
    aws.json('dynamodb', 'UpdateTable', { TableName, DeletionProtectionEnabled: false }),
  );
  await each('deleted the stack', remains.stacks, (name) => deleteStack(aws, name));
  await each('deleted', remains.tables, (TableName) => aws.json('dynamodb', 'DeleteTable', { TableName }));
  await each('deleted', remains.buckets, (bucket) => aws.s3('DELETE', bucket, '/'));
  await each('deleted', remains.secrets, (SecretId) =>
    // At once: a secret that waits for its end has its name for weeks.
    aws.json('secretsmanager', 'DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true }),
  );
  await each('deleted', remains.logs, (logGroupName) => aws.json('logs', 'DeleteLogGroup', { logGroupName }));
  return left;
}

function isGone({ code, status }: AwsRefusal): boolean {
  return status === 404 || /NotFound|NoSuch|DoesNotExist/.test(code);
}

async function secretsOf(aws: Aws, prefix: string): Promise<string[]> {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await aws.json<{ SecretList: { Name: string }[]; NextToken?: string }>(
      ...['secretsmanager' as const, 'ListSecrets'],
      { Filters: [{ Key: 'name', Values: [prefix] }], ...(NextToken ? { NextToken } : {}) },
    );
    names.push(...page.SecretList.map(({ Name }) => Name).filter((name) => name.startsWith(prefix)));
    NextToken = page.NextToken;
  } while (NextToken);
  return names;
}

/** Of this stage, and of none whose name only begins like it. */
async function logsBelow(aws: Aws, logGroupNamePrefix: string): Promise<string[]> {
  const names: string[] = [];
  let next: string | undefined;
  do {
    const page = await aws.json<{ logGroups?: { logGroupName: string }[]; nextToken?: string }>(
      ...['logs' as const, 'DescribeLogGroups'],
      { logGroupNamePrefix, ...(next ? { nextToken: next } : {}) },
    );
    names.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName));
    next = page.nextToken;
  } while (next);
  return names.filter((name) => name === logGroupNamePrefix || name.startsWith(`${logGroupNamePrefix}-`));
}

async function stopRuns(aws: Aws, stateMachineArn: string): Promise<void> {
  for (;;) {
    const { executions } = await aws.json<{ executions: { executionArn: string }[] }>(
      ...['states' as const, 'ListExecutions'],
      { stateMachineArn, statusFilter: 'RUNNING', maxResults: 100 },
    );
    if (executions.length === 0) return;
    for (const { executionArn } of executions)
      await aws.json('states', 'StopExecution', { executionArn, error: 'TornDown' });
  }
}

/** All versions too, where a bucket keeps them. @throws AwsRefusal where one is locked */
async function empty(aws: Aws, bucket: string): Promise<void> {
  for (;;) {
    const xml = await aws.s3('GET', bucket, '/?versions=&max-keys=1000');
    const objects = xml.split(/<(?:Version|DeleteMarker)>/).slice(1);
    if (objects.length === 0) return;
    for (const part of objects) {
      const key = (elements(part, 'Key')[0] ?? '').split('/').map(encodeURIComponent).join('/');
      const version = elements(part, 'VersionId')[0] ?? 'null';
      const query = version === 'null' ? '' : `?versionId=${encodeURIComponent(version)}`;
      await aws.s3('DELETE', bucket, `/${key}${query}`);
    }
  }
}

async function deleteStack(aws: Aws, StackName: string): Promise<void> {
  await aws.cloudformation('UpdateTerminationProtection', {
    StackName,
    EnableTerminationProtection: 'false',
  });
  await aws.cloudformation('DeleteStack', { StackName });
  for (let waits = 0; waits < MOST_WAITS; waits += 1) {
    const status = (await stacksOf(aws, StackName)).get(StackName);
    if (status === undefined) return;
    if (status.endsWith('FAILED'))
      throw new AwsRefusal(
        status,
        409,
        `${status}: its events say why (aws cloudformation describe-stack-events)`,
      );
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  throw new AwsRefusal('Waiting', 408, 'it is still being deleted: run this again later');
}
