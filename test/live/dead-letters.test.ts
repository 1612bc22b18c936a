import { expect, it } from 'vitest';
import { Aws } from '../../cli/aws.ts';
import { peek, receive } from '../../cli/dead-letters/messages.ts';
import { deadLettersAmong, namedQueue, queuesOf } from '../../cli/dead-letters/queues.ts';
import { moveAll } from '../../cli/dead-letters/redrive.ts';
import { outputs } from '../support/app.ts';

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
