import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { mostTokens } from '../../lambdas/models/wire/tokens.ts';
import { newTable } from '../outbound/permit-world.ts';
import { automation, ID } from '../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { offer } from './offers.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { ENDPOINT, SECRET_WORDS } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  modelCall: (_: string, entry: object) => measured.push(entry),
  logger: { info: () => {}, warn: () => {}, error: () => {} },
}));

const measured: object[] = [];

const WORDS: ModelOffer = offer({ name: 'words', kind: 'embeddings', inputUsdPerMillion: 1 });

let server: Stub;

let controlTable: string;

beforeEach(async () => {
  world.reset();
  time.freeze();
  measured.length = 0;
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}', 'signalbox/empty': '{}' };
  controlTable = newTable();
  server = await stubServer(vectors());
});

afterEach(async () => {
  await allClosed();
  server.close();
});

/** A vector says which text it is of: its length in characters. */
function vectors(
  change: (data: object[]) => unknown = (data) => data,
  usage: object | null = { prompt_tokens: 7 },
): Answer {
  return (response, { body }) => {
    const { input } = JSON.parse(body) as { input: string[] };
    const data = input.map((text, index) => ({ index, embedding: [text.length, 0.5] }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: change(data), ...(usage ? { usage } : {}) }));
  };
}

type Given = Partial<Omit<RunnerOptions, 'automation'>> & {
  secret?: string;
  residency?: string[];
  budget?: Partial<typeof automation.budget>;
};

function runner({ secret = 'signalbox/endpoint', residency, budget, ...options }: Given = {}) {
  const house = {
    ...{
      kind: 'endpoint' as const,
      name: 'house',
      baseUrl: `${server.url}/v1`,
      secret,
      timeoutSeconds: 1,
      residency: 'us',
    },
    ...{ capabilities: {}, models: [offer(), WORDS] },
  };
  return opening({
    ...{ item: { id: ID, generation: 1, priority: 'normal' as const }, body: {}, feedback: [] },
    automation: {
      ...{ name: 'demo', budget: { ...automation.budget, ...budget }, prompts: {} },
      ...(residency ? { residency: () => residency } : {}),
    },
    ...{ endpoints: [house], idempotencyTable: 'idempotency', controlTable, ...options },
  });
}

const inputs = () => server.seen.map(({ body }) => (JSON.parse(body) as { input: string[] }).input);

const failure = async (asking: Promise<unknown>) => (await asking.catch((error: unknown) => error)) as Error;

