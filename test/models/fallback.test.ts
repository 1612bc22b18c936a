import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { errorFacts, ProcessingError } from '../../lambdas/kit/errors.ts';
import { exact, priceRow, REASK_TOKENS } from '../../lambdas/models/prices.ts';
import { likelyTokens } from '../../lambdas/models/wire/tokens.ts';
import { AFTER, type FailureKind } from '../../lambdas/outbound/classify.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import {
  budgetRow,
  chain,
  crowd,
  Endpoints,
  INPUT_TOKENS,
  LIMITED,
  PAID_MICRO_USD,
  shut,
  spent,
} from './fallback-world.ts';
import { completion, fault, GOOD, OFFER, refusal, request } from './wire/completions.ts';

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

describe('an endpoint that gives no turn', () => {
  it('is passed over, with every other model behind its door, and what was booked is given back', async () => {
    shut(controlTable, 'a');

    const found = await run(
      endpoints.candidate('a'),
      endpoints.candidate('a', { name: 'other' }),
      endpoints.candidate('b'),
    );

    expect(found.candidate.endpoint.name).toBe('b');
    expect(endpoints.asked).toEqual(['b/small']);
    expect(spent(controlTable)).toBe(PAID_MICRO_USD);
    expect(counted).toEqual(['breakersOpen']);
  });

  it('is waited for when nobody is left: for the one that is ready first', async () => {
    shut(controlTable, 'a', 30);
    crowd(controlTable, 'b', 12);

    const error = await run(endpoints.candidate('a'), endpoints.candidate('b', {}, LIMITED)).catch(
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(Waiting);
    expect((error as Waiting).message).toBe("endpoint 'b': it is busy");
    expect((error as Waiting).seconds).toBeGreaterThanOrEqual(12);
    expect((error as Waiting).seconds).toBeLessThan(30);
    expect([endpoints.asked, spent(controlTable)]).toEqual([[], 0]);
  });

  it('says why its breaker is open, and for how long', async () => {
    shut(controlTable, 'a', 30);

    await expect(run(endpoints.candidate('a'))).rejects.toMatchObject({
      message: "endpoint 'a': its breaker is open (it was down)",
      seconds: 30,
    });
  });

  it.each<[keyof typeof FAILING, 'waits' | 'fails']>([
    ['transient', 'waits'],
    ['rate', 'waits'],
    ['quota', 'waits'],
    ['key', 'waits'],
    ['region', 'waits'],
    ['request', 'waits'],
    ['tooLong', 'fails'],
    ['refused', 'fails'],
    ['filtered', 'fails'],
    ['cut', 'fails'],
    ['unusable', 'fails'],
  ])('before a failure of the kind %s elsewhere: the item %s', async (kind, outcome) => {
    shut(controlTable, 'a');
    endpoints.answers.b = [FAILING[kind]];

    const error = await run(endpoints.candidate('a'), endpoints.candidate('b')).catch(
      (reason: unknown) => reason,
    );

    expect(error instanceof Waiting).toBe(outcome === 'waits');
    if (outcome === 'fails') expect(errorFacts(error).class).toBe(AFTER[kind].error);
  });

  it('is waited for after the item was too long for another one, if it takes more', async () => {
    endpoints.answers.a = [FAILING.tooLong];
    shut(controlTable, 'b');

    const longer = endpoints.candidate('b', { contextTokens: 32_000 });

    await expect(run(endpoints.candidate('a'), longer)).rejects.toBeInstanceOf(Waiting);
  });

  it('is not waited for after an answer that was paid for: a person gets the item', async () => {
    endpoints.answers.a = [FAILING.unusable];
    shut(controlTable, 'b');

    const stronger = endpoints.candidate('b', { tier: 'large' });

    await expect(run(endpoints.candidate('a'), stronger)).rejects.toMatchObject({
      name: 'ProcessingError',
    });
  });

  it('gives back what was booked also when the table cannot be read', async () => {
    world.fault = (_, { Key }) => {
      if ((Key as { id?: string })?.id === 'endpoint#a') throw named('ThrottlingException');
    };

    await expect(run(endpoints.candidate('a'))).rejects.toThrow('its breaker cannot be read now');

    expect([endpoints.asked, spent(controlTable)]).toEqual([[], 0]);
  });

  it('is not called when its breaker opens while its turn is waited for', async () => {
    crowd(controlTable, 'a', 2);
    onSleep.run = () => {
      time.advance(3);
      const open = { breaker: 'open', openUntil: time.at + 9000, reason: 'an outage', epoch: 7 };
      world.tables.put(controlTable, { ...rowOf(controlTable, 'a'), ...open });
    };

    const error = await run(endpoints.candidate('a', {}, LIMITED)).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ message: "endpoint 'a': its breaker is open (an outage)", seconds: 9 });
    expect([endpoints.asked, spent(controlTable), counted]).toEqual([[], 0, ['breakersOpen']]);
  });

  it('but will soon is waited for, and then called', async () => {
    crowd(controlTable, 'a', 2);
    onSleep.run = () => time.advance(3);

    await run(endpoints.candidate('a', {}, LIMITED));

    expect(endpoints.asked).toEqual(['a/small']);
  });
});

