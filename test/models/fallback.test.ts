import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFacts, ProcessingError } from '../../lambdas/kit/errors.ts';
import { likelyTokens } from '../../lambdas/models/wire/tokens.ts';
import { AFTER, type FailureKind } from '../../lambdas/outbound/classify.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { chain, Endpoints, INPUT_TOKENS, spent } from './fallback-world.ts';
import { completion, fault, GOOD, refusal, request } from './wire/completions.ts';

const { measured, counted, onSleep } = vi.hoisted(() => ({
  measured: [] as unknown[][],
  counted: [] as string[],
  onSleep: { run: () => {} },
}));

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../lambdas/kit/clock.ts')>()),
  sleep: async () => onSleep.run(),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: (metric: string) => counted.push(metric),
  logger: { info: () => {}, warn: () => {}, error: () => {} },
  modelCall: (...call: unknown[]) => measured.push(call),
}));

/** One answer of each kind. The unusable one stays so when it is asked again. */
const FAILING: Record<Exclude<FailureKind, 'clipped' | 'blocked' | 'unsure'>, Answer> = {
  transient: fault(500),
  rate: fault(429, 'rate_limit_exceeded'),
  quota: fault(429, 'insufficient_quota'),
  key: fault(401),
  region: fault(403, 'unsupported_country_region_territory'),
  tooLong: fault(400, 'context_length_exceeded'),
  request: fault(404, 'model_not_found'),
  refused: refusal,
  filtered: completion(null, { finish_reason: 'content_filter' }),
  cut: completion('{"label":', { finish_reason: 'length' }),
  unusable: completion('{"label":"Elsewhere"}'),
};

const KINDS = Object.keys(FAILING) as (keyof typeof FAILING)[];

let endpoints: Endpoints;

let controlTable: string;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  measured.length = 0;
  counted.length = 0;
  onSleep.run = () => {};
  controlTable = newTable();
  endpoints = await Endpoints.start();
});

afterEach(() => endpoints.close());

const run = (...list: Parameters<ReturnType<typeof chain>['run']>[0]) => chain({ controlTable }).run(list);

/** Everything that could be asked after the first: the order says who is. */
const others = () => [
  endpoints.candidate('a', { name: 'other' }),
  endpoints.candidate('b'),
  endpoints.candidate('c', { contextTokens: 32_000 }),
  endpoints.candidate('a', { name: 'strong', tier: 'large' }),
];

describe('after a failure', () => {
  it.each<[keyof typeof FAILING, string | undefined]>([
    ['transient', 'b/small'],
    ['rate', 'b/small'],
    ['quota', 'b/small'],
    ['key', 'b/small'],
    ['tooLong', 'c/small'],
    ['request', 'a/other'],
    ['refused', undefined],
    ['filtered', undefined],
    ['cut', 'a/strong'],
    ['unusable', 'a/strong'],
  ])('of the kind %s the next to be asked is %s', async (kind, next) => {
    endpoints.answers.a = [FAILING[kind], ...(kind === 'unusable' ? [FAILING[kind]] : []), completion(GOOD)];

    const found = await run(endpoints.candidate('a'), ...others()).catch((error: Error) => error);

    const after = endpoints.asked.filter((one) => one !== 'a/small');
    expect(after).toEqual(next ? [next] : []);
    expect(found instanceof Error).toBe(next === undefined);
    if (!(found instanceof Error))
      expect(`${found.candidate.endpoint.name}/${found.candidate.offer.name}`).toBe(next);
  });

  it.each(KINDS)('of the kind %s the item hears what the table says, when nobody is left', async (kind) => {
    endpoints.answers.a = [FAILING[kind]];

    const error = await run(endpoints.candidate('a')).catch((reason: unknown) => reason);

    expect(errorFacts(error).class).toBe(AFTER[kind].error);
    expect(errorFacts(error).message).not.toMatch(/unexpected|4111/);
  });

  it.each(KINDS)('of the kind %s nobody is asked who was asked before', async (kind) => {
    const list = [endpoints.candidate('a'), ...others()];
    for (const name of ['a', 'b', 'c']) endpoints.answers[name] = [FAILING[kind]];

    await run(...list).catch(() => {});

    const once = endpoints.asked.filter((one, index) => one !== endpoints.asked[index - 1]);
    expect(new Set(once).size).toBe(once.length);
    // Once more with the fault named; or with a harmless text, before everybody is kept away.
    const twice = ['unusable', 'quota', 'key', 'region'].includes(kind);
    expect(endpoints.asked.length).toBe(once.length * (twice ? 2 : 1));
  });

  it('does not come back to an endpoint that was down, for a stronger model there either', async () => {
    endpoints.answers.a = [fault(500), completion(GOOD)];
    endpoints.answers.b = [FAILING.cut];
    endpoints.answers.c = [FAILING.cut];

    await expect(run(endpoints.candidate('a'), ...others())).rejects.toThrow('was cut off');

    expect(endpoints.asked).toEqual(['a/small', 'b/small']);
  });

  it('comes back to a full endpoint as to a busy one: the item waits, at least five seconds', async () => {
    for (const [after, seconds] of [
      ['1', 5],
      ['41', 41],
    ] as const) {
      endpoints.answers.a = [fault(429, undefined, { headers: { 'retry-after': after } })];
      const error = await chain({ controlTable: newTable() })
        .run([endpoints.candidate('a')])
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Waiting);
      expect(error).toMatchObject({ seconds, message: "endpoint 'a': too many requests, answered 429" });
    }
  });

  it('of something else than the call nobody else is asked, and what was booked is given back', async () => {
    const a = endpoints.candidate('a', {}, { secret: 'signalbox/unread' });
    world.fault = (call) => {
      if (call.includes('GetSecretValue')) throw named('InternalServiceErrorException');
    };

    await expect(run(a, endpoints.candidate('b'))).rejects.toThrow('InternalServiceErrorException');

    expect([endpoints.asked, spent(controlTable)]).toEqual([[], 0]);
  });
});

