import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { ModelRequest } from '../lambdas/contract/automation.ts';
import type { Endpoint } from '../lambdas/contract/endpoint.ts';
import type { Runner } from '../lambdas/models/runner.ts';
import { stepRunner } from '../lambdas/models/step.ts';
import { emulatorEnv, sdkOptions } from '../local/emulator.ts';
import { startEmulator } from '../local/ministack.ts';

/* What the model plane needs to run in this process: the emulator with its tables and one secret. */

export const CONTROL_TABLE = 'bench-control';
const IDEMPOTENCY_TABLE = 'bench-idempotency';
const SECRET = 'bench/endpoint';

export interface World {
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const emulator = await startEmulator({ port: await freePort(), stateDir, log });
  const close = async () => {
    await emulator.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    Object.assign(process.env, emulatorEnv(emulator.endpoint));
    const options = sdkOptions(emulator.endpoint);
    const tables = new DynamoDBClient(options);
    for (const TableName of [CONTROL_TABLE, IDEMPOTENCY_TABLE])
      await tables.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
    const secret = new CreateSecretCommand({ Name: SECRET, SecretString: '{"apiKey":"bench"}' });
    await new SecretsManagerClient(options).send(secret);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Progress goes to stderr: what is printed are the figures. */
export function log(line: string): void {
  console.error(line);
}

export interface Offered {
  name: string;
  url: string;
  requestsPerMinute?: number;
  /** Per million tokens, in and out. */
  usd?: [number, number];
  maxOutputTokens?: number;
}

export function endpointAt(offered: Offered): Endpoint {
  const { name, url, requestsPerMinute, usd = [1, 5], maxOutputTokens = 200 } = offered;
  const [inputUsdPerMillion, outputUsdPerMillion] = usd;
  return {
    ...{
      kind: 'endpoint' as const,
      name,
      baseUrl: url,
      secret: SECRET,
      timeoutSeconds: 10,
      residency: 'own',
      capabilities: {},
    },
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    models: [
      {
        ...{ name: 'mock', kind: 'chat', tier: 'small', pricedAt: '2026-11-20', contextTokens: 100_000 },
        ...{
          inputUsdPerMillion,
          cachedUsdPerMillion: inputUsdPerMillion,
          outputUsdPerMillion,
          maxOutputTokens,
        },
      },
    ],
  };
}

export interface Budgeted {
  name: string;
  perDayUsd: number;
}

/** The door to the model as the processor opens it for one item. `fresh`: nobody was at work on it before. */
export function runnerFor(
  item: number,
  { name, perDayUsd }: Budgeted,
  endpoints: readonly Endpoint[],
  fresh = false,
): Runner {
  return stepRunner({
    fresh,
    item: { id: `item-${name}-${item}`, generation: 1, priority: 'normal' },
    body: {},
    feedback: [],
    automation: { name, budget: { perDayUsd, perItemUsd: 1 }, prompts: { route: 'bench.v1' } },
    endpoints,
    idempotencyTable: IDEMPOTENCY_TABLE,
    controlTable: CONTROL_TABLE,
  });
}

/** About as long as the question of a real step. */
export const REQUEST: ModelRequest<{ label: string }> = {
  prompt: { version: 'bench.v1', text: `You sort messages. ${'One rule of how to sort them. '.repeat(30)}` },
  input: { text: 'I was charged twice for the same order. Please pay one charge back.', labels: ['a', 'b'] },
  schema: z.strictObject({ label: z.string() }),
};

/** A table in Markdown: the first cell of each row names it. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`| ${heads.join(' | ')} |\n| --- ${'| ---: '.repeat(heads.length - 1)}|`);
  for (const cells of rows) console.log(`| ${cells.join(' | ')} |`);
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
