import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyDropped } from '../../local/after-deploy.ts';
import type { Stack } from '../../local/assembly.ts';
import { cloudformation, physicalIds, sdkOptions, stackStatuses } from '../../local/emulator.ts';
import { type EventSources, startEventSources } from '../../local/event-sources.ts';
import { type Emulator, startEmulator } from '../../local/ministack.ts';
import { freePort } from '../../local/ports.ts';
import { ROOT } from '../../local/state.ts';
import { listening } from '../support/listening.ts';

/**
 * What the test says when a function is invoked. Every function of the stack asks over HTTP and answers what
 * it is told.
 */
type Reply = (event: SQSEvent) => Promise<unknown> | unknown;
const replies = new Map<string, Reply>();

const HANDLER = `exports.handler = async (event) => {
  const reply = await fetch(process.env.TEST_URL, { method: 'POST', body: JSON.stringify(event) });
  console.log(reply.status);
  if (!reply.ok) throw new Error('told to fail');
  return reply.json();
};`;

let emulator: Emulator;
let asked: Server;
let sqs: SQSClient;
let sources: EventSources;
let ids: Map<string, string>;
let stateDir: string;

beforeAll(async () => {
  // Below the repository, as in `npm start`: what lies around the emulator's files must not matter to them.
  await mkdir(join(ROOT, '.local'), { recursive: true });
  stateDir = await mkdtemp(join(ROOT, '.local', 'test-'));
  asked = createServer(async (request, response) => {
    const event = JSON.parse(Buffer.concat(await request.toArray()).toString()) as SQSEvent;
    const reply = replies.get(request.url?.slice(1) ?? '');
    try {
      response.end(JSON.stringify((await reply?.(event)) ?? {}));
    } catch {
      response.writeHead(500).end();
    }
  });
  await listening(asked);
  emulator = await startEmulator({ port: await freePort(), stateDir, log: console.log });
  const stack: Stack = { name: 'poller', outputs: {}, resources: resources() };
  await createStack(stack);
  await applyDropped(emulator.endpoint, [stack]);
  ids = await physicalIds(emulator.endpoint, stack.name);
  sqs = new SQSClient({ ...sdkOptions(emulator.endpoint), useQueueUrlAsEndpoint: false });
  sources = await startEventSources({
    endpoint: emulator.endpoint,
    stateDir,
    stacks: [stack],
    log: () => {},
    faults: {
      duplicate: ({ queue, number }) => (queue.endsWith('twice') && number === 1 ? 'after' : false),
      drop: ({ queue, number }) => queue.endsWith('dropped') && number === 1,
    },
  });
});

afterAll(async () => {
  await sources?.stop();
  sqs?.destroy();
  await emulator?.stop();
  asked?.close();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
});

it('lets SQS move a message to the dead-letter queue after maxReceiveCount failures', async () => {
  const receives: string[] = [];
  replies.set('failing', (event) => {
    receives.push(...event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount));
    throw new Error('always');
  });
  await send('failing', ['poison']);
  const { Messages = [] } = await receiveFrom('failingDlq');
  expect(Messages.map(({ Body }) => Body)).toEqual(['poison']);
  expect(receives).toEqual(['1', '2']);
});

