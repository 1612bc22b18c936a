import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Automation, Implementation, StepPolicy } from '../lambdas/contract/automation.ts';
import type { Endpoint } from '../lambdas/contract/endpoint.ts';
import type { WorkMessage } from '../lambdas/contract/item/messages.ts';
import type { ItemRow } from '../lambdas/contract/item/row.ts';
import type { Priority } from '../lambdas/contract/item/status.ts';
import { dynamo, sfn, sqs } from '../lambdas/kit/aws.ts';
import { clock } from '../lambdas/kit/clock.ts';
import { putContent } from '../lambdas/kit/objects.ts';
import { tick } from '../lambdas/models/batch/tick.ts';
import { processRecord } from '../lambdas/process/process.ts';
import { bodyKey } from '../lambdas/tables/keys.ts';
import { BUCKET, CONTROL_TABLE, IDEMPOTENCY_TABLE, type Memory, openMemory } from '../local/cases/account.ts';
import { type Fate, SandboxBatches } from '../local/sandbox/batches.ts';
import { automation as sort, type Ticket } from './sort/automation.ts';

/*
 * Items that wait for batches, in this process: tables in memory, a model server with files and batches on loopback, and a clock that
 * is moved. The code is that of the functions; a message is delivered when its time has come.
 */

export const USAGE = { prompt_tokens: 600, completion_tokens: 12 };
const PRICES = { inputUsdPerMillion: 1, cachedUsdPerMillion: 1, outputUsdPerMillion: 5 };
/** What one answer costs at the full price. */
export const FULL_USD = (USAGE.prompt_tokens * 1 + USAGE.completion_tokens * 5) / 1_000_000;
export const SHARE = 0.5;

export const ITEM_TABLE = 'items';
const QUEUE = 'work';

export interface BatchWorld {
  memory: Memory;
  batches: SandboxBatches;
  /** Answers to requests that were made one by one, by the text that they were about. */
  alone: string[];
  /** Of requests of one by one: with which service tier. */
  tiers: (string | undefined)[];
  /** Requests for a path that are answered otherwise. */
  refuse: ((path: string, method: string) => { status: number; body: object } | undefined) | undefined;
  /** What is said of a text in place of a good answer. */
  says: ((text: string) => string | undefined) | undefined;
  /** Nothing is to spare for the service tier. */
  noFlex: boolean;
  /** Milliseconds since 1970. */
  now: number;
  automation: Automation;
  endpoint: Endpoint;
  /** An item with this body, and its message. */
  put(id: string, priority: Priority, body: object): Promise<void>;
  post(id: string, priority?: Priority, text?: string): Promise<void>;
  /** Its first message once more. */
  deliver(id: string): Promise<void>;
  /** Messages that were delivered. */
  delivered: number;
  /** Delivers every message whose time has come, until none has. */
  work(): Promise<void>;
  tick(by?: string): ReturnType<typeof tick>;
  item(id: string): ItemRow | undefined;
  items(): ItemRow[];
  /** The provider makes the next file, and its answer is lost. */
  loseAnswer: boolean;
  /** What tables were asked, as `<command> <key>`. */
  commands: string[];
  /** An answer was lost. */
  lost: boolean;
  /** The function that looks dies after so many writes of answers; undefined: it does not. */
  dieAfter: number | undefined;
  close(): Promise<void>;
}

export interface WorldOptions {
  policy: StepPolicy;
  fate: (batch: number) => Fate;
  /** @default both, at half the price */
  offer?: Partial<Endpoint['models'][number]>;
  capabilities?: Endpoint['capabilities'];
  automation?: Partial<Automation>;
  /** Beside the prompts of `bench/sort/`. */
  implementation?: Partial<Implementation<never>>;
  /** What the model server answers to requests that no file holds, and to each line of one. @default one label, for the same tokens */
  complete?: (body: unknown, path: string, inFile: boolean) => object;
  /** More models of the endpoint. */
  more?: Endpoint['models'];
}