describe('the budget of a day', () => {
  const worst = (usd: number) => ({ name: 'demo', budget: { perDayUsd: usd, perItemUsd: 1 } });
  const dear = () => endpoints.candidate('b', { outputUsdPerMillion: 40 });
  /** Holds one question to the cheap endpoint, none to the dear one. */
  const CHEAP = 0.002;

  it('that holds no call lets none through', async () => {
    const climbing = chain({ controlTable, automation: worst(0.0005) }).run([endpoints.candidate('a')]);

    await expect(climbing).rejects.toBeInstanceOf(BudgetSpent);
    expect([endpoints.asked, budgetRow(controlTable)?.spentMicroUsd]).toEqual([[], undefined]);
  });

  it.each<[string, () => void, string]>([
    ['is busy', () => shut(controlTable, 'a'), 'Waiting'],
    ['is full', () => (endpoints.answers.a = [FAILING.rate]), 'Waiting'],
    ['is down', () => (endpoints.answers.a = [FAILING.transient]), 'TransientError'],
    ['has no quota', () => (endpoints.answers.a = [FAILING.quota]), 'SystemError'],
    ['has another key', () => (endpoints.answers.a = [FAILING.key]), 'SystemError'],
    ['is too small for the text', () => (endpoints.answers.a = [FAILING.tooLong]), 'BudgetSpent'],
    ['gave nothing of use', () => (endpoints.answers.a = [FAILING.unusable]), 'ProcessingError'],
  ])('does not hold the dear one, and the cheap one %s: %#', async (_, given, expected) => {
    given();
    const stronger = { ...dear(), offer: { ...dear().offer, tier: 'large' as const, contextTokens: 9000 } };

    const error = await chain({ controlTable, automation: worst(CHEAP) })
      .run([endpoints.candidate('a'), stronger])
      .catch((reason: unknown) => reason);

    expect((error as Error).constructor.name).toBe(expected);
    expect(endpoints.asked.filter((one) => one.startsWith('b'))).toEqual([]);
  });

  it("of an item holds all that is asked for it together: a fallback that could pass it isn't asked", async () => {
    endpoints.answers.a = [FAILING.unusable];
    const [a, b] = [endpoints.candidate('a'), endpoints.candidate('b', { tier: 'large' })];
    const twice = 2 * PAID_MICRO_USD * 1e-6;

    await expect(
      chain({ controlTable, mostUsd: b.worstUsd + twice - 1e-6 }).run([a, b]),
    ).rejects.toMatchObject({ name: 'ProcessingError' });
    expect(endpoints.asked).toEqual(['a/small', 'a/small']);

    const enough = exact(b.worstUsd + twice);
    await expect(chain({ controlTable, mostUsd: enough }).run([a, b])).resolves.toMatchObject({
      candidate: { endpoint: { name: 'b' } },
    });
  });

  it('is booked for two questions at their longest, in dollars and tokens, before one is put', async () => {
    let booked: unknown;
    const a = endpoints.candidate('a');
    endpoints.onRequest = () => {
      booked = budgetRow(controlTable);
    };

    await run(a);

    expect(booked).toMatchObject({
      spentMicroUsd: a.worstUsd * 1e6,
      // The second question has the first answer in it, and the words that name the fault.
      spentTokens: INPUT_TOKENS + 100 + (INPUT_TOKENS + 100 + REASK_TOKENS) + 100,
    });
    expect(budgetRow(controlTable)).toMatchObject({ spentMicroUsd: PAID_MICRO_USD, spentTokens: 15 });
  });
});

