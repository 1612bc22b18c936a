import './quiet.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { TransientError } from '../lambdas/kit/errors.ts';
import { breakerTimes } from '../lambdas/outbound/neighbour/breaker.ts';
import { Waiting } from '../lambdas/outbound/waiting-error.ts';
import { readBreakers } from '../lambdas/tables/control/breakers.ts';
import { type MockEndpoint, startMockEndpoint } from './mock-endpoint.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { CONTROL_TABLE, endpointAt, log, printTable, REQUEST, runnerFor, startWorld } from './world.ts';

/*
 * `npm run bench:outage`: an endpoint is down for 5 minutes, with a backlog of work before it. A second here stands for half a
 * minute: the breaker's times are shortened by that much, the endpoint's limit is per real second. Once through `step.model` and a
 * queue that delivers again as SQS does, once as the openai client does it behind the same queue, once as it does it without any.
 * The client's own pauses (half a second to eight) cannot be shortened: here they span more of the outage than in life.
 */

const SCALE = 30;
const OUTAGE_MS = (5 * 60_000) / SCALE;
/** Not a multiple of the breaker's window: good calls are in the one in which the outage begins. */
const BEFORE_MS = 3000;
const LIMIT = { perSecond: 20, burst: 20, latencyMs: 100 };
const ITEMS = 1000;
const WORKERS = 20;
/** As in process.ts: until the next delivery of a message that failed. */
const BACKOFF_MS = [5, 30, 120, 300].map((seconds) => (seconds * 1000) / SCALE);
const MAX_RECEIVES = 6;
/** Then a run ends, whatever is left of it. */
const MOST_MS = 90_000;
/** As in breaker.ts: failures mean nothing in fewer calls than these. */
const SAMPLE = 10;
/** A message that waits does so for whole seconds, which are not shortened. */
const LEAST_WAIT_MS = 1000;

/** What the client asks by itself. */
const QUESTION = { model: 'mock', messages: [{ role: 'user' as const, content: 'bench' }] };

/** What the issue asks for. */
const MOST_DRAIN = 1.2;

for (const [name, ms] of Object.entries(breakerTimes))
  breakerTimes[name as keyof typeof breakerTimes] = ms / SCALE;

interface Run {
  done: number;
  failed: number;
  /** Requests that the endpoint failed or refused, after the first ones of the outage as well. */
  inVain: number;
  refused: number;
  /** From the first failure until the breaker was open. */
  openedMs: number | undefined;
  /** Requests that had failed by then: its sample, and what was on its way meanwhile. */
  inVainBefore: number;
  backlog: number;
  /** From the end of the outage. */
  firstMs: number;
  drainMs: number;
  mostReceives: number;
}

const world = await startWorld();
try {
  log(`step.model: ${ITEMS} items, an outage of ${OUTAGE_MS / 1000} s ...`);
  const ours = await run(throughStep);
  log('the openai client behind the same queue ...');
  const behindQueue = await run(sdkBehindQueue);
  log('the openai client alone ...');
  const alone = await run(sdkOnly);
  print(ours, behindQueue, alone);
} finally {
  await world.close();
}

interface Told {
  url: string;
  done(): void;
  failed(): void;
  received(times: number): void;
}

async function run(work: (told: Told) => Promise<void>): Promise<Run> {
  const mock = await startMockEndpoint(LIMIT);
  const answers: number[] = [];
  const known = { done: 0, failed: 0, mostReceives: 0 };
  const told: Told = {
    url: mock.url,
    done: () => {
      known.done += 1;
      answers.push(performance.now());
    },
    failed: () => {
      known.failed += 1;
    },
    received: (times) => {
      known.mostReceives = Math.max(known.mostReceives, times);
    },
  };
  try {
    const working = work(told);
    await sleep(BEFORE_MS);
    mock.down = true;
    const opened = watchBreaker(mock);
    await sleep(OUTAGE_MS);
    mock.down = false;
    const recoveredAt = performance.now();
    const backlog = ITEMS - known.done - known.failed;
    const { openedMs, inVainBefore } = await opened;
    await working;
    const after = answers.filter((at) => at >= recoveredAt);
    return {
      ...known,
      ...{ inVain: mock.counts.failed, refused: mock.counts.refused, openedMs, inVainBefore, backlog },
      firstMs: (after[0] ?? Number.NaN) - recoveredAt,
      drainMs: (after.at(-1) ?? Number.NaN) - recoveredAt,
    };
  } finally {
    await mock.close();
  }
}

/** Undefined when it was not opened during the outage. */
async function watchBreaker(mock: MockEndpoint): Promise<Pick<Run, 'openedMs' | 'inVainBefore'>> {
  let from: number | undefined;
  while (mock.down) {
    if (mock.counts.failed > 0) from ??= performance.now();
    const [breaker] = await readBreakers(CONTROL_TABLE, [{ kind: 'endpoint', name: 'bench' }]);
    if (from !== undefined && breaker && breaker.state !== 'closed')
      return { openedMs: performance.now() - from, inVainBefore: mock.counts.failed };
    await sleep(10);
  }
  return { openedMs: undefined, inVainBefore: mock.counts.failed };
}

interface Message {
  item: number;
  dueAt: number;
  receives: number;
}

