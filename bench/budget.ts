import { budgetKey } from '../lambdas/tables/keys.ts';
import './quiet.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import OpenAI from 'openai';
import type { Endpoint } from '../lambdas/contract/endpoint.ts';
import { dynamo } from '../lambdas/kit/aws.ts';
import { TransientError } from '../lambdas/kit/errors.ts';
import { cost } from '../lambdas/models/prices.ts';
import { BudgetSpent, Waiting } from '../lambdas/outbound/waiting-error.ts';
import { type Amount, hasRoom, raiseBudget, readBudget } from '../lambdas/tables/control/budgets.ts';
import { type MockEndpoint, startMockEndpoint } from './mock-endpoint.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { CONTROL_TABLE, endpointAt, log, printTable, REQUEST, runnerFor, startWorld } from './world.ts';

/*
 * `npm run bench:budget`: 50 items at once against a cap for 20. Once through `step.model`, once so with a first endpoint that is
 * down and a second one that costs twice as much, and once as it is mostly done: look what is spent, call, add what it cost.
 */

const ITEMS = 50;
const CAP_ITEMS = 20;
/** Answers as long as they may be: what is booked is then as near as can be to what is paid. */
const USAGE = { inputTokens: 320, outputTokens: 200 };
const LATENCY_MS = 100;
const ANY_RATE = { perSecond: 100_000, burst: 100_000, latencyMs: LATENCY_MS, usage: USAGE };

/**
 * What a suspended item needs; `waits`: for the cheaper endpoint, as the day holds no call of the dearer one.
 */
type State = 'open' | 'done' | 'failed' | 'waits' | Amount;

interface Run {
  capMicroUsd: number;
  /** Done before anybody raised the budget, and those of them that were done when the others were suspended. */
  done: number;
  doneAtOnce: number;
  waiting: number;
  failed: number;
  /** Billed by the endpoint until then. */
  billedMicroUsd: number;
  /** The most that was ever booked. */
  mostMicroUsd: number;
  /** In the end, after a raise. */
  finished: number;
  /** Calls that the endpoints answered, for all items. */
  calls: number;
}

const world = await startWorld();
const mocks: MockEndpoint[] = [];
try {
  const first = await mock();
  const cheap = endpointAt({ name: 'cheap', url: first.url });
  log(`step.model: ${ITEMS} items, a cap for ${CAP_ITEMS} ...`);
  const ours = await run('ours', [cheap], [first]);
  log('with a fallback to a more expensive endpoint ...');
  const [down, second] = [await mock(), await mock()];
  down.down = true;
  const shut = endpointAt({ name: 'shut', url: down.url });
  const dear = endpointAt({ name: 'dear', url: second.url, usd: [2, 10] });
  const fallback = await run('fallback', [shut, dear], [second]);
  log('naive ...');
  const third = await mock();
  const naive = await runNaive('naive', endpointAt({ name: 'naive', url: third.url }), third);
  print(ours, fallback, naive);
} finally {
  await Promise.all(mocks.map((one) => one.close()));
  await world.close();
}

async function mock(): Promise<MockEndpoint> {
  const started = await startMockEndpoint(ANY_RATE);
  mocks.push(started);
  return started;
}

/** Of the endpoint that answers: the last one. */
function billPerItem(endpoints: readonly Endpoint[]): number {
  const offer = endpoints.at(-1)?.models[0];
  return offer ? Math.ceil(cost(offer, { ...USAGE, cachedTokens: 0 }) * 1_000_000) : 0;
}

async function run(
  name: string,
  endpoints: readonly Endpoint[],
  answering: readonly MockEndpoint[],
): Promise<Run> {
  const bill = billPerItem(endpoints);
  const capMicroUsd = CAP_ITEMS * bill;
  const budget = { name, perDayUsd: capMicroUsd / 1_000_000 };
  const state: State[] = Array.from({ length: ITEMS }, () => 'open');
  const answered = () => answering.reduce((sum, { counts }) => sum + counts.answered, 0);
  let mostMicroUsd = 0;
  let watching = true;
  const watch = (async () => {
    while (watching) {
      mostMicroUsd = Math.max(mostMicroUsd, (await readBudget(CONTROL_TABLE, name))?.spentMicroUsd ?? 0);
      await sleep(10);
    }
  })();
  const one = async (item: number) => {
    const runner = runnerFor(item, budget, endpoints);
    try {
      await runner.model('route', REQUEST);
      state[item] = 'done';
    } catch (error) {
      state[item] = stateAfter(error);
      if (state[item] === 'failed') log(`  item ${item}: ${String(error)}`);
    } finally {
      await runner.close();
    }
  };
  /** All that wait, together: a suspended item looks first whether there is room for what it needs. */
  const round = async () => {
    const row = await readBudget(CONTROL_TABLE, name);
    const goes = state.flatMap((it, item) =>
      it === 'open' || it === 'waits' || (typeof it === 'object' && hasRoom(budget, row, it)) ? [item] : [],
    );
    const before = doneOf(state);
    await Promise.all(goes.map(one));
    return state.includes('open') || doneOf(state) > before;
  };
  let again = await round();
  const doneAtOnce = doneOf(state);
  while (again) {
    await sleep(50);
    again = await round();
  }
  const before = doneOf(state);
  const waiting = state.filter(isWaiting).length;
  const billedMicroUsd = answered() * bill;
  watching = false;
  await watch;
  await raiseBudget(CONTROL_TABLE, name, { microUsd: 10 * capMicroUsd, tokens: 0, by: 'bench' });
  await Promise.all(state.flatMap((it, item) => (isWaiting(it) ? [one(item)] : [])));
  return {
    ...{ capMicroUsd, done: before, doneAtOnce, waiting, billedMicroUsd, mostMicroUsd, calls: answered() },
    failed: state.filter((it) => it === 'failed').length,
    finished: doneOf(state),
  };
}