describe('an answer that was paid for and is of no use', () => {
  const useless = completion('{"label":"nope"}');

  it.each(['transient', 'rate', 'quota', 'key', 'tooLong', 'request'] as const)(
    'is not paid for again where the second question fails: %s',
    async (kind) => {
      endpoints.answers.a = [useless, FAILING[kind]];

      const error = (await run(endpoints.candidate('a')).catch((reason: unknown) => reason)) as Error;

      expect(errorFacts(error)).toEqual({
        class: 'ProcessingError',
        message: "the model's answer to 'route' does not fit its schema, and could not be asked for again",
      });
      expect(spent(controlTable)).toBe(PAID_MICRO_USD);
    },
  );

  it('does not hide from the breaker what kept the second question from being asked', async () => {
    endpoints.answers.a = [useless, FAILING.quota];

    await run(endpoints.candidate('a')).catch(() => {});

    expect(rowOf(controlTable, 'a')).toMatchObject({
      breaker: 'open',
      reason: expect.stringContaining('quota'),
    });
  });

  it.each(['refused', 'filtered', 'cut'] as const)('is %s where the second one is', async (kind) => {
    endpoints.answers.a = [useless, FAILING[kind]];
    const large = endpoints.candidate('b', { tier: 'large' });

    await run(endpoints.candidate('a'), large).catch(() => {});

    expect(endpoints.asked).toHaveLength(kind === 'cut' ? 3 : 2);
  });

  it.each(['transient', 'key', 'request'] as const)(
    'is a person’s also where the stronger model fails: %s',
    async (kind) => {
      endpoints.answers.a = [useless];
      endpoints.answers.b = [FAILING[kind]];

      const climbing = run(endpoints.candidate('a'), endpoints.candidate('b', { tier: 'large' }));

      await expect(climbing).rejects.toBeInstanceOf(ProcessingError);
      const opinion = kind === 'key' ? ['b/small'] : [];
      expect(endpoints.asked).toEqual(['a/small', 'a/small', 'b/small', ...opinion]);
    },
  );
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

describe('the lineage', () => {
  it('has an entry for every call, with the reason, the price and the prompt, and so has the metric', async () => {
    endpoints.answers.a = [
      completion('{"label":'),
      completion(GOOD, {}, { prompt_tokens: 30, completion_tokens: 2 }),
    ];
    const asking = chain({ controlTable });

    await asking.run([endpoints.candidate('a')]);

    const common = {
      ...{ at: '2026-12-01T09:00:00.000Z', step: 'route', model: 'small', endpoint: 'a', cached: false },
      ...{ promptVersion: 'route.v1', promptHash: sha256('Sort the message.').slice(0, 12) },
      ...{ route: 'because of a', price: priceRow(OFFER), cachedTokens: 0, milliseconds: 0 },
    };
    expect(asking.lineage).toEqual([
      { ...common, costUsd: 0.00003, inputTokens: 10, outputTokens: 5, failure: 'unusable' },
      { ...common, costUsd: 0.000038, inputTokens: 30, outputTokens: 2 },
    ]);
    expect(measured).toEqual(asking.lineage.map((entry) => ['demo', entry]));
    expect(asking.spentUsd).toBe(0.000068);
    expect(spent(controlTable)).toBe(68);
  });

  it('says of each call why its answer was not used', async () => {
    endpoints.answers.a = [completion('no'), fault(500)];
    endpoints.answers.c = [FAILING.cut];
    const asking = chain({ controlTable });

    await asking
      .run([
        endpoints.candidate('a'),
        // As good as the one whose answer was of no use.
        endpoints.candidate('b'),
        endpoints.candidate('c', { tier: 'medium' }),
        endpoints.candidate('d', { tier: 'large' }),
      ])
      .catch(() => {});

    expect(asking.lineage.map(({ endpoint, failure }) => [endpoint, failure])).toEqual([
      ...[
        ['a', 'unusable'],
        ['a', 'transient'],
      ],
      ...[
        ['c', 'cut'],
        ['d', undefined],
      ],
    ]);
  });

  it('keeps what was paid before something else than a call broke', async () => {
    endpoints.answers.a = [completion('no')];
    const a = endpoints.candidate('a', {}, { secret: 'signalbox/rotated' });
    world.secrets['signalbox/rotated'] = '{"apiKey":"key-1"}';
    endpoints.onRequest = () => {
      time.advance(600);
      world.fault = (call) => {
        if (call.includes('GetSecretValue')) throw named('InternalServiceErrorException');
      };
    };
    const asking = chain({ controlTable });

    await expect(asking.run([a])).rejects.toThrow('InternalServiceErrorException');

    expect(asking.lineage).toMatchObject([{ costUsd: 0.00003, failure: 'unusable' }]);
    expect(spent(controlTable)).toBe(PAID_MICRO_USD);
  });

  it('is priced call by call: the long-context price is that of one request', async () => {
    endpoints.answers.a = [
      completion('no', {}, { prompt_tokens: 600, completion_tokens: 10 }),
      completion(GOOD, {}, { prompt_tokens: 700, completion_tokens: 10 }),
    ];
    const asking = chain({ controlTable });
    const long = { fromTokens: 1000, inputFactor: 2, outputFactor: 2 };

    await asking.run([endpoints.candidate('a', { longContext: long })]);

    expect(asking.spentUsd).toBe(0.00138);
    expect(spent(controlTable)).toBe(1380);
  });
});

describe('what the endpoint hears of it', () => {
  const row = () => rowOf(controlTable, 'a');

  it.each<[keyof typeof FAILING, object]>([
    ['transient', { calls: 1, failures: 1 }],
    ['quota', { breaker: 'open', reason: 'quota used up' }],
    ['key', { breaker: 'open', reason: 'key refused' }],
    ['region', { breaker: 'open', reason: 'region not served' }],
    ['rate', { calls: 1, pausedUntil: expect.any(Number) }],
  ])('after a failure of the kind %s', async (kind, expected) => {
    endpoints.answers.a = [FAILING[kind]];

    await run(endpoints.candidate('a')).catch(() => {});

    expect(row()).toMatchObject(expected);
    expect(row().openUntil !== undefined).toBe('breaker' in expected);
  });

  it.each(KINDS.filter((kind) => AFTER[kind].breaker === 'none'))(
    'is nothing bad after a failure of the kind %s: its probe closes the breaker',
    async (kind) => {
      endpoints.answers.a = [FAILING[kind]];
      shut(controlTable, 'a', -1);

      await run(endpoints.candidate('a')).catch(() => {});

      expect(row()).toMatchObject({ breaker: 'closed', failures: 0 });
    },
  );

  it('is that it is well after an answer', async () => {
    shut(controlTable, 'a', -1);

    await run(endpoints.candidate('a'));

    expect(row()).toMatchObject({ breaker: 'closed' });
  });

  it('is a failed probe after an outage, and then nobody calls it', async () => {
    shut(controlTable, 'a', -1);
    endpoints.answers.a = [fault(503)];

    await run(endpoints.candidate('a')).catch(() => {});
    const error = await run(endpoints.candidate('a')).catch((reason: unknown) => reason);

    expect(row()).toMatchObject({ breaker: 'open', reason: 'the probe failed' });
    expect(error).toBeInstanceOf(Waiting);
    expect(endpoints.asked).toEqual(['a/small']);
  });

  it('is the wait that it asked for', async () => {
    endpoints.answers.a = [fault(429, undefined, { headers: { 'retry-after': '30' } })];

    await run(endpoints.candidate('a')).catch(() => {});

    expect(row().pausedUntil).toBe(time.at + 30_000);
  });

  it('is what it says of its limits, also with an answer', async () => {
    const headers = {
      'x-ratelimit-limit-requests': '600',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '5s',
    };
    endpoints.answers.a = [completion(GOOD, {}, { prompt_tokens: 10, completion_tokens: 5 }, headers)];
    const before = row().lineAt ?? 0;

    await run(endpoints.candidate('a', {}, LIMITED));

    expect((row().lineAt ?? 0) - before).toBeGreaterThan(0);
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
