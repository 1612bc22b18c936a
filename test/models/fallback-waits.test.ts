import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFacts } from '../../lambdas/kit/errors.ts';
import { AFTER, type FailureKind } from '../../lambdas/outbound/classify.ts';
import { Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../outbound/permit-world.ts';
import type { Answer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import {
  chain,
  crowd,
  Endpoints,
  LIMITED,
  PAID_MICRO_USD,
  shut,
  spent,
  spreadFrom,
} from './fallback-world.ts';
import { completion, fault, refusal } from './wire/completions.ts';

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
      seconds: spreadFrom(30),
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

    expect(error).toMatchObject({
      message: "endpoint 'a': its breaker is open (an outage)",
      seconds: spreadFrom(9),
    });
    expect([endpoints.asked, spent(controlTable), counted]).toEqual([[], 0, ['breakersOpen']]);
  });

  it('but will soon is waited for, and then called', async () => {
    crowd(controlTable, 'a', 2);
    onSleep.run = () => time.advance(3);

    await run(endpoints.candidate('a', {}, LIMITED));

    expect(endpoints.asked).toEqual(['a/small']);
  });
});
