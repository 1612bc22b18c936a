import type { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import type { Invoker } from '../../local/invoker.ts';
import { Lanes } from '../../local/lanes.ts';
import { type Source, startPoller } from '../../local/poller.ts';

/* What a queue's loop does while others have all places, asked of the loop itself. */

const SOURCE: Source = {
  ...{
    queue: 'work',
    queueUrl: 'http://127.0.0.1/work',
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
  },
  ...{ functionName: 'f', batchSize: 1, windowMs: 0, concurrency: 4, reportsFailures: false, urgent: false },
};

/**
 * A queue that gives what lies first in it, and a function that ends when it is told to. Of two places one is kept for what people
 * wait for.
 */
function world(source: Partial<Source> = {}, lanes = new Lanes(2)) {
  const waiting: string[] = [];
  const given: string[] = [];
  const ends: (() => void)[] = [];
  /** Done once, at the beginning of the next receive. */
  const receiving: { once?: () => void } = {};
  const sqs = {
    async send({ input }: { input: { MaxNumberOfMessages?: number; WaitTimeSeconds?: number } }) {
      if (input.MaxNumberOfMessages === undefined) return {};
      receiving.once?.();
      delete receiving.once;
      if (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      return {
        Messages: waiting.splice(0, input.MaxNumberOfMessages).map((Body) => ({ Body, MessageId: Body })),
      };
    },
  } as unknown as SQSClient;
  const invoker = {
    async invoke({ Records }: { Records: { body: string }[] }) {
      given.push(...Records.map(({ body }) => body));
      await new Promise<void>((resolve) => ends.push(resolve));
      return { payload: '' };
    },
  } as unknown as Invoker;
  const poller = startPoller({ ...SOURCE, ...source }, sqs, invoker, lanes, { log: () => {} });
  const stop = async () => {
    const stopped = poller.stop();
    for (let left = true; left; ) {
      for (const end of ends.splice(0)) end();
      left = await Promise.race([
        stopped.then(() => false),
        new Promise<true>((go) => setTimeout(go, 5, true)),
      ]);
    }
  };
  return { waiting, given, ends, receiving, stop };
}

const until = async (is: () => boolean) => {
  for (let left = 400; left > 0 && !is(); left -= 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(is()).toBe(true);
};

it('has a place before it receives: what it has received waits for none, whoever comes meanwhile', async () => {
  const lanes = new Lanes(2);
  const { waiting, given, ends, receiving, stop } = world({}, lanes);
  waiting.push('first');
  await until(() => given.length === 1);
  waiting.push('second');
  let other: (() => void) | undefined;
  receiving.once = () => {
    void lanes.take('other', false).then((end) => {
      other = end;
    });
  };
  ends.shift()?.();
  await until(() => given.length === 2);
  expect(given).toEqual(['first', 'second']);
  ends.shift()?.();
  await until(() => other !== undefined);
  other?.();
  await stop();
});

it('keeps no place while nothing is there', async () => {
  const lanes = new Lanes(2);
  const { stop } = world({}, lanes);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const end = await Promise.race([lanes.take('other', false), new Promise((go) => setTimeout(go, 1000))]);
  expect(end).toBeDefined();
  await stop();
});