it('deletes what succeeded of a batch and redelivers only what failed', async () => {
  const batches: string[][] = [];
  replies.set('partial', ({ Records }) => {
    batches.push(Records.map(({ body }) => body).sort());
    const failed = batches.length === 1 ? Records.filter(({ body }) => body === 'b') : [];
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  await send('partial', ['a', 'b', 'c']);
  await until(() => batches.flat().filter((body) => body === 'b').length === 2);
  await until(async () => (await depth('partial')) === 0);
  // The poller hears of it a moment after the queue is empty.
  await until(() => (sources.counts().partial?.deletes ?? 0) >= 3);
  expect(batches.flat().sort()).toEqual(['a', 'b', 'b', 'c']);
  expect(sources.counts().partial?.deletes).toBe(3);
});

it('runs as many invocations at once as maxConcurrency says, and never more', async () => {
  let running = 0;
  let most = 0;
  let finished = 0;
  let release = () => {};
  const allThree = new Promise<void>((resolve) => {
    release = resolve;
  });
  replies.set('parallel', async () => {
    running += 1;
    most = Math.max(most, running);
    // No one is answered before three are in work: one at a time would never get on.
    if (running === 3) release();
    await allThree;
    // Time for a fourth to show itself.
    await sleep(100);
    running -= 1;
    finished += 1;
  });
  await send('parallel', ['1', '2', '3', '4', '5', '6', '7']);
  await until(() => finished === 7);
  expect(most).toBe(3);
});

it('delivers a message twice when the fault hook says so', async () => {
  const seen: string[] = [];
  replies.set('twice', ({ Records }) => {
    seen.push(...Records.map(({ messageId }) => messageId));
  });
  await send('twice', ['once']);
  await until(async () => seen.length === 2 && (await depth('twice')) === 0);
  await until(() => (sources.counts().twice?.deletes ?? 0) > 0);
  expect(seen[0]).toBe(seen[1]);
  expect(sources.counts().twice).toMatchObject({ invocations: 2, deletes: 1 });
});

it('brings a dropped message back after its visibility timeout', async () => {
  const receives: string[] = [];
  replies.set('dropped', ({ Records }) => {
    receives.push(...Records.map(({ attributes }) => attributes.ApproximateReceiveCount));
  });
  await send('dropped', ['lost once']);
  await until(() => receives.length > 0);
  expect(receives).toEqual(['2']);
});

it('delivers nothing to a function while its code is changed, and waits for what it does', async () => {
  const story: string[] = [];
  replies.set('held', async ({ Records }) => {
    story.push(`begins ${Records[0]?.body}`);
    await sleep(300);
    story.push(`ends ${Records[0]?.body}`);
  });
  await send('held', ['first']);
  await until(() => story.length === 1);
  await sources.holding(new Set(['held']), async () => {
    await send('held', ['second']);
    await sleep(1500);
    story.push('changed');
  });
  await until(() => story.length === 5);
  expect(story).toEqual(['begins first', 'ends first', 'changed', 'begins second', 'ends second']);
});

it('hands over every field of a record', async () => {
  const records: SQSEvent['Records'] = [];
  replies.set('whole', (event) => {
    records.push(...event.Records);
  });
  await send('whole', ['{"n":1}']);
  await until(() => records.length === 1);
  expect(records[0]).toMatchObject({
    body: '{"n":1}',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    messageAttributes: { kind: { stringValue: 'test', dataType: 'String' } },
    md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:whole',
    awsRegion: 'us-east-1',
  });
});

function resources(): Stack['resources'] {
  return {
    ...consumer('failing', { BatchSize: 1 }),
    ...consumer('partial', { BatchSize: 10 }),
    ...consumer('parallel', { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 3 } }, 60),
    ...consumer('twice', { BatchSize: 1 }),
    ...consumer('dropped', { BatchSize: 1 }),
    ...consumer('whole', { BatchSize: 1 }),
    ...consumer('held', { BatchSize: 1 }, 60),
  };
}

/** A queue with its dead-letter queue, and a function that reads it: what a slice of Signalbox has. */
function consumer(name: string, mapping: Record<string, unknown>, visibilitySeconds = 1): Stack['resources'] {
  const { port } = asked.address() as AddressInfo;
  return {
    [`${name}Dlq`]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${name}-dlq` } },
    [`${name}Queue`]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: name,
        VisibilityTimeout: visibilitySeconds,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [`${name}Dlq`, 'Arn'] }, maxReceiveCount: 2 },
      },
    },
    [`${name}Function`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: 10,
        Role: 'arn:aws:iam::000000000000:role/any',
        Code: { ZipFile: HANDLER },
        Environment: { Variables: { TEST_URL: `http://127.0.0.1:${port}/${name}` } },
      },
    },
    [`${name}Mapping`]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: `${name}Function` },
        EventSourceArn: { 'Fn::GetAtt': [`${name}Queue`, 'Arn'] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        Enabled: false,
        ...mapping,
      },
    },
  };
}

async function createStack(stack: Stack): Promise<void> {
  const TemplateBody = JSON.stringify({ Resources: stack.resources });
  await cloudformation(emulator.endpoint, 'CreateStack', { StackName: stack.name, TemplateBody });
  const status = async () => (await stackStatuses(emulator.endpoint)).get(stack.name) ?? '';
  await until(async () => !(await status()).endsWith('IN_PROGRESS'));
  expect(await status()).toBe('CREATE_COMPLETE');
}

async function send(queue: string, bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({
    Id: String(index),
    MessageBody,
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } },
  }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: ids.get(`${queue}Queue`), Entries }));
}

function receiveFrom(logicalId: string) {
  return sqs.send(new ReceiveMessageCommand({ QueueUrl: ids.get(logicalId), WaitTimeSeconds: 10 }));
}

/** Messages in the queue, those in flight counted. */
async function depth(queue: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: ids.get(`${queue}Queue`), AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 15 s');
    await sleep(20);
  }
}
