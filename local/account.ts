import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { AwsClient } from 'aws4fetch';
import type { ItemRow } from '../lambdas/contract/item/row.ts';
import { callJson, physicalIds, sdkOptions } from './emulator.ts';

/** What runs behind the API, for tests that play the operator, a crash or an attacker. */
export class Account {
  readonly endpoint: string;
  readonly sqs: SQSClient;
  readonly sfn: SFNClient;
  readonly tables: DynamoDBDocumentClient;
  #items: string | undefined;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
    const options = sdkOptions(endpoint);
    this.sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
    this.sfn = new SFNClient(options);
    this.tables = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  }

  /** Physical id of a resource by its logical id, without the hash CDK puts behind it. */
  async resource(stack: string, logicalId: string): Promise<string> {
    const ids = await physicalIds(this.endpoint, `Signalbox-local-${stack}`);
    const found = [...ids].filter(([id]) => new RegExp(`^${logicalId}[0-9A-F]{8}$`).test(id));
    const id = found[0]?.[1];
    if (!id || found.length > 1) throw new Error(`${stack} has ${found.length} resources named ${logicalId}`);
    return id;
  }

  async item(id: string): Promise<ItemRow | undefined> {
    this.#items ??= await this.resource('platform', 'dataitems');
    const { Item } = await this.tables.send(
      new GetCommand({ TableName: this.#items, Key: { id }, ConsistentRead: true }),
    );
    return Item as ItemRow | undefined;
  }

  #json<T>(service: string, target: string, body: object): Promise<T> {
    return callJson(this.endpoint, service, target, body);
  }

  /** Every line that any function has logged since this moment, by log group. */
  async logs(since = 0): Promise<Record<string, string[]>> {
    const read = async (name: string) => [name, await this.#linesOf(name, since)] as const;
    return Object.fromEntries(await Promise.all((await this.#logGroups()).map(read)));
  }

  /** Fifty to an answer. */
  async #logGroups(): Promise<string[]> {
    const names: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await this.#json<{ logGroups: { logGroupName: string }[]; nextToken?: string }>(
        'logs',
        'Logs_20140328.DescribeLogGroups',
        { nextToken },
      );
      names.push(...page.logGroups.map(({ logGroupName }) => logGroupName));
      nextToken = page.nextToken;
      if (nextToken === undefined) return names;
    }
  }

  /** The emulator gives no token for the rest: the next page begins where this one ends, and its first events are known. */
  async #linesOf(logGroupName: string, since: number): Promise<string[]> {
    const limit = 10_000;
    const lines: string[] = [];
    let known = 0;
    for (let startTime = since; ; ) {
      const { events = [] } = await this.#json<{ events?: { message: string; timestamp: number }[] }>(
        'logs',
        'Logs_20140328.FilterLogEvents',
        { logGroupName, limit, startTime },
      );
      lines.push(...events.slice(known).map(({ message }) => message));
      const last = events.at(-1)?.timestamp;
      if (events.length < limit || last === undefined || last === startTime) return lines;
      startTime = last;
      known = events.filter(({ timestamp }) => timestamp === last).length;
    }
  }

  async secret(SecretId: string): Promise<string> {
    const target = 'secretsmanager.GetSecretValue';
    return (await this.#json<{ SecretString: string }>('secretsmanager', target, { SecretId })).SecretString;
  }

  /** A role's inline policies, with every reference resolved. */
  async rolePolicies(roleName: string): Promise<object[]> {
    const names = await this.#iam('ListRolePolicies', { RoleName: roleName });
    const policies = [...names.matchAll(/<member>([^<]+)<\/member>/g)].map(async ([, PolicyName = '']) => {
      const xml = await this.#iam('GetRolePolicy', { RoleName: roleName, PolicyName });
      const document = /<PolicyDocument>([\s\S]*)<\/PolicyDocument>/.exec(xml)?.[1] ?? '{}';
      return JSON.parse(
        document.startsWith('%') ? decodeURIComponent(document) : unescapeXml(document),
      ) as object;
    });
    return Promise.all(policies);
  }

  async #iam(Action: string, parameters: Record<string, string>): Promise<string> {
    const client = new AwsClient({
      accessKeyId: 'test',
      secretAccessKey: 'test',
      region: 'us-east-1',
      service: 'iam',
    });
    const response = await client.fetch(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Action, Version: '2010-05-08', ...parameters }).toString(),
    });
    return response.text();
  }
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