describe('vectors', () => {
  it('come one per text, in the order of the texts, whatever the order of the answer', async () => {
    server.answers = [vectors((data) => data.toReversed())];

    await expect(runner().embed('find', ['one', 'three', 'to'])).resolves.toEqual([
      ...[
        [3, 0.5],
        [5, 0.5],
        [2, 0.5],
      ],
    ]);

    expect(server.seen[0]).toMatchObject({
      path: '/v1/embeddings',
      headers: { authorization: 'Bearer key-1' },
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ model: 'words' });
  });

  it('come in the order of the answer where it has no index', async () => {
    server.answers = [vectors((data) => data.map((it) => ({ ...it, index: undefined })))];
    await expect(runner().embed('find', ['one', 'three'])).resolves.toEqual([
      [3, 0.5],
      [5, 0.5],
    ]);
  });

  it('are paid for once: a text is asked for when nobody has its vector', async () => {
    await runner().embed('find', ['one', 'three', 'one']);
    const paid = await paidInAll(controlTable);
    const second = runner();

    await expect(second.embed('find', ['three', 'seventh', 'one'])).resolves.toEqual([
      ...[
        [5, 0.5],
        [7, 0.5],
        [3, 0.5],
      ],
    ]);

    expect(inputs()).toEqual([['one', 'three'], ['seventh']]);
    expect(await paidInAll(controlTable)).toBe(2 * paid);
    expect(second.lineage).toEqual([]);
    const third = runner();
    await third.embed('find', ['one']);
    expect(third.lineage).toMatchObject([{ cached: true, costUsd: 0, model: 'words', step: 'find' }]);
    expect([server.seen.length, await paidInAll(controlTable)]).toEqual([2, 2 * paid]);
  });

  it('are kept by the hash of their text for ninety days, and not the text', async () => {
    await runner().embed('find', [SECRET_WORDS]);
    const row = world.tables.row('idempotency', `demo_embed#house#words#${sha256(SECRET_WORDS)}`);
    expect(row).toMatchObject({
      vector: [SECRET_WORDS.length, 0.5],
      expiresAt: time.at / 1000 + 90 * 86_400,
    });
    expect(world.tables.snapshot()).not.toContain('4111');
  });

  it('of no texts are no call and no line', async () => {
    const step = runner();
    await expect(step.embed('find', [])).resolves.toEqual([]);
    expect([server.seen, step.lineage, step.lost, world.calls]).toEqual([[], [], [], []]);
  });

  it('cost what was counted, or the most it can be, and are in the lineage of the item', async () => {
    const step = runner();
    await step.embed('find', ['one']);
    const entry = {
      ...{ step: 'find', model: 'words', endpoint: 'house', promptVersion: 'none', cached: false },
      ...{ inputTokens: 7, outputTokens: 0, costUsd: 0.000007, price: expect.stringContaining('words 1/') },
    };
    expect(step.lost).toMatchObject([entry]);
    expect(measured).toEqual(step.lost);

    server.answers = [vectors((data) => data, null), vectors((data) => data, { prompt_tokens: 0 })];
    for (const text of ['uncounted', 'free?']) {
      await step.embed('find', [text]);
      expect(step.lost.at(-1)?.inputTokens).toBe(mostTokens(text));
    }
    expect(await paidInAll(controlTable)).toBe(7 + mostTokens('uncounted') + mostTokens('free?'));
  });

  it.each<[string, string, number]>([
    ['without end', '1e999', mostTokens('a') + mostTokens('b')],
    ['beyond what the model can read', '1e15', 2 * WORDS.contextTokens],
    ['in words', '"7"', mostTokens('a') + mostTokens('b')],
  ])('cost what can be true, where the server counts %s', async (_, count, tokens) => {
    const data = ['a', 'b'].map((_text, index) => ({ index, embedding: [1] }));
    server.answers = [
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`{"data":${JSON.stringify(data)},"usage":{"prompt_tokens":${count}}}`);
      },
    ];
    const step = runner();
    await step.embed('find', ['a', 'b']);
    expect(step.lost).toMatchObject([{ inputTokens: tokens, costUsd: tokens / 1e6 }]);
    expect(await paidInAll(controlTable)).toBe(tokens);
  });

  it('of another server are not taken for those of this one, though its model has the same name', async () => {
    const other = await stubServer(vectors((data) => data.map((it) => ({ ...it, embedding: [9, 9, 9] }))));
    const us = { ...ENDPOINT, name: 'us', baseUrl: `${server.url}/v1`, residency: 'us', models: [WORDS] };
    const eu = { ...ENDPOINT, name: 'eu', baseUrl: `${other.url}/v1`, residency: 'eu', models: [WORDS] };
    await runner({ endpoints: [us, eu], residency: ['us'] }).embed('find', ['one']);

    const found = await runner({ endpoints: [us, eu], residency: ['eu'] }).embed('find', ['one', 'three']);

    expect(found).toEqual([
      [9, 9, 9],
      [9, 9, 9],
    ]);
    await other.close();
  });

  it('of one length with those that are kept, or a person has the item', async () => {
    await runner().embed('find', ['one']);
    server.answers = [vectors((data) => data.map((it) => ({ ...it, embedding: [1, 2, 3] })))];
    const step = runner();

    const error = await failure(step.embed('find', ['one', 'three']));

    expect(error).toBeInstanceOf(ProcessingError);
    expect(error.message).toBe("the step 'find' got vectors of different lengths");
    expect(step.lost).toHaveLength(1);
  });

  it('survive a table that keeps nothing', async () => {
    world.fault = (_, { TableName }) => {
      if (TableName === 'idempotency') throw named('ThrottlingException');
    };
    await expect(runner().embed('find', ['one'])).resolves.toEqual([[3, 0.5]]);
  });
});
