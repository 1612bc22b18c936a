import './quiet.ts';
import { fork } from 'node:child_process';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo } from '../lambdas/kit/aws.ts';
import { messagesOf } from '../lambdas/models/answer/answer.ts';
import { chat } from '../lambdas/models/wire/chat.ts';
import { atMost, printVerdicts } from './verdicts.ts';
import { CONTROL_TABLE, endpointAt, log, printTable, REQUEST, runnerFor, startWorld } from './world.ts';

/*
 * `npm run bench:step`: what `step.model` costs besides the call itself, in CPU time of this process and in operations on tables: for
 * an item alone, and for ten items at once, as an invocation has them. In each round as many bare calls are made first, and taken
 * off; then as many operations on a table as the steps made, to show what of it is the AWS SDK's. Endpoint and tables are in other
 * processes.
 */

const CALLS = 300;
/** Until the engine has compiled what runs often; an instance gets there within minutes of work. */
const WARM_UP = 1000;
const ROUNDS = 5;

/** Items at once, and what is asked of a step. */
const WAYS = [
  { name: 'alone', atOnce: 1, mostMs: 5, mostOperations: 5 },
  { name: 'ten at once', atOnce: 10, mostMs: 2.5, mostOperations: 3 },
] as const;
type Way = (typeof WAYS)[number];

interface Measured {
  cpuMs: number;
  wallMs: number;
}

interface Round {
  bare: Measured;
  whole: Measured;
  /** Of one step, by kind. */
  operations: Map<string, number>;
  /** CPU of these operations, alone. */
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
    const runner = runnerFor(item, { name: 'bench', perDayUsd: 1000 }, [endpoint], true);
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
  for (const { atOnce } of WAYS) {
    await measure(bare, WARM_UP / 2, atOnce);
    await measure(whole, WARM_UP / 2, atOnce);
  }
  const results = new Map<Way, Round[]>(WAYS.map((way) => [way, []]));
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const way of WAYS) {
      log(
        `round ${round} of ${ROUNDS}, ${way.name}: ${CALLS} bare calls, ${CALLS} steps, their operations ...`,
      );
      const cost = { bare: await measure(bare, CALLS, way.atOnce), whole: await measured(whole, way.atOnce) };
      const perStep = sum(cost.whole.operations);
      const one = await measure(table, Math.max(1, Math.round(CALLS * perStep)), way.atOnce);
      results.get(way)?.push({
        ...{ bare: cost.bare, whole: cost.whole, operations: cost.whole.operations },
        tablesMs: one.cpuMs * perStep,
      });
    }
  print(results);
} finally {
  mock.kill();
  await world.close();
}

/** With the operations of one step. */
async function measured(one: () => Promise<void>, atOnce: number) {
  operations.clear();
  const cost = await measure(one, CALLS, atOnce);
  return { ...cost, operations: new Map([...operations].map(([kind, made]) => [kind, made / CALLS])) };
}

/** So many at once, and the next ones when all of them are done. */
async function measure(one: () => Promise<void>, times: number, atOnce: number): Promise<Measured> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  try {
    const from = process.cpuUsage();
    const startedAt = performance.now();
    for (let done = 0; done < times; done += atOnce)
      await Promise.all(Array.from({ length: Math.min(atOnce, times - done) }, one));
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
    const { TableName, RequestItems = {} } = command.input as { TableName?: string; RequestItems?: object };
    const table = TableName ?? Object.keys(RequestItems).join();
    const kind = `${command.constructor.name.replace(/Command$/, '')} ${table.replace('bench-', '')}`;
    operations.set(kind, (operations.get(kind) ?? 0) + 1);
    return send(command);
  }) as typeof send;
}

function sum(numbers: ReadonlyMap<string, number>): number {
  return [...numbers.values()].reduce((total, one) => total + one, 0);
}

/** Of what a step costs besides its call. */
function median(rounds: readonly Round[]): Round {
  const over = ({ bare, whole }: Round) => whole.cpuMs - bare.cpuMs;
  return rounds.toSorted((a, b) => over(a) - over(b))[Math.floor(rounds.length / 2)] as Round;
}

function print(results: ReadonlyMap<Way, Round[]>): void {
  const ms = (value: number) => value.toFixed(2);
  const found = [...results].map(([way, rounds]) => ({ way, rounds, of: median(rounds) }));
  const row = (name: string, show: (of: Round) => string) => [name, ...found.map(({ of }) => show(of))];
  console.log(`${CALLS} calls, an endpoint that answers at once; the medians of ${ROUNDS} rounds\n`);
  printTable(
    ['ms per call', ...found.map(({ way }) => way.name)],
    [
      row('CPU of the call alone', ({ bare }) => ms(bare.cpuMs)),
      row('CPU of step.model', ({ whole }) => ms(whole.cpuMs)),
      row('CPU besides the call', ({ bare, whole }) => ms(whole.cpuMs - bare.cpuMs)),
      row('… of it the table operations, as they cost alone', ({ tablesMs }) => ms(tablesMs)),
      row('elapsed, with an emulator for the tables', ({ whole }) => ms(whole.wallMs)),
    ],
  );
  const kinds = [...new Set(found.flatMap(({ of }) => [...of.operations.keys()]))].sort();
  console.log();
  printTable(
    ['table operations per call', ...found.map(({ way }) => way.name)],
    [
      ...kinds.map((kind) => row(kind, ({ operations: made }) => ms(made.get(kind) ?? 0))),
      row('all', ({ operations: made }) => ms(sum(made))),
    ],
  );
  for (const { way, rounds } of found)
    console.log(
      `\nCPU besides the call, ${way.name}, by round: ${rounds.map(({ bare, whole }) => ms(whole.cpuMs - bare.cpuMs)).join(', ')} ms`,
    );
  printVerdicts(
    found.flatMap(({ way, of }) => [
      atMost(`${way.name}: CPU besides the call in ms`, of.whole.cpuMs - of.bare.cpuMs, way.mostMs, ms),
      atMost(`${way.name}: table operations per step`, sum(of.operations), way.mostOperations, ms),
    ]),
  );
}
