import './quiet.ts';
import { fork } from 'node:child_process';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../lambdas/kit/aws.ts';
import { messagesOf } from '../lambdas/models/answer/answer.ts';
import { chat } from '../lambdas/models/wire/chat.ts';
import { atMost, printVerdicts } from './verdicts.ts';
import { CONTROL_TABLE, endpointAt, log, printTable, REQUEST, runnerFor, startWorld } from './world.ts';

/*
 * `npm run bench:step`: what `step.model` costs besides the call itself, in CPU time of this process and in operations on tables.
 * In each round the same number of bare calls is made first, and taken off; then as many operations on a table as the steps made, to
 * show what of it is the AWS SDK's. Endpoint and tables are in other processes.
 */

const CALLS = 300;
/** Until the engine has compiled what runs often; an instance gets there within minutes of work. */
const WARM_UP = 1000;
const ROUNDS = 5;
const MOST_MS = 5;

interface Measured {
  cpuMs: number;
  wallMs: number;
}

interface Round {
  bare: Measured;
  whole: Measured;
  /** CPU of the table operations of one step, alone. */
  tablesMs: number;
}

/** Metrics are part of the work, and go where the functions' output goes: here nobody reads it. */
process.env.POWERTOOLS_METRICS_DISABLED = 'false';
const operations = new Map<string, number>();
const world = await startWorld();
const mock = fork(new URL('./step-mock.ts', import.meta.url), {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
try {
  const url = await new Promise<string>((resolve) => mock.once('message', (said) => resolve(String(said))));
  const endpoint = endpointAt({ name: 'instant', url, requestsPerMinute: 600_000 });
  const [offer] = endpoint.models;
  if (!offer) throw new Error('the endpoint has no model');
  count();
  let item = 0;
  const bare = async () => {
    const messages = messagesOf({ ...REQUEST, step: 'route' });
    await chat(endpoint, offer, { step: 'route', messages, schema: REQUEST.schema });
  };
  const whole = async () => {
    item += 1;
    const runner = runnerFor(item, { name: 'bench', perDayUsd: 1000 }, [endpoint]);
    await runner.model('route', REQUEST);
    await runner.close();
  };
  const table = async () => {
    await dynamo().send(
      new UpdateCommand({
        TableName: CONTROL_TABLE,
        Key: { id: 'bench#alone' },
        UpdateExpression: 'ADD #calls :one',
        ExpressionAttributeNames: { '#calls': 'calls' },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    );
  };
  log(`warm-up: ${WARM_UP} calls each ...`);
  await measure(bare, WARM_UP);
  await measure(whole, WARM_UP);
  operations.clear();
  const results: Round[] = [];
  const times = new Map<string, number>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    log(
      `round ${round} of ${ROUNDS}: ${CALLS} bare calls, ${CALLS} steps, and their table operations alone ...`,
    );
    const measured = { bare: await measure(bare, CALLS), whole: await measure(whole, CALLS) };
    for (const [kind, made] of operations) times.set(kind, (times.get(kind) ?? 0) + made);
    const perStep = [...operations.values()].reduce((sum, made) => sum + made, 0) / CALLS;
    const one = await measure(table, Math.round(CALLS * perStep));
    results.push({ ...measured, tablesMs: one.cpuMs * perStep });
    operations.clear();
  }
  print(results, times);
} finally {
  mock.kill();
  await world.close();
}

/** One after the other: what runs together shares its cost. */
async function measure(one: () => Promise<void>, times: number): Promise<Measured> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  try {
    const from = process.cpuUsage();
    const startedAt = performance.now();
    for (let done = 0; done < times; done += 1) await one();
    const { user, system } = process.cpuUsage(from);
    return { cpuMs: (user + system) / 1000 / times, wallMs: (performance.now() - startedAt) / times };
  } finally {
    process.stdout.write = write;
  }
}

function count(): void {
  const tables = dynamo();
  const { send } = tables;
  tables.send = ((command: Parameters<typeof send>[0]) => {
    const { TableName = '' } = command.input as { TableName?: string };
    const kind = `${command.constructor.name.replace(/Command$/, '')} ${TableName.replace('bench-', '')}`;
    operations.set(kind, (operations.get(kind) ?? 0) + 1);
    return send(command);
  }) as typeof send;
}

function print(results: readonly Round[], times: ReadonlyMap<string, number>): void {
  const over = ({ bare, whole }: Round) => whole.cpuMs - bare.cpuMs;
  const median = [...results].sort((a, b) => over(a) - over(b))[Math.floor(results.length / 2)];
  if (!median) return;
  const { bare, whole, tablesMs } = median;
  const overhead = whole.cpuMs - bare.cpuMs;
  const ms = (value: number) => value.toFixed(2);
  console.log(
    `${CALLS} calls one after the other, an endpoint that answers at once; the median of ${ROUNDS} rounds\n`,
  );
  printTable(
    ['ms per call', 'the call alone', 'step.model', 'besides the call'],
    [
      ['CPU', ms(bare.cpuMs), ms(whole.cpuMs), ms(overhead)],
      ['… of it the table operations, as they cost alone', '', '', ms(tablesMs)],
      [
        'elapsed, with an emulator for the tables',
        ms(bare.wallMs),
        ms(whole.wallMs),
        ms(whole.wallMs - bare.wallMs),
      ],
    ],
  );
  const perCall = [...times].map(([kind, made]) => [kind, made / (ROUNDS * CALLS)] as const).sort();
  const all = perCall.reduce((sum, [, made]) => sum + made, 0);
  console.log();
  printTable(
    ['table operations per call', ''],
    [...perCall.map(([kind, made]) => [kind, made.toFixed(2)]), ['all', all.toFixed(2)]],
  );
  console.log(`\nCPU besides the call, by round: ${results.map((it) => ms(over(it))).join(', ')} ms`);
  console.log(`… of it the table operations: ${results.map((it) => ms(it.tablesMs)).join(', ')} ms`);
  printVerdicts([
    atMost(`CPU besides the call in ms, the median of ${ROUNDS} rounds:`, overhead, MOST_MS, ms),
  ]);
}
