import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StreamPoller, type StreamSource, startStream } from '../../local/stream.ts';
import { listening } from '../support/listening.ts';

/* The stream is a list here, and an iterator the place in it: a record's number is its place, from 1. */

let server: Server;
let endpoint: string;
let stream: string[];
let invoked: string[][];
let events: unknown[];
let givenUp: object[];
let fails: (batch: string[]) => boolean;
let poller: StreamPoller | undefined;

interface Request {
  ShardIterator: string;
  ShardIteratorType: string;
  SequenceNumber: string;
  Limit: number;
}

const OPERATIONS: Record<string, (request: Request) => object | undefined> = {
  DescribeStream: () => ({ StreamDescription: { Shards: [{ ShardId: 'only' }] } }),
  GetShardIterator: ({ ShardIteratorType, SequenceNumber }) => {
    if (ShardIteratorType === 'TRIM_HORIZON') return { ShardIterator: '0' };
    return Number(SequenceNumber) <= stream.length ? { ShardIterator: SequenceNumber } : undefined;
  },
  GetRecords: ({ ShardIterator, Limit }) => {
    const start = Number(ShardIterator);
    const found = stream.slice(start, start + Limit);
    const Records = found.map((name, index) => ({
      eventID: name,
      eventName: name === 'gone' ? 'REMOVE' : 'MODIFY',
      dynamodb: { SequenceNumber: String(start + index + 1) },
    }));
    return { Records, NextShardIterator: String(start + found.length) };
  },
};

beforeEach(async () => {
  [stream, invoked, events, givenUp, fails] = [[], [], [], [], () => false];
  server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Request;
    const answer = OPERATIONS[String(request.headers['x-amz-target']).split('.')[1] ?? '']?.(body);
    response.writeHead(answer ? 200 : 400).end(JSON.stringify(answer ?? { message: 'trimmed' }));
  });
  endpoint = await listening(server);
});
afterEach(async () => {
  await poller?.stop();
  server.close();
});

const HOUR_MS = 3_600_000;

function start(source: Partial<StreamSource>, after?: string): StreamPoller {
  const invoker = {
    async invoke(event: unknown) {
      const { Records } = event as { Records: { eventID: string; eventSourceARN: string }[] };
      expect(Records.every(({ eventSourceARN }) => eventSourceARN === 'arn:stream')).toBe(true);
      const batch = Records.map(({ eventID }) => eventID);
      invoked.push(batch);
      events.push(event);
      return { error: fails(batch) ? 'Unhandled' : undefined, payload: '' };
    },
    hold: async () => () => {},
  };
  const whole = {
    ...{ streamArn: 'arn:stream', functionName: 'publish', batchSize: 3, windowMs: HOUR_MS },
    ...{ retries: 0, bisects: true, onFailure: 'arn:queue', ...source },
  };
  poller = startStream(whole, invoker, {
    ...{ endpoint, after, log: () => {} },
    giveUp: async (_, body) => {
      givenUp.push(body);
    },
  });
  return poller;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('delivers a full batch at once, and waits for the window with one that is not', async () => {
  stream.push('a', 'b', 'c', 'd');
  const { counts } = start({});
  await until(() => counts.records === 4);
  expect(invoked).toEqual([['a', 'b', 'c']]);
});

it('tells of the changes that the function wants to know', async () => {
  stream.push('a', 'gone', 'b');
  await start({ filter: { eventName: ['INSERT', 'MODIFY'] } }).stop();
  expect(invoked).toEqual([['a', 'b']]);
});

it('is not held up by what the function does not want to know', async () => {
  const many = Array.from({ length: 300 }, () => 'gone');
  stream.push(...many, 'a', ...many, 'b');
  await start({ filter: { eventName: ['INSERT', 'MODIFY'] } }).stop();
  expect(invoked.flat()).toEqual(['a', 'b']);
});

it('delivers at the end what the stream holds, and says how far it came', async () => {
  stream.push('a');
  const own = start({});
  await until(() => own.counts.records === 1);
  stream.push('b');
  expect(await own.stop()).toBe('2');
  expect(invoked).toEqual([['a', 'b']]);
});

it('goes on after what was read before, and begins with the oldest where the stream does not know it', async () => {
  stream.push('a', 'b');
  await start({}, '1').stop();
  await start({}, '99').stop();
  expect(invoked).toEqual([['b'], ['a', 'b']]);
});

it('parts a batch that fails, and gives up only the change that nobody can handle', async () => {
  stream.push('a', 'poison', 'c');
  fails = (batch) => batch.includes('poison');
  await start({}).stop();
  expect(invoked).toEqual([['a', 'poison', 'c'], ['a', 'poison'], ['a'], ['poison'], ['c']]);
  expect(givenUp).toEqual([{ functionName: 'publish', streamArn: 'arn:stream', sequenceNumbers: ['2'] }]);
});

it('tells of the shard where the mapping has a tumbling window, as Lambda does, and nowhere else', async () => {
  stream = ['a', 'b'];
  for (const tumbles of [true, false]) {
    await start({ windowMs: 0, tumbles }).stop();
    const told = events.at(-1) as { shardId?: string; state?: object };
    expect([told.shardId, told.state]).toEqual(tumbles ? ['only', {}] : [undefined, undefined]);
  }
});
