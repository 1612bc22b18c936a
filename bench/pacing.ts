import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { emulatorEnv, sdkOptions } from '../local/emulator.ts';
import { startEmulator } from '../local/ministack.ts';
import { type MockEndpoint, startMockEndpoint } from './mock-endpoint.ts';
import type { Given, Outcome } from './pacing-worker.ts';
import { atLeast, atMost, exactly, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:pacing`: 250 items, 32 workers, an endpoint that allows 10 requests a second. Once through the rate limiter in a
 * table of the emulator, once as the openai client does it where a queue brings back what it gives up, once as it does it alone.
 * It is the rate limiter alone that is measured (`takePermit`, no tokens): no budget, no memo, no router. The workers run in 4 threads that share nothing but the
 * table, as 4 function instances do.
 */

const ITEMS = 250;
const INSTANCES = 4;
const WORKERS = 32;
const LIMIT = { perSecond: 10, burst: 10, latencyMs: 200 };
const TABLE = 'bench-control';

/** What the issue asks for. */
const MOST_TIME = 1.08;
const MOST_REFUSED = 0.005;
const LEAST_USED = 0.95;

/** Nobody can do it faster: the bucket is full at the start, and the last answer takes its time. */
const MINIMUM = (ITEMS - LIMIT.burst) / LIMIT.perSecond + LIMIT.latencyMs / 1000;

interface Run extends Outcome {
  seconds: number;
  counts: MockEndpoint['counts'];
}

const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
const log = (line: string) => console.error(line);
const emulator = await startEmulator({ port: await freePort(), stateDir, log });
try {
  await new DynamoDBClient(sdkOptions(emulator.endpoint)).send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  log(`paced: ${ITEMS} items, ${WORKERS} workers ...`);
  const paced = await run('paced');
  log('the openai client, and its items again ...');
  const queued = await run('queued');
  log('the openai client alone ...');
  const naive = await run('naive');
  print(paced, queued, naive);
} finally {
  await emulator.stop();
  await rm(stateDir, { recursive: true, force: true });
}

async function run(how: Given['how']): Promise<Run> {
  const mock = await startMockEndpoint(LIMIT);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const given: Given = {
    how,
    url: mock.url,
    table: TABLE,
    taken,
    items: ITEMS,
    workers: WORKERS / INSTANCES,
    perMinute: LIMIT.perSecond * 60,
  };
  const env = { ...process.env, ...emulatorEnv(emulator.endpoint), POWERTOOLS_LOG_LEVEL: 'ERROR' };
  const threads = Array.from(
    { length: INSTANCES },
    () => new Worker(new URL('./pacing-worker.ts', import.meta.url), { workerData: given, env }),
  );
  try {
    await Promise.all(threads.map((thread) => said(thread)));
    const from = performance.now();
    const answers = threads.map((thread) => said(thread));
    for (const thread of threads) thread.postMessage('go');
    const outcomes = (await Promise.all(answers)) as Outcome[];
    const sum = (field: keyof Outcome) => outcomes.reduce((before, outcome) => before + outcome[field], 0);
    return {
      seconds: (performance.now() - from) / 1000,
      counts: mock.counts,
      done: sum('done'),
      failed: sum('failed'),
      reads: sum('reads'),
      writes: sum('writes'),
    };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
    await mock.close();
  }
}

function said(thread: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

function print(paced: Run, queued: Run, naive: Run): void {
  const requests = ({ counts }: Run) => counts.answered + counts.refused;
  const refused = (of: Run) => of.counts.refused / requests(of);
  const used = (of: Run) => of.counts.answered / (of.seconds * LIMIT.perSecond);
  // What the limit gives in the long run: without the bucket that was full before anybody asked, and the wait
  // for the last answer.
  const sustained = ({ counts, seconds }: Run) =>
    (counts.answered - LIMIT.burst) / ((seconds - LIMIT.latencyMs / 1000) * LIMIT.perSecond);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const rows: [string, (of: Run) => string][] = [
    ['items done', ({ done }) => `${done} of ${ITEMS}`],
    ['items failed', ({ failed }) => percent(failed / ITEMS)],
    ['seconds', ({ seconds }) => seconds.toFixed(2)],
    ['requests sent', (of) => String(requests(of))],
    ['answered with 429', (of) => percent(refused(of))],
    ['answered a second, of the limit, with its full bucket at the start', (of) => used(of).toFixed(3)],
    ['… without that bucket', (of) => sustained(of).toFixed(3)],
    ['table writes per item', ({ writes }) => (writes / ITEMS).toFixed(2)],
    ['table reads per item', ({ reads }) => (reads / ITEMS).toFixed(2)],
  ];
  console.log(
    `${ITEMS} items, ${WORKERS} workers in ${INSTANCES} instances, limit ${LIMIT.perSecond}/s with a burst of ${LIMIT.burst},` +
      ` ${LIMIT.latencyMs} ms per answer; the least possible is ${MINIMUM.toFixed(2)} s\n` +
      'The line alone (takePermit, no tokens), without the rest of step.model\n',
  );
  console.log(
    '| | shared line | openai client (2 retries), brought back | openai client alone |\n| --- | ---: | ---: | ---: |',
  );
  for (const [name, show] of rows)
    console.log(`| ${name} | ${show(paced)} | ${show(queued)} | ${show(naive)} |`);
  const times = (value: number) => value.toFixed(3);
  printVerdicts([
    atMost('time, of the least possible', paced.seconds / MINIMUM, MOST_TIME, times),
    atMost('answered with 429', refused(paced), MOST_REFUSED, percent),
    atLeast(`used of the limit, with ${LIMIT.burst} free requests`, used(paced), LEAST_USED, times),
    exactly('items done', paced.done, ITEMS),
  ]);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