export async function openBatchWorld(options: WorldOptions): Promise<BatchWorld> {
  const began = clock.now;
  const memory = await openMemory('bench');
  const queue: { at: number; message: WorkMessage; receives: number }[] = [];
  const answer = options.complete ?? ((body: unknown) => answerTo(body, world.says));
  const complete = async (body: unknown) => ({ status: 200, body: answer(body, 'chat/completions', true) });
  const batches = new SandboxBatches(complete, options.fate, () => world.now);
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://model').pathname.replace(/^\/v1\//, '');
    const refused = world.refuse?.(path, request.method ?? '');
    if (refused) return response.writeHead(refused.status, JSON_TYPE).end(JSON.stringify(refused.body));
    if (world.loseAnswer && path === 'batches' && request.method === 'POST') {
      world.loseAnswer = false;
      world.lost = true;
      // It is made before anybody hears of it.
      response.end = (() => {
        request.socket.destroy();
        return response;
      }) as typeof response.end;
    }
    if (await batches.serve(request, response, path)) return;
    const body = JSON.parse((await buffer(request)).toString());
    if (world.noFlex && body.service_tier === 'flex')
      return response
        .writeHead(429, JSON_TYPE)
        .end(JSON.stringify({ error: { code: 'resource_unavailable' } }));
    world.alone.push(textOf(body));
    world.tiers.push(body.service_tier);
    const served = body.service_tier ? { service_tier: body.service_tier } : {};
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ ...answer(body, path, false), ...served }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const queued = (input: { MessageBody?: string; DelaySeconds?: number }) =>
    queue.push({
      at: world.now + (input.DelaySeconds ?? 0) * 1000,
      message: JSON.parse(input.MessageBody ?? '{}'),
      receives: 1,
    });
  Object.assign(sqs(), {
    send: async ({
      input,
    }: {
      input: { QueueUrl: string; MessageBody?: string; Entries?: { MessageBody: string }[] };
    }) => {
      if (input.QueueUrl === QUEUE) for (const one of input.Entries ?? [input]) queued(one);
      return {};
    },
  });
  const tables = dynamo();
  const { send } = tables;
  tables.send = (async (command: {
    input: { TableName?: string; Key?: { id?: string } };
    constructor: { name: string };
  }) => {
    world.commands.push(
      `${command.constructor.name} ${command.input.Key?.id ?? command.input.TableName ?? ''}`,
    );
    const answers =
      command.constructor.name === 'UpdateCommand' && command.input.Key?.id?.includes('_batch#ask#');
    if (answers && world.dieAfter !== undefined) {
      if (world.dieAfter <= 0) throw new Error('the function died');
      world.dieAfter -= 1;
    }
    return (send as (one: unknown) => Promise<unknown>)(command);
  }) as unknown as typeof tables.send;
  Object.assign(sfn(), { send: async () => ({ executionArn: 'none' }) });
  const { port } = server.address() as AddressInfo;
  const world: BatchWorld = {
    ...{
      memory,
      batches,
      alone: [],
      tiers: [],
      refuse: undefined,
      says: undefined,
      noFlex: false,
      loseAnswer: false,
      lost: false,
      commands: [],
      delivered: 0,
      dieAfter: undefined,
      now: Date.parse('2026-11-28T18:00:00Z'),
    },
    automation: { ...sort, steps: { route: options.policy }, ...options.automation } as Automation,
    endpoint: endpointOf(`http://127.0.0.1:${port}/v1`, options),
    async put(id, priority, body) {
      await putContent(BUCKET, bodyKey(id), body);
      memory.tables.put(ITEM_TABLE, rowOf(id, world.automation.name, priority, world.now));
      queue.push({ at: world.now, message: { itemId: id, generation: 1 }, receives: 1 });
    },
    post: (id, priority = 'low', text = `${id}: the parcel came, but the blue cup is missing.`) =>
      world.put(id, priority, { ticket: id, euros: 10, text }),
    async deliver(id) {
      queue.push({ at: world.now, message: { itemId: id, generation: 1 }, receives: 1 });
      await world.work();
    },
    async work() {
      for (;;) {
        const due = queue.filter(({ at }) => at <= world.now);
        if (due.length === 0) return;
        for (const one of due) queue.splice(queue.indexOf(one), 1);
        for (let at = 0; at < due.length; at += 20)
          await Promise.all(due.slice(at, at + 20).map((one) => deliver(world, one)));
      }
    },
    tick: (by = 'run') =>
      tick({
        ...{ env: ENV, automation: world.automation, endpoints: [world.endpoint] },
        ...{ by, deadline: world.now + 300_000 },
      }),
    item: (id) => memory.tables.row<ItemRow>(ITEM_TABLE, id),
    items: () => [...memory.tables.rows(ITEM_TABLE).values()] as unknown as ItemRow[],
    async close() {
      clock.now = began;
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await memory.close();
    },
  };
  clock.now = () => world.now;
  return world;

  async function deliver(
    of: BatchWorld,
    { message, receives }: { message: WorkMessage; receives: number },
  ): Promise<void> {
    of.delivered += 1;
    const record = {
      ...{ messageId: message.itemId, receiptHandle: 'r', body: JSON.stringify(message) },
      attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(of.now) },
    };
    try {
      await processRecord(record as never, {
        env: ENV,
        automation: of.automation,
        implementation: { ...IMPLEMENTATION, ...options.implementation } as never,
        endpoints: [of.endpoint],
      });
    } catch {
      queue.push({ at: of.now + 30_000, message, receives: receives + 1 });
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const ENV = {
  ...{ ITEM_TABLE, IDEMPOTENCY_TABLE, CONTROL_TABLE, APPROVAL_TABLE: 'approvals', CONTENT_BUCKET: BUCKET },
  ...{ WORK_QUEUE_URL: QUEUE, URGENT_QUEUE_URL: 'none', READ_QUEUE_URL: 'none', ACTION_QUEUE_URL: 'actions' },
  ...{ CONTENT_DAYS: '90', POLICY_VERSION: 'p', STATE_MACHINE_ARN: 'none' },
  ...{ GATE_KEYS: 'gate', STAGE: 'bench' },
  ...{ MAX_RECEIVES: '6', LIMIT_SECONDS: '300', SOURCES: '{}', KNOWLEDGE_BUCKET: 'none' },
  ...{ PAUSE_SECONDS: '60', GATHER_SECONDS: '3600' },
};

const IMPLEMENTATION = {
  prompts: { route: { version: 'route.v1', text: 'You sort messages by what they are about.' } },
  evaluate: async ({ label, body }: { label: string; body: Ticket }) => ({
    ...{
      action: 'file',
      parameters: { label, ticket: body.ticket },
      confidence: null,
      brief: '',
      evidence: [],
    },
  }),
};

function endpointOf(baseUrl: string, { offer = {}, capabilities = {}, more = [] }: WorldOptions): Endpoint {
  const model = { name: 'mock', kind: 'chat' as const, tier: 'small' as const, pricedAt: '2026-11-20' };
  return {
    ...{ kind: 'endpoint', name: 'mock', baseUrl, timeoutSeconds: 10, residency: 'own', capabilities },
    models: [
      {
        ...{ ...model, ...PRICES, maxOutputTokens: 100, contextTokens: 100_000 },
        ...{ batchShare: SHARE, flexShare: SHARE },
        ...offer,
      },
      ...more,
    ],
  };
}

function rowOf(id: string, automation: string, priority: Priority, now: number): object {
  const at = new Date(now).toISOString();
  return {
    ...{ id, automation, client: 'bench', status: 'received', generation: 1, priority },
    ...{
      receivedAt: at,
      order: `${at}#${id}`,
      updatedAt: at,
      expiresAt: 4_000_000_000,
      bodyKey: bodyKey(id),
    },
    timeline: [{ at, event: 'received' }],
  };
}

/** What the request is about: the item's own text. */
export function textOf(body: unknown): string {
  const { messages = [] } = body as { messages?: { content?: unknown }[] };
  return String(messages.at(-1)?.content ?? '');
}

function answerTo(body: unknown, says: BatchWorld['says']): object {
  const content = says?.(textOf(body)) ?? '{"label":"delivery"}';
  const message = { role: 'assistant', content, refusal: null };
  return {
    ...{ id: 'chatcmpl-bench', object: 'chat.completion', created: 0, model: 'mock', usage: USAGE },
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
  };
}