function throughStep(told: Told): Promise<void> {
  const endpoint = endpointAt({ name: 'bench', url: told.url, requestsPerMinute: LIMIT.perSecond * 60 });
  const automation = { name: 'outage', perDayUsd: 1000 };
  return queued(told, (item) => {
    const runner = runnerFor(item, automation, [endpoint]);
    return runner.model('route', REQUEST).finally(() => runner.close());
  });
}

function sdkBehindQueue(told: Told): Promise<void> {
  const client = clientOf(told);
  return queued(told, () => client.chat.completions.create(QUESTION));
}

/**
 * What the work queue and the processor do with an item: who waits gets a new message, who failed the same
 * one again.
 */
async function queued(told: Told, ask: (item: number) => Promise<unknown>): Promise<void> {
  const until = performance.now() + MOST_MS;
  const messages: Message[] = Array.from({ length: ITEMS }, (_, item) => ({ item, dueAt: 0, receives: 0 }));
  let left = ITEMS;
  const next = () => {
    const now = performance.now();
    const index = messages.findIndex(({ dueAt }) => dueAt <= now);
    return index < 0 ? undefined : messages.splice(index, 1)[0];
  };
  const deliver = async ({ item, receives }: Message) => {
    told.received(receives);
    try {
      await ask(item);
      left -= 1;
      told.done();
    } catch (error) {
      const again = (ms: number, times: number) =>
        messages.push({ item, dueAt: performance.now() + ms, receives: times });
      if (error instanceof Waiting) again(error.seconds * 1000, 0);
      else if (isPassing(error) && receives < MAX_RECEIVES - 1)
        again(BACKOFF_MS[Math.min(receives, BACKOFF_MS.length) - 1] ?? 0, receives);
      else {
        left -= 1;
        told.failed();
        if (!isPassing(error)) log(`  item ${item}: ${String(error)}`);
      }
    }
  };
  const worker = async () => {
    while (left > 0 && performance.now() < until) {
      const message = next();
      if (message) await deliver({ ...message, receives: message.receives + 1 });
      else await sleep(10);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

function isPassing(error: unknown): boolean {
  return error instanceof TransientError || error instanceof OpenAI.APIError;
}

function clientOf({ url }: Told): OpenAI {
  return new OpenAI({ apiKey: 'bench', baseURL: url, logLevel: 'off' });
}

/** Two retries with its own pauses, and then the item has failed. */
async function sdkOnly(told: Told): Promise<void> {
  const client = clientOf(told);
  let taken = 0;
  const worker = async () => {
    while (taken < ITEMS) {
      taken += 1;
      try {
        await client.chat.completions.create(QUESTION);
        told.done();
      } catch {
        told.failed();
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

function print(ours: Run, behindQueue: Run, alone: Run): void {
  // The bucket has filled while nobody was served, and the last answer takes its time.
  const minimumMs = ({ backlog }: Run) =>
    ((backlog - LIMIT.burst) / LIMIT.perSecond) * 1000 + LIMIT.latencyMs;
  const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(2) : '');
  const rows: [string, (of: Run) => string][] = [
    ['items done', ({ done }) => `${done} of ${ITEMS}`],
    ['items failed', ({ failed }) => String(failed)],
    [`items left after ${MOST_MS / 1000} s`, ({ done, failed }) => String(ITEMS - done - failed)],
    ['requests in vain while it was down', ({ inVain }) => String(inVain)],
    ['… before the breaker opened', (of) => (of.openedMs === undefined ? '' : String(of.inVainBefore))],
    ['requests refused with 429', ({ refused }) => String(refused)],
    ['breaker open, seconds after the first failure', ({ openedMs }) => seconds(openedMs ?? Number.NaN)],
    ['most receives of one message (6 and it is dead)', ({ mostReceives }) => String(mostReceives || '')],
    ['backlog when it was up again', ({ backlog }) => String(backlog)],
    ['seconds until the first answer', ({ firstMs }) => seconds(firstMs)],
    ['seconds until the last one', ({ drainMs }) => seconds(drainMs)],
    [
      'least possible for the backlog, with a full bucket',
      (of) => (of.failed > 0 ? '' : seconds(minimumMs(of))),
    ],
  ];
  console.log(
    `${ITEMS} items, ${WORKERS} workers, limit ${LIMIT.perSecond}/s; down for ${OUTAGE_MS / 1000} s, which stand for 5 minutes\n`,
  );
  printTable(
    ['', 'step.model and queue', 'openai client (2 retries) and the same queue', 'openai client alone'],
    rows.map(([name, show]) => [name, show(ours), show(behindQueue), show(alone)]),
  );
  const drain = ours.drainMs / minimumMs(ours);
  // Its sample, and one on its way for each worker.
  const inVain = ours.openedMs === undefined ? Number.NaN : ours.inVainBefore;
  // A breaker is open for so long at most, and messages wait for whole seconds.
  const mostMs = breakerTimes.openMostMs + LEAST_WAIT_MS;
  printVerdicts([
    exactly('items done', ours.done, ITEMS),
    atMost('requests in vain until the breaker opened', inVain, SAMPLE + WORKERS),
    atMost('first answer after the outage, in seconds', ours.firstMs, mostMs, seconds),
    atMost('backlog drained, of the least possible', drain, MOST_DRAIN, (value) => value.toFixed(3)),
    atMost('most receives of one message', ours.mostReceives, MAX_RECEIVES - 2),
  ]);
}
