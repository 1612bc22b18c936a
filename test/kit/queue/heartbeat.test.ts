import type { SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../../lambdas/kit/errors.ts';
import { type Delivery, type QueueOptions, sqsHandler } from '../../../lambdas/kit/queue/handler.ts';
import { comesAgainIn } from '../../../lambdas/kit/queue/visibility.ts';
import { named, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: () => {}, warn: (words: string) => warned.push(words) },
}));

const warned: string[] = [];
/** Ends the work on a message, by its body. */
const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
const deliveries = new Map<string, Delivery>();

beforeEach(() => {
  vi.useFakeTimers();
  world.reset();
  time.freeze();
  warned.length = 0;
  ends.clear();
});
afterEach(() => vi.useRealTimers());

const OPTIONS = { queueUrl: 'work', limitSeconds: 240 };
const context = { getRemainingTimeInMillis: () => 300_000 } as never;

function batch(bodies: readonly string[], options: QueueOptions = OPTIONS) {
  const handler = sqsHandler(
    ({ body }, delivery) =>
      new Promise<void>((resolve, reject) => {
        ends.set(body, { resolve, reject });
        deliveries.set(body, delivery);
      }),
    options,
  );
  const Records = bodies.map((body) => ({
    ...({ messageId: body, body, receiptHandle: `handle-${body}`, attributes: {} } as SQSRecord),
    messageAttributes: {},
  }));
  return handler({ Records }, context);
}

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    time.advance(1);
    await vi.advanceTimersByTimeAsync(1000);
  }
}
const told = () => world.visibility.splice(0).map(({ handle, seconds }) => `${handle} ${seconds}`);

describe('a heartbeat', () => {
  it('shows a batch to others after a minute instead of at the end of the function, and keeps it while it works', async () => {
    const done = batch(['a', 'b']);
    await pass(1);
    expect(told()).toEqual(['handle-a 60', 'handle-b 60']);
    await pass(20);
    expect(told()).toEqual(['handle-a 60', 'handle-b 60']);

    ends.get('a')?.reject(new TransientError('down'));
    await pass(20);
    expect(told()).toEqual(['handle-b 60']);
    ends.get('b')?.resolve();
    await done;
    await pass(60);
    expect(told()).toEqual([]);
  });

  it('keeps also what is done with while others of the batch are at work: Lambda removes them together', async () => {
    let beats = 0;
    const done = batch(['a', 'b']);
    await pass(1);
    deliveries.get('a')?.whileAlive(async () => {
      beats += 1;
    });
    ends.get('a')?.resolve();
    await pass(100);
    expect(told().filter((one) => one === 'handle-a 60')).toHaveLength(6);
    expect(beats).toBe(0);
    ends.get('b')?.resolve();
    await done;
    await pass(60);
    expect(told()).toEqual([]);
  });

  it('says nothing of a queue whose own time is short, and beats all the same for what the worker holds', async () => {
    let beats = 0;
    const done = batch(['a'], { ...OPTIONS, limitSeconds: 60 });
    deliveries.get('a')?.whileAlive(async () => {
      beats += 1;
    });
    await pass(41);
    ends.get('a')?.resolve();
    await done;
    expect([beats, told()]).toEqual([2, []]);
  });

  it('never reaches beyond the end of the function, which its own environment tells', async () => {
    const done = batch(['a']);
    expect(deliveries.get('a')?.deadline).toBe(time.at + 240_000);
    await pass(225);
    expect(told().slice(-2)).toEqual(['handle-a 40', 'handle-a 20']);
    await pass(60);
    expect(told()).toEqual([]);
    ends.get('a')?.resolve();
    await done;
  });

  it('that SQS or a lease does not hear is no fault of the work', async () => {
    const done = batch(['a']);
    await pass(1);
    world.fault = () => {
      throw named('ThrottlingException');
    };
    deliveries.get('a')?.whileAlive(() => Promise.reject(new TransientError('no table')));
    await pass(20);
    ends.get('a')?.resolve();

    expect((await done).batchItemFailures).toEqual([]);
    expect(warned).toEqual(['heartbeat failed', 'heartbeat failed']);
  });

  it('has not the last word about a message that is to come again', async () => {
    const handler = sqsHandler(async (record) => {
      await comesAgainIn(300, record, 'work');
      throw new TransientError('down');
    }, OPTIONS);
    const done = handler(
      {
        Records: [
          { messageId: 'a', receiptHandle: 'handle-a', attributes: {}, messageAttributes: {} } as SQSRecord,
        ],
      },
      context,
    );
    await pass(1);
    await done;
    expect(told().at(-1)).toBe('handle-a 300');
  });

  it('ends with a worker that blocks its event loop: others get the message', async () => {
    const done = batch(['a']);
    await pass(1);
    told();
    // No timer runs while it is blocked.
    time.advance(90);
    expect(told()).toEqual([]);
    ends.get('a')?.resolve();
    await done;
  });
});

describe('a message that failed', () => {
  it('comes again after what its function says, and without a word where that is nothing', async () => {
    for (const againSeconds of [180, undefined]) {
      const done = batch(['a', 'b'], { queueUrl: 'work', ...(againSeconds ? { againSeconds } : {}) });
      await pass(1);
      ends.get('a')?.reject(new TransientError('down'));
      ends.get('b')?.resolve();
      await pass(1);
      expect((await done).batchItemFailures).toEqual([{ itemIdentifier: 'a' }]);
      expect(told()).toEqual(againSeconds ? ['handle-a 180'] : []);
    }
  });
});

it('keeps the messages of a batch in the queue that they came from, where a function has several', async () => {
  const queueUrl = ['https://sqs.example/1/work', 'https://sqs.example/1/work-urgent'];
  const handler = sqsHandler(async (_record, delivery) => void deliveries.set('of', delivery), {
    ...{ queueUrl, limitSeconds: 240 },
  });
  const from: unknown[] = [];
  world.fault = (call, { QueueUrl }) => {
    if (call.includes('ChangeMessageVisibility')) from.push(QueueUrl);
  };
  for (const name of ['work-urgent', 'work']) {
    const record = {
      messageId: name,
      body: name,
      receiptHandle: name,
      attributes: {},
      messageAttributes: {},
    };
    const done = handler(
      { Records: [{ ...record, eventSourceARN: `arn:aws:sqs:x:1:${name}` } as never] },
      context,
    );
    await pass(1);
    await done;
    expect(deliveries.get('of')?.queueUrl).toMatch(new RegExp(`/${name}$`));
  }

  expect(from).toEqual([queueUrl[1], queueUrl[0]]);
});