function stateAfter(error: unknown): State {
  if (error instanceof BudgetSpent) return error.needs;
  if (error instanceof Waiting) return 'waits';
  // The first ones find the first endpoint down and no room for the second one: their messages come again.
  return error instanceof TransientError ? 'open' : 'failed';
}

function isWaiting(state: State): boolean {
  return state === 'waits' || typeof state === 'object';
}

function doneOf(states: readonly State[]): number {
  return states.filter((it) => it === 'done').length;
}

async function runNaive(name: string, endpoint: Endpoint, answering: MockEndpoint): Promise<Run> {
  const bill = billPerItem([endpoint]);
  const capMicroUsd = CAP_ITEMS * bill;
  const client = new OpenAI({ apiKey: 'bench', baseURL: endpoint.baseUrl, logLevel: 'off' });
  const Key = { id: budgetKey(name) };
  const results = await Promise.all(
    Array.from({ length: ITEMS }, async () => {
      const { Item } = await dynamo().send(
        new GetCommand({ TableName: CONTROL_TABLE, Key, ConsistentRead: true }),
      );
      if (Number(Item?.spentMicroUsd ?? 0) + bill > capMicroUsd) return 'waiting';
      await client.chat.completions.create({ model: 'mock', messages: [{ role: 'user', content: 'bench' }] });
      await dynamo().send(
        new UpdateCommand({
          TableName: CONTROL_TABLE,
          Key,
          UpdateExpression: 'ADD spentMicroUsd :bill',
          ExpressionAttributeValues: { ':bill': bill },
        }),
      );
      return 'done';
    }),
  );
  const done = results.filter((it) => it === 'done').length;
  const billedMicroUsd = answering.counts.answered * bill;
  return {
    ...{ capMicroUsd, done, waiting: ITEMS - done, failed: 0, billedMicroUsd, mostMicroUsd: billedMicroUsd },
    ...{ doneAtOnce: done, finished: done, calls: answering.counts.answered },
  };
}

function print(ours: Run, fallback: Run, naive: Run): void {
  const dollars = (micro: number) => `$${(micro / 1_000_000).toFixed(6)}`;
  const rows: [string, (of: Run) => string][] = [
    [`cap, for ${CAP_ITEMS} items`, ({ capMicroUsd }) => dollars(capMicroUsd)],
    ['billed', ({ billedMicroUsd }) => dollars(billedMicroUsd)],
    ['of the cap', (of) => `${((of.billedMicroUsd / of.capMicroUsd) * 100).toFixed(1)} %`],
    ['most ever booked', ({ mostMicroUsd }) => dollars(mostMicroUsd)],
    ['items done under the cap', ({ done }) => String(done)],
    ['… when the others were suspended', ({ doneAtOnce }) => String(doneAtOnce)],
    ['items that wait', ({ waiting }) => String(waiting)],
    ['items failed or lost', ({ failed }) => String(failed)],
    ['items done after a raise', ({ finished }) => String(finished)],
    ['calls answered, for all items', ({ calls }) => String(calls)],
  ];
  console.log(
    `${ITEMS} items at once against a cap for ${CAP_ITEMS}, ${LATENCY_MS} ms per answer,` +
      ` every answer as long as maxOutputTokens allows\n`,
  );
  printTable(
    ['', 'step.model', 'step.model, fallback to twice the price', 'look, call, add'],
    rows.map(([name, show]) => [name, show(ours), show(fallback), name.includes('raise') ? '' : show(naive)]),
  );
  const both = [['step.model', ours] as const, ['step.model with fallback', fallback] as const];
  printVerdicts([
    ...both.flatMap(([name, of]) => [
      atMost(`${name}: billed`, of.billedMicroUsd, of.capMicroUsd, dollars),
      atMost(`${name}: most ever booked`, of.mostMicroUsd, of.capMicroUsd, dollars),
      exactly(`${name}: failed`, of.failed, 0),
      exactly(`${name}: done or waiting`, of.done + of.waiting, ITEMS),
      exactly(`${name}: done after a raise`, of.finished, ITEMS),
      exactly(`${name}: calls that were paid`, of.calls, ITEMS),
    ]),
    // Nobody is suspended while calls under way may leave enough.
    exactly('step.model: done when the others were suspended', ours.doneAtOnce, ours.done),
  ]);
}