describe('the end of the function', () => {
  /** A wait of 10 s, two questions of 5 s, and what is written down afterwards. */
  const ENOUGH = 10_000 + 2 * 5000 + 5000;
  const within = (milliseconds: number) => chain({ controlTable, deadline: time.at + milliseconds });

  it('is no reason to begin what could outlive it: the item goes on in the next one', async () => {
    const error = await within(ENOUGH - 1)
      .run([endpoints.candidate('a')])
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'TransientError', seconds: 1 });
    expect([endpoints.asked, spent(controlTable)]).toEqual([[], 0]);
  });

  it('lets begin what fits', async () => {
    await within(ENOUGH).run([endpoints.candidate('a')]);
    expect(endpoints.asked).toEqual(['a/small']);
  });

  it('leaves the stronger model out, and an answer that was paid for goes to a person', async () => {
    endpoints.answers.a = [completion('{"label":"nope"}')];
    endpoints.onRequest = () => time.advance(3);
    const pair = [endpoints.candidate('a'), endpoints.candidate('b', { tier: 'large' })];

    await expect(within(ENOUGH).run(pair)).rejects.toBeInstanceOf(ProcessingError);
    expect(endpoints.asked).toEqual(['a/small', 'a/small']);
  });
});

describe('a question', () => {
  it('takes the place of its input and its longest answer in the line', async () => {
    const paced = { tokensPerMinute: 6000 };
    await run(endpoints.candidate('a', {}, paced));
    await run(endpoints.candidate('b', { maxOutputTokens: 250 }, paced));

    const likely = likelyTokens(INPUT_TOKENS);
    const line = (name: string) => (rowOf(controlTable, name).lineAt ?? 0) - time.at;
    expect(line('a')).toBeGreaterThan(0);
    expect(line('b') / line('a')).toBeCloseTo((likely + 250) / (likely + 100), 1);
  });

  it('is put with the temperature and the wish for logprobs that were given', async () => {
    const bodies: { temperature?: number; logprobs?: boolean }[] = [];
    endpoints.answers.a = [
      (response, { body }) => {
        bodies.push(JSON.parse(body));
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify((completion(GOOD) as { body: object }).body));
      },
    ];
    const a = endpoints.candidate('a');
    await chain({ controlTable }).run([a]);
    await chain({ controlTable, temperature: 0.7, logprobs: true }).run([a]);

    expect(bodies.map(({ temperature, logprobs }) => [temperature, logprobs])).toEqual([
      [undefined, undefined],
      [0.7, true],
    ]);
    expect(request.step).toBe('route');
  });

  it('without anybody to put it to is a fault of ours', async () => {
    await expect(run()).rejects.toThrow('no model could be asked');
  });
});
