import './quiet.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { breakerTimes } from '../lambdas/process/model/breaker.ts';
import { Waiting } from '../lambdas/process/model/waiting-error.ts';
import { readBreakers } from '../lambdas/shared/breaker-row.ts';
import { TransientError } from '../lambdas/shared/errors.ts';
import { type MockEndpoint, startMockEndpoint } from './mock-endpoint.ts';
import {
  CONTROL_TABLE,
  endpointAt,
  log,
  printTable,
  printVerdicts,
  REQUEST,
  runnerFor,
  startWorld,
} from './world.ts';

/*
 * `npm run bench:outage`: an endpoint is down for 5 minutes, with a backlog of work before it. A second here stands for half a
 * minute: the breaker's times are shortened by that much, the endpoint's limit is per real second. Once through `step.model` and a
 * queue that delivers again as SQS does, once as the openai client does it by itself.
 */

const SCALE = 30;
const OUTAGE_MS = (5 * 60_000) / SCALE;
const BEFORE_MS = 2000;
const LIMIT = { perSecond: 20, burst: 20, latencyMs: 100 };
const ITEMS = 1000;
const WORKERS = 20;
/** As in process.ts: until the next delivery of a message that failed. */
const BACKOFF_MS = [5, 30, 120, 300].map((seconds) => (seconds * 1000) / SCALE);
const MAX_RECEIVES = 6;

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
  backlog: number;
  /** From the end of the outage. */
  firstMs: number;
  drainMs: number;
  mostReceives: number;
}

const world = await startWorld();
try {
  log(`step.model: ${ITEMS} items, an outage of ${OUTAGE_MS / 1000} s ...`);
  const ours = await run(queued);
  log('naive ...');
  const naive = await run(sdkOnly);
  print(ours, naive);
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
    const openedMs = await opened;
    await working;
    const after = answers.filter((at) => at >= recoveredAt);
    return {
      ...known,
      ...{ inVain: mock.counts.failed, refused: mock.counts.refused, openedMs, backlog },
      firstMs: (after[0] ?? Number.NaN) - recoveredAt,
      drainMs: (after.at(-1) ?? Number.NaN) - recoveredAt,
    };
  } finally {
    await mock.close();
  }
}

/** Undefined when it was not opened during the outage. */
async function watchBreaker(mock: MockEndpoint): Promise<number | undefined> {
  let from: number | undefined;
  while (mock.down) {
    if (mock.counts.failed > 0) from ??= performance.now();
    const [breaker] = await readBreakers(CONTROL_TABLE, ['bench']);
    if (from !== undefined && breaker && breaker.state !== 'closed') return performance.now() - from;
    await sleep(10);
  }
  return undefined;
}

interface Message {
  item: number;
  dueAt: number;
  receives: number;
}

/** What the work queue and the processor do with an item: who waits gets a new message, who failed the same one again. */
async function queued(told: Told): Promise<void> {
  const endpoint = endpointAt({ name: 'bench', url: told.url, requestsPerMinute: LIMIT.perSecond * 60 });
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
      await runnerFor(item, { name: 'outage', perDayUsd: 1000 }, [endpoint]).model('route', REQUEST);
      left -= 1;
      told.done();
    } catch (error) {
      const again = (ms: number, times: number) =>
        messages.push({ item, dueAt: performance.now() + ms, receives: times });
      if (error instanceof Waiting) again(error.seconds * 1000, 0);
      else if (error instanceof TransientError && receives < MAX_RECEIVES - 1)
        again(BACKOFF_MS[Math.min(receives, BACKOFF_MS.length) - 1] ?? 0, receives);
      else {
        left -= 1;
        told.failed();
        log(`  item ${item}: ${String(error)}`);
      }
    }
  };
  const worker = async () => {
    while (left > 0) {
      const message = next();
      if (message) await deliver({ ...message, receives: message.receives + 1 });
      else await sleep(10);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

/** Two retries with its own pauses, and then the item has failed. */
async function sdkOnly(told: Told): Promise<void> {
  const client = new OpenAI({ apiKey: 'bench', baseURL: told.url, logLevel: 'off' });
  let taken = 0;
  const worker = async () => {
    while (taken < ITEMS) {
      taken += 1;
      try {
        await client.chat.completions.create({
          model: 'mock',
          messages: [{ role: 'user', content: 'bench' }],
        });
        told.done();
      } catch {
        told.failed();
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

function print(ours: Run, naive: Run): void {
  const minimumMs = ({ backlog }: Run) => (backlog / LIMIT.perSecond) * 1000;
  const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(2) : '');
  const rows: [string, (of: Run) => string][] = [
    ['items done', ({ done }) => `${done} of ${ITEMS}`],
    ['items failed', ({ failed }) => String(failed)],
    ['requests in vain while it was down', ({ inVain }) => String(inVain)],
    ['requests refused with 429', ({ refused }) => String(refused)],
    ['breaker open, seconds after the first failure', ({ openedMs }) => seconds(openedMs ?? Number.NaN)],
    ['most receives of one message (6 and it is dead)', ({ mostReceives }) => String(mostReceives || '')],
    ['backlog when it was up again', ({ backlog }) => String(backlog)],
    ['seconds until the first answer', ({ firstMs }) => seconds(firstMs)],
    ['seconds until the last one', ({ drainMs }) => seconds(drainMs)],
    ['least possible for the backlog at the limit', (of) => seconds(minimumMs(of))],
  ];
  console.log(
    `${ITEMS} items, ${WORKERS} workers, limit ${LIMIT.perSecond}/s; down for ${OUTAGE_MS / 1000} s, which stand for 5 minutes\n`,
  );
  printTable(
    ['', 'step.model and queue', 'openai client, 2 retries'],
    rows.map(([name, show]) => [name, show(ours), show(naive)]),
  );
  const drain = ours.drainMs / minimumMs(ours);
  printVerdicts([
    ['every item done', ours.done === ITEMS],
    ['the breaker opened', ours.openedMs !== undefined],
    [
      `first answer ${seconds(ours.firstMs)} s after the outage (a breaker is open for ${seconds(breakerTimes.openMostMs)} s at most)`,
      ours.firstMs <= breakerTimes.openMostMs,
    ],
    [
      `from the end of the outage on the backlog drained in ${drain.toFixed(3)} × the minimum (at most ${MOST_DRAIN})`,
      drain <= MOST_DRAIN,
    ],
    [`no message received more than ${MAX_RECEIVES - 2} times`, ours.mostReceives <= MAX_RECEIVES - 2],
  ]);
}
