import { expect, it } from 'vitest';
import { Aws } from '../../cli/aws.ts';
import { peek, receive } from '../../cli/dead-letters/messages.ts';
import { deadLettersAmong, namedQueue, queuesOf } from '../../cli/dead-letters/queues.ts';
import { moveAll } from '../../cli/dead-letters/redrive.ts';
import { outputs, request } from '../support/app.ts';

const POISON = 'no json {';
const STALE = JSON.stringify({ itemId: `refund-request_${'0'.repeat(32)}`, generation: 1 });

it('dead letters of the deployed application are found, shown and moved back, and none is lost', async () => {
  const aws = Aws.local(outputs);
  const all = deadLettersAmong(await queuesOf(aws, 'local'));
  const dead = namedQueue(
    all,
    all.find(({ part, sources }) => part === 'refund-request' && sources.length > 1)?.name ?? '',
  );
  expect(dead.sources.map(({ name }) => name)).toContain('signalbox-local-refund-request-work');
  expect(all.find(({ part }) => part === 'platform')).toBeDefined();

  const send = (MessageBody: string) => aws.json('sqs', 'SendMessage', { QueueUrl: dead.url, MessageBody });
  await send(POISON);
  await send(STALE);
  const shown = await peek(aws, dead.url, 10);
  expect(shown.map(({ body }) => body).sort()).toEqual(expect.arrayContaining([POISON, STALE]));

  // What was shown is there as before; a poison message is taken out by hand.
  for (const { body, receipt: ReceiptHandle } of await receive(aws, dead.url, 1, 10))
    if (body === POISON) await aws.json('sqs', 'DeleteMessage', { QueueUrl: dead.url, ReceiptHandle });
  const work = dead.sources.filter(({ name }) => name === 'signalbox-local-refund-request-work');
  await new Promise((later) => setTimeout(later, 1500));
  const moved = await moveAll(aws, { ...dead, sources: work, messages: 1 }, async () => true);
  expect(moved).toMatchObject({ moved: { 'signalbox-local-refund-request-work': 1 }, left: 0 });
  expect(await peek(aws, dead.url, 10)).toEqual([]);
});

it('operators see them by the API, move back what came from a queue, and delete the rest', async () => {
  const aws = Aws.local(outputs);
  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    return (await request(`/v1/dead-letters${path}`, init)).body as {
      shown?: { id: string; text?: string }[];
      queues?: { queue: string; messages: number }[];
      [field: string]: unknown;
    };
  };
  const QueueName = 'signalbox-local-refund-request-dead-letters';
  const { QueueUrl } = await aws.json<{ QueueUrl: string }>('sqs', 'GetQueueUrl', { QueueName });
  await aws.json('sqs', 'SendMessage', { QueueUrl, MessageBody: POISON });

  const { shown = [] } = await call('GET', '/refund-request');
  expect(shown.map(({ text }) => text)).toEqual([POISON]);
  const [{ id = '' } = {}] = shown;
  // Nobody knows which queue it is of.
  const reason = 'a test';
  expect(await call('POST', '/refund-request/redrive', { reason })).toMatchObject({ moved: 0, left: 1 });
  expect(await call('POST', '/refund-request/delete', { ids: [id], reason })).toMatchObject({ deleted: 1 });
  expect((await call('GET', '')).queues).toContainEqual({ queue: 'refund-request', messages: 0 });
});
