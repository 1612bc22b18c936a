import { CreateTableCommand, DynamoDBClient, type ScalarAttributeType } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdkOptions } from '../../local/emulator.ts';
import { Tables } from '../../local/memory/tables.ts';
import { deployment } from '../support/deployment.ts';
import { AUDIT, COMMANDS, type Command, ITEMS, sequence } from '../support/dynamo-commands.ts';

/*
 * The unit tests stand on a table in memory. Here the same commands go to it and to the emulator's DynamoDB,
 * which others wrote: what they say to each must be the same.
 */

const SEED = 20261127;
const RUNS = 120;

let client: DynamoDBClient;
let engine: DynamoDBDocumentClient;

beforeAll(async () => {
  client = new DynamoDBClient(sdkOptions(deployment.outputs.endpointUrl));
  engine = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
});
afterAll(() => client?.destroy());

async function createTable(TableName: string, ...keys: string[]): Promise<void> {
  const AttributeType: ScalarAttributeType = 'S';
  await client.send(
    new CreateTableCommand({
      ...{ TableName, BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index ? 'RANGE' : 'HASH' })),
    }),
  );
}

interface Said {
  name?: string;
  Item?: Record<string, never>;
  CancellationReasons?: { Code?: string; Item?: Record<string, never> }[];
}

/** What a command was answered, or how it was refused, without the words of either. */
async function said(answer: () => unknown): Promise<object> {
  try {
    const { $metadata: _, ...facts } = (await answer()) as Record<string, unknown>;
    const { Item, Items, Attributes, LastEvaluatedKey, Responses } = facts;
    const codes = (Responses as { Error?: { Code: string } }[])?.map(
      ({ Error: { Code } = { Code: '' } }) => Code,
    );
    return { Item, Items, Attributes, LastEvaluatedKey, codes };
  } catch (error) {
    const { name, Item, CancellationReasons } = error as Said;
    return {
      name,
      Item: Item && unmarshall(Item),
      reasons: CancellationReasons?.map((it) => ({ code: it.Code, row: it.Item && unmarshall(it.Item) })),
    };
  }
}

/** The tables of one sequence are its own. */
function inTables(value: unknown, run: string): unknown {
  return JSON.parse(
    JSON.stringify(value).replaceAll(/double-(?:items|audit)\b/g, (name) => `${name}-${run}`),
  );
}

describe('the double of DynamoDB', () => {
  it('answers and refuses as the emulator does, whatever comes in whatever order', async () => {
    const base = crypto.randomUUID().slice(0, 8);
    let count = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(sequence, async (commands) => {
        count += 1;
        const run = `${base}-${count}`;
        await Promise.all([
          createTable(`${ITEMS}-${run}`, 'id'),
          createTable(`${AUDIT}-${run}`, 'month', 'order'),
        ]);
        const tables = new Tables();
        for (const { name, input } of commands) {
          const own = inTables(input, run) as Command['input'];
          const double = await said(() => tables.run(name, structuredClone(own) as never));
          const real = await said(() => engine.send(new COMMANDS[name](own as never) as never));
          if ('name' in real) refused += 1;
          expect(double, `${name} ${JSON.stringify(own)}`).toEqual(real);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(refused).toBeGreaterThan(RUNS);
  });
});
