import { beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from '../../../lambdas/kit/queue/send.ts';

const sqs = vi.hoisted(() => ({
  sent: [] as { name: string; input: Record<string, unknown> }[],
  answer: {} as object,
}));
vi.mock('../../../lambdas/kit/aws.ts', () => ({
  sqs: () => ({
    send: async (command: { input: Record<string, unknown> }) => {
      sqs.sent.push({ name: command.constructor.name, input: command.input });
      return sqs.answer;
    },
  }),
}));

beforeEach(() => {
  sqs.sent = [];
  sqs.answer = {};
});

describe('a message', () => {
  it('goes alone where nothing else is ready, without a delay of zero', async () => {
    await send('alone', { a: 1 });

    expect(sqs.sent).toEqual([
      { name: 'SendMessageCommand', input: { QueueUrl: 'alone', MessageBody: '{"a":1}' } },
    ]);
  });

  it('goes with up to nine others of its queue, each with its own delay', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => send('many', { index }, index % 2)));

    expect(
      sqs.sent.map(({ name, input }) => [name, (input.Entries as object[] | undefined)?.length]),
    ).toEqual([
      ['SendMessageBatchCommand', 10],
      ['SendMessageBatchCommand', 2],
    ]);
    expect(sqs.sent[0]?.input.Entries).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ DelaySeconds: 1 })]),
    );
  });

  it('fails alone where SQS did not take it', async () => {
    sqs.answer = { Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] };
    const sent = await Promise.allSettled([
      send('some', { a: 1 }),
      send('some', { a: 2 }),
      send('some', { a: 3 }),
    ]);

    expect(sent.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(sent[1]).toMatchObject({ reason: { name: 'TransientError' } });
  });

  it('is never too large together with others', async () => {
    const large = 'x'.repeat(150_000);
    await Promise.all([send('large', { large }), send('large', { large })]);

    expect(sqs.sent.map(({ name }) => name)).toEqual(['SendMessageCommand', 'SendMessageCommand']);
  });
});
