import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { documents, unrepeated } from '../../lambdas/kit/dynamo/documents.ts';
import { reserve, settle } from '../../lambdas/models/budget.ts';
import { raiseBudget } from '../../lambdas/tables/control/budgets.ts';

/* With the SDK itself, because what is tested is what it does by itself. */

const held = vi.hoisted(() => ({ client: undefined as unknown }));
vi.mock('../../lambdas/kit/aws.ts', () => ({ dynamo: () => held.client }));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({ logger: { warn: () => {} }, count: () => {} }));

type Answer = Error | { status: number; body: object };

function client(answers: Answer[]) {
  const asked = { times: 0 };
  const handle = async () => {
    asked.times += 1;
    const answer = answers.shift() ?? { status: 200, body: {} };
    if (answer instanceof Error) throw answer;
    const body = new TextEncoder().encode(JSON.stringify(answer.body));
    return {
      response: {
        statusCode: answer.status,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: new Blob([body]).stream(),
      },
    };
  };
  const dynamo = documents(
    new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 3,
      cacheMiddleware: true,
      requestHandler: { handle } as never,
    }),
  );
  return { asked, dynamo };
}

const add = () =>
  new UpdateCommand({
    TableName: 'control',
    Key: { id: 'budget#demo' },
    UpdateExpression: 'ADD spent :less',
    ExpressionAttributeValues: { ':less': -5 },
  });
const lost = () => Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
const refused = (type: string) => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}` },
});

describe('an addition', () => {
  it('is repeated by the SDK when its answer is lost, if nobody forbids it', async () => {
    const { asked, dynamo } = client([lost()]);

    await dynamo.send(add());

    expect(asked.times).toBe(2);
  });

  it.each<[string, Answer]>([
    ['its answer is lost', lost()],
    ['something broke at the table', { status: 500, body: { __type: 'InternalServerError' } }],
  ])('is made once where it must not be repeated and %s', async (_name, answer) => {
    const { asked, dynamo } = client([answer]);

    await expect(dynamo.send(unrepeated(add()))).rejects.toMatchObject({ name: 'Unanswered' });

    expect(asked.times).toBe(1);
  });

  it('is sent again after it was turned away for too many at once', async () => {
    const { asked, dynamo } = client([refused('ProvisionedThroughputExceededException')]);

    await dynamo.send(unrepeated(add()));

    expect(asked.times).toBe(2);
  });

  it('still says which condition did not hold', async () => {
    const { dynamo } = client([refused('ConditionalCheckFailedException')]);

    await expect(dynamo.send(unrepeated(add()))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
  });

  it('is what settles a reservation: it is not made twice, and not being heard of throws at nobody', async () => {
    const { asked, dynamo } = client([{ status: 200, body: {} }, lost()]);
    held.client = dynamo;
    const automation = { name: 'demo', budget: { perDayUsd: 1, perItemUsd: 1 } };

    await settle(await reserve('control', automation, { usd: 0.01, tokens: 9 }), 0, 0);

    expect(asked.times).toBe(2);
  });

  it('is what raises a budget: it is not made twice, and who asked hears that nobody knows', async () => {
    const { asked, dynamo } = client([lost()]);
    held.client = dynamo;

    const raised = raiseBudget('control', 'demo', { microUsd: 5_000_000, tokens: 0, by: 'olga' });

    await expect(raised).rejects.toMatchObject({ name: 'Unanswered' });
    expect(asked.times).toBe(1);
  });
});
