import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documents, unrepeated } from '../../../lambdas/kit/dynamo/documents.ts';
import { type Answer, reset, type Stub, stubServer } from '../../support/http.ts';

/* With the SDK itself, whose chain of middleware is kept from call to call. */

let aws: Stub;
let tables: ReturnType<typeof documents>;

beforeEach(async () => {
  aws = await stubServer({ status: 200 });
  tables = documents(
    new DynamoDBClient({
      ...{ region: 'eu-west-1', endpoint: aws.url, maxAttempts: 3, cacheMiddleware: true },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }),
  );
});
afterEach(() => aws.close());

const failure = (status: number, type: string, more: object = {}): Answer => ({
  ...{ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, ...more } },
});
const get = (id: string) => tables.send(new GetCommand({ TableName: 't', Key: { id } }));
const add = (by: number) =>
  new UpdateCommand({
    ...{ TableName: 't', Key: { id: 'x' }, UpdateExpression: 'ADD n :n' },
    ExpressionAttributeValues: { ':n': by },
  });
const sent = () => aws.seen.map(({ body }) => JSON.parse(body));

describe('a row', () => {
  it('is plain on our side and made of attributes on the other', async () => {
    aws.answers = [
      { status: 200, body: { Item: { id: { S: 'x' }, n: { N: '2' }, tags: { L: [{ S: 'a' }] } } } },
    ];

    expect((await get('x')).Item).toEqual({ id: 'x', n: 2, tags: ['a'] });
    expect(sent()).toEqual([{ TableName: 't', Key: { id: { S: 'x' } } }]);
  });

  it('is so in transactions and in batches, both ways; what is undefined is left out', async () => {
    const row = { id: 'x', at: undefined };
    await tables.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 't', Item: row } }] }));
    const put = { PutRequest: { Item: { id: { S: 'x' } } } };
    aws.answers = [{ status: 200, body: { UnprocessedItems: { t: [put] } } }];
    const RequestItems = { t: [{ PutRequest: { Item: row } }] };
    const written = await tables.send(new BatchWriteCommand({ RequestItems }));
    aws.answers = [{ status: 200, body: { Responses: { t: [{ id: { S: 'x' } }] }, UnprocessedKeys: {} } }];
    const found = await tables.send(new BatchGetCommand({ RequestItems: { t: { Keys: [{ id: 'x' }] } } }));

    expect(sent()).toEqual([
      {
        TransactItems: [{ Put: { TableName: 't', Item: { id: { S: 'x' } } } }],
        // A transaction that is sent again without an answer is not refused by itself.
        ClientRequestToken: expect.stringMatching(/^[\w-]{36}$/),
      },
      { RequestItems: { t: [put] } },
      { RequestItems: { t: { Keys: [{ id: { S: 'x' } }] } } },
    ]);
    expect(written.UnprocessedItems).toEqual({ t: [{ PutRequest: { Item: { id: 'x' } } }] });
    expect(found.Responses).toEqual({ t: [{ id: 'x' }] });
  });

  it('is so in statements, whose answers are as they come', async () => {
    const answers = [{ TableName: 't' }, { Error: { Code: 'DuplicateItem', Message: 'x' }, TableName: 't' }];
    aws.answers = [{ status: 200, body: { Responses: answers } }];
    const Statement = `INSERT INTO "t" VALUE {'id': ?, 'n': ?}`;
    const Statements = [{ Statement, Parameters: ['x', null] }];
    const said = await tables.send(new BatchExecuteStatementCommand({ Statements }));

    expect(sent()).toEqual([{ Statements: [{ Statement, Parameters: [{ S: 'x' }, { NULL: true }] }] }]);
    expect(said.Responses).toEqual(answers);
  });

  it('goes with its own call where many of a kind are under way', async () => {
    aws.answers = [
      (response, { body }) => {
        const { Key } = JSON.parse(body);
        const text = JSON.stringify({ Item: Key });
        setTimeout(() => response.writeHead(200).end(text), Key.id.S === '0' ? 20 : 0);
      },
    ];
    const ids = Array.from({ length: 20 }, (_, index) => String(index));

    const rows = await Promise.all(ids.map(get));

    expect(rows.map(({ Item }) => Item)).toEqual(ids.map((id) => ({ id })));
  });
});

describe('a call', () => {
  it("fails with the SDK's errors, with the row that refused, and is not sent again", async () => {
    aws.answers = [failure(400, 'ConditionalCheckFailedException', { Item: { id: { S: 'x' } } })];
    await expect(get('x')).rejects.toMatchObject({
      ...{ name: 'ConditionalCheckFailedException', Item: { id: { S: 'x' } } },
    });
    expect(aws.seen).toHaveLength(1);
  });

  it('that must not be made twice is so alone, and not those of its kind before and after it', async () => {
    aws.answers = [reset, { status: 200 }];
    await tables.send(add(1));
    aws.answers = [failure(400, 'ThrottlingException'), reset];
    await expect(tables.send(unrepeated(add(2)))).rejects.toMatchObject({ name: 'Unanswered' });
    aws.answers = [reset, { status: 200 }];
    await tables.send(add(3));

    expect(sent().map((it) => it.ExpressionAttributeValues[':n'].N)).toEqual(['1', '1', '2', '2', '3', '3']);
  });
});
