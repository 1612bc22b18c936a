import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import OpenAI, { RateLimitError } from 'openai';
import type { Endpoint } from '../lambdas/contract/endpoint.ts';
import { dynamo } from '../lambdas/kit/aws.ts';
import { takePermit, waitForSlot } from '../lambdas/outbound/permit.ts';
import { rateHeaders } from '../lambdas/outbound/rate-headers.ts';
import { reportFailure, reportSuccess } from '../lambdas/outbound/report.ts';

/*
 * One function instance of `bench:pacing`: some workers that share its memory, and with the others only the
 * table.
 */

export interface Given {
  how: 'paced' | 'queued' | 'naive';
  url: string;
  table: string;
  /** Items taken so far, by all instances. */
  taken: Int32Array;
  items: number;
  workers: number;
  perMinute: number;
}

export interface Outcome {
  done: number;
  failed: number;
  reads: number;
  writes: number;
}

const given = workerData as Given;
const outcome: Outcome = { done: 0, failed: 0, reads: 0, writes: 0 };
const endpoint: Endpoint = {
  kind: 'endpoint',
  name: 'bench',
  baseUrl: given.url,
  secret: '',
  timeoutSeconds: 10,
  residency: 'own',
  requestsPerMinute: given.perMinute,
  models: [],
  capabilities: {},
};
const ASK = { tokens: 0, priority: 'normal', automation: 'bench' } as const;
const client = new OpenAI({
  apiKey: 'bench',
  baseURL: given.url,
  logLevel: 'off',
  ...(given.how === 'paced' ? { maxRetries: 0 } : {}),
});

function complete() {
  return client.chat.completions
    .create({ model: 'mock', messages: [{ role: 'user', content: 'bench' }] })
    .withResponse();
}

async function naive(): Promise<void> {
  await complete();
}

/** A message comes again a second later at the soonest. */
const AGAIN_MS = 1000;

/** The client with its own retries, and its item again whenever those were not enough, until it is done. */
async function queued(): Promise<void> {
  for (;;) {
    try {
      await complete();
      return;
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

/** Until it is done: who is refused comes again, as a message would. */
async function paced(): Promise<void> {
  for (;;) {
    const permit = await takePermit(given.table, endpoint, {
      tokens: 0,
      priority: 'normal',
      automation: 'bench',
    });
    const go = 'refused' in permit ? permit : await waitForSlot(given.table, endpoint, permit);
    if (go !== 'go') {
      await sleep(go.refused === 'busy' ? go.retryAfterMs : go.until - Date.now());
      continue;
    }
    if ('refused' in permit) continue;
    try {
      const { response } = await complete();
      return await reportSuccess(given.table, endpoint, permit, rateHeaders(response.headers));
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
      await reportFailure(given.table, endpoint, permit, {
        kind: 'rate',
        headers: rateHeaders(error.headers),
      });
    }
  }
}

const WAYS = { paced, queued, naive };

async function work(): Promise<void> {
  while (Atomics.add(given.taken, 0, 1) < given.items) {
    try {
      await WAYS[given.how]();
      outcome.done += 1;
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
      outcome.failed += 1;
    }
  }
}

const tables = dynamo();
const { send } = tables;
tables.send = ((command: Parameters<typeof send>[0]) => {
  outcome[command.constructor.name === 'GetCommand' ? 'reads' : 'writes'] += 1;
  return send(command);
}) as typeof send;
// Warm, as instances under load are: first connections and first runs of code are not what is measured.
const warmUp = { ...endpoint, name: 'warm', requestsPerMinute: undefined };
await Promise.all(
  Array.from({ length: given.workers }, async () => {
    await takePermit(given.table, warmUp, ASK);
    await client.models.list();
  }),
);
outcome.writes = 0;
outcome.reads = 0;
parentPort?.once('message', async () => {
  await Promise.all(Array.from({ length: given.workers }, work));
  parentPort?.postMessage(outcome);
});
parentPort?.postMessage('ready');
