import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { errorFacts, ProcessingError, SystemError } from '../../lambdas/kit/errors.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { microUsd } from '../../lambdas/tables/control/budgets.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import { automation, ID } from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { shut, spreadFrom } from './fallback-world.ts';
import { offer } from './offers.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { SECRET_WORDS } from './wire/completions.ts';

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

describe('a call for vectors', () => {
  it.each<[string, Answer, string, RegExp]>([
    ['a server that is down', { status: 503 }, 'TransientError', /answered 503/],
    [
      'a full server',
      { status: 429, body: { error: { code: 'rate_limit_exceeded' } } },
      'TransientError',
      /429/,
    ],
    ['no quota', { status: 429, body: { error: { code: 'insufficient_quota' } } }, 'SystemError', /quota/],
    ['a wrong key', { status: 401 }, 'SystemError', /refused the key/],
    [
      'an unknown model',
      { status: 404, body: { error: { code: 'model_not_found' } } },
      'SystemError',
      /model_not_found/,
    ],
    ['texts that are too long', { status: 413 }, 'InputError', /too long/],
    ['a proxy’s page', { status: 200, body: '<html>' }, 'TransientError', /holds no vectors/],
    ['null', { status: 200, body: 'null' }, 'TransientError', /holds no vectors/],
    ['a connection that ends', reset, 'TransientError', /no answer/],
    ['silence', () => {}, 'TransientError', /no answer/],
    ['a short list', vectors((data) => data.slice(1)), 'ProcessingError', /fewer vectors than texts/],
    ['a long list', vectors((data) => [...data, ...data]), 'ProcessingError', /fewer vectors than texts/],
    [
      'one vector twice',
      vectors((data) => data.map((it) => ({ ...it, index: 0 }))),
      'ProcessingError',
      /fewer/,
    ],
    [
      'an empty vector',
      vectors((data) => data.map((it) => ({ ...it, embedding: [] }))),
      'ProcessingError',
      /fewer/,
    ],
    ['nothing in the list', vectors((data) => data.map(() => null)), 'ProcessingError', /fewer/],
    [
      'vectors of two lengths',
      vectors((data) => data.map((it, index) => ({ ...it, embedding: index ? [1] : [1, 2] }))),
      'ProcessingError',
      /different lengths/,
    ],
    [
      'an error that is no word',
      { status: 404, body: { error: { code: { toString: 1 }, message: [{}] } } },
      'SystemError',
      /refused the request with 404/,
    ],
    [
      'words',
      vectors((data) => data.map((it) => ({ ...it, embedding: 'AAA=' }))),
      'ProcessingError',
      /fewer/,
    ],
  ])(
    'that meets %s: the item hears it, nothing is kept, and no more is booked than was paid',
    async (_, answer, kind, words) => {
      server.answers = [answer];
      const step = runner();

      const facts = errorFacts(await failure(step.embed('find', ['one', SECRET_WORDS])));

      expect(facts.class).toBe(kind);
      expect(facts.message).toMatch(words);
      expect(facts.message).not.toContain('4111');
      expect(world.tables.all('idempotency')).toEqual([]);
      expect(step.lost).toHaveLength(server.seen.length);
      expect(step.lost.filter((entry) => entry.failure === undefined)).toEqual([]);
      expect(await paidInAll(controlTable)).toBe(
        microUsd(step.lost.reduce((sum, { costUsd }) => sum + costUsd, 0)),
      );
    },
  );

  it('is reported: failures, a wrong key and success alike', async () => {
    server.answers = [{ status: 503 }, { status: 401 }, { status: 401 }, vectors()];
    await failure(runner().embed('find', ['one']));
    expect(rowOf(controlTable)).toMatchObject({ calls: 1, failures: 1 });
    await failure(runner().embed('find', ['one']));
    expect(rowOf(controlTable)).toMatchObject({ breaker: 'open', reason: 'key refused' });
    expect(await failure(runner().embed('find', ['one']))).toBeInstanceOf(Waiting);
    time.advance(301);
    await runner().embed('find', ['one']);
    expect(rowOf(controlTable)).toMatchObject({ breaker: 'closed' });
  });

  it('does not shut the endpoint for everybody where it refuses these texts alone: a person gets the item', async () => {
    server.answers = [{ status: 403, body: '<html>' }, vectors()];
    const step = runner();

    expect(await failure(step.embed('find', [SECRET_WORDS]))).toBeInstanceOf(ProcessingError);

    expect(inputs()).toEqual([[SECRET_WORDS], ['hello']]);
    expect(rowOf(controlTable).breaker).toBeUndefined();
    expect(step.lost).toMatchObject([
      { failure: 'blocked', costUsd: 0 },
      { failure: 'blocked', inputTokens: 7, costUsd: 0.000007 },
    ]);
    expect(await paidInAll(controlTable)).toBe(7);
  });

  it('waits with the reason of who gives no turn, and gives back what was booked, with no call in the lineage', async () => {
    shut(controlTable, 'house', 40);
    const step = runner();

    const error = await failure(step.embed('find', ['one']));

    expect(error).toMatchObject({
      seconds: spreadFrom(40),
      message: "endpoint 'house': its breaker is open (it was down)",
    });
    expect([server.seen, step.lineage, step.lost, await paidInAll(controlTable)]).toEqual([[], [], [], 0]);
  });

  it('waits when the server is full, as long as that says', async () => {
    server.answers = [{ status: 429, headers: { 'retry-after': '20' } }];
    const error = await failure(runner().embed('find', ['one']));
    expect(error).toBeInstanceOf(Waiting);
    expect(error).toMatchObject({ seconds: 20 });
  });

  it('is not made with a secret that holds no key', async () => {
    const error = await failure(runner({ secret: 'signalbox/empty' }).embed('find', ['one']));
    expect(error).toBeInstanceOf(SystemError);
    expect([server.seen, await paidInAll(controlTable)]).toEqual([[], 0]);
  });

  it('is not made when the day does not hold it, nor when the item does not', async () => {
    const long = ['x'.repeat(1600)];
    expect(await failure(runner({ budget: { perDayUsd: 0.001 } }).embed('find', long))).toBeInstanceOf(
      BudgetSpent,
    );
    expect(await failure(runner({ budget: { perItemUsd: 0.001 } }).embed('find', long))).toBeInstanceOf(
      ProcessingError,
    );
    const step = runner({ budget: { perItemUsd: 0.0017 } });
    await step.embed('find', long);
    step.lost[0] = { ...step.lost[0], costUsd: 0.0016 } as never;
    expect(await failure(step.embed('find', ['y'.repeat(1600)]))).toBeInstanceOf(ProcessingError);
    expect(server.seen).toHaveLength(1);
  });

  it('goes where the data may go, else to a person; without a model for it the configuration is wrong', async () => {
    const error = await failure(runner({ residency: ['eu'] }).embed('find', ['one']));
    expect(error).toBeInstanceOf(ProcessingError);
    expect(await failure(runner({ endpoints: [] }).embed('find', ['one']))).toBeInstanceOf(SystemError);
    expect(server.seen).toEqual([]);
  });
});
