import { fork } from 'node:child_process';
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo, sqs } from '../lambdas/kit/aws.ts';
import { getContent, putContent } from '../lambdas/kit/objects.ts';
import { atMost, printVerdicts } from './verdicts.ts';
import { log, printTable } from './world.ts';

/*
 * `npm run bench:calls`: CPU of this process for one call to AWS, alone and in a group of ten, against a server in another process
 * that answers at once; beside it the AWS SDK as it comes. Round by round, so that the machine's other work meets both.
 */

const CALLS = 400;
const ROUNDS = 7;
const WARM_UP = 600;
const MOST_OF_SDK = 1;

interface Subject {
  name: string;
  ours: () => Promise<unknown>;
  sdk?: () => Promise<unknown>;
}

const mock = fork(new URL('./calls-mock.ts', import.meta.url), {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
try {
  const [port] = await once(mock, 'message');
  const url = `http://127.0.0.1:${port}`;
  const aws = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  Object.assign(process.env, aws, { POWERTOOLS_LOG_LEVEL: 'INFO' });
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const { name, ours, sdk } of subjects(url)) {
    log(`${name} ...`);
    const all = await measured(sdk ? [ours, sdk] : [ours]);
    const [mine, theirs] = all;
    rows.push([name, ...[mine, theirs].flatMap((it) => [ms(it?.alone), ms(it?.ofTen)])]);
    if (mine && theirs) ratios.push(mine.ofTen / theirs.ofTen);
  }
  printTable(['ms of CPU a call', 'ours, alone', 'of ten', 'the SDK as it comes, alone', 'of ten'], rows);
  const worst = Math.max(...ratios);
  printVerdicts([
    atMost('a call of ten, of the SDK as it comes, at worst', worst, MOST_OF_SDK, (it) => it.toFixed(2)),
  ]);
} finally {
  mock.kill();
}

function subjects(url: string): Subject[] {
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient());
  const queues = new SQSClient();
  const of = <Command>(
    name: string,
    make: () => Command,
    send: (command: Command) => Promise<unknown>,
    sdk: (command: Command) => Promise<unknown>,
  ) => ({
    ...{ name, ours: () => send(make()), sdk: () => sdk(make()) },
  });
  const TableName = 'items';
  const Item = {
    id: 'x',
    status: 'received',
    order: 'o'.repeat(60),
    events: [{ at: '2026-11-27', status: 'received' }],
  };
  const update = () =>
    new UpdateCommand({
      ...{
        TableName,
        Key: { id: 'x' },
        UpdateExpression: 'SET #s = :s ADD #c :c',
        ReturnValues: 'ALL_NEW' as const,
      },
      ExpressionAttributeNames: { '#s': 'status', '#c': 'calls' },
      ExpressionAttributeValues: { ':s': 'processing', ':c': 1 },
    });
  const get = () => new GetCommand({ TableName, Key: { id: 'x' } });
  const put = () => new PutCommand({ TableName, Item });
  const message = () => new SendMessageCommand({ QueueUrl: `${url}/1/work`, MessageBody: '{}' });
  return [
    of(
      'UpdateItem',
      update,
      (it) => dynamo().send(it),
      (it) => tables.send(it),
    ),
    of(
      'GetItem',
      get,
      (it) => dynamo().send(it),
      (it) => tables.send(it),
    ),
    of(
      'PutItem',
      put,
      (it) => dynamo().send(it),
      (it) => tables.send(it),
    ),
    of(
      'SendMessage',
      message,
      (it) => sqs().send(it),
      (it) => queues.send(it),
    ),
    { name: 'an object put', ours: () => putContent('content', 'items/x/body.json', Item) },
    { name: 'an object read', ours: () => getContent('content', 'items/x/body.json') },
  ];
}

interface Cost {
  alone: number;
  ofTen: number;
}

async function measured(ways: readonly (() => Promise<unknown>)[]): Promise<Cost[]> {
  const found = ways.map((one) => ({ one, alone: [] as number[], ofTen: [] as number[] }));
  for (const { one } of found) await cpuMs(one, WARM_UP, 10);
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const { one, alone, ofTen } of found) {
      alone.push(await cpuMs(one, CALLS / 4, 1));
      ofTen.push(await cpuMs(one, CALLS, 10));
    }
  return found.map(({ alone, ofTen }) => ({ alone: median(alone), ofTen: median(ofTen) }));
}

async function cpuMs(one: () => Promise<unknown>, calls: number, together: number): Promise<number> {
  const from = process.cpuUsage();
  for (let done = 0; done < calls; done += together) await Promise.all(Array.from({ length: together }, one));
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / calls;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function ms(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(2);
}
