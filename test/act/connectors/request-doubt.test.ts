import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mayHaveActed, Unknown } from '../../../lambdas/act/answer.ts';
import { request } from '../../../lambdas/act/connectors/request.ts';
import { type Answer, reset } from '../../support/http.ts';
import { time } from '../../support/world.ts';
import { api, asked, call, destination, freshApi, RULES } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshApi);
afterEach(() => api.close());

describe('after a try in doubt', () => {
  const before = { unsure: true, repeated: true };
  const find = {
    request: () => ({ path: '/orders/mine' }),
    reads: ({ json }: { json: unknown }) =>
      (json as { there?: boolean }).there
        ? { outcome: 'done' as const, reference: 'R-7' }
        : { outcome: 'not done' as const },
  };
  const tried = (seconds: number) => ({ first: time.at - 60_000, last: time.at - seconds * 1000 });

  it('what is found is done, and nothing is sent', async () => {
    api.answers = [{ status: 200, body: { there: true } }];
    const done = await call({ find }, { ...before, tried: tried(60) });
    expect(done).toEqual({ status: 200, reference: 'R-7' });
    expect(api.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('what is not found is sent again, but not before it could be there', async () => {
    api.answers = [
      { status: 200, body: { there: false } },
      { status: 200, body: { ok: true } },
    ];
    await expect(call({ find }, { ...before, tried: tried(10) })).rejects.toMatchObject({
      ...{ message: expect.stringMatching(/too early to tell/), retryAfterSeconds: 20 },
    });
    api.answers = [
      { status: 200, body: { there: false } },
      { status: 200, body: { ok: true } },
    ];
    await call({ find }, { ...before, tried: tried(31) });
    expect(api.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  it.each([
    ['no answer', reset, 'TransientError'],
    ['500', { status: 500 }, 'TransientError'],
    ['401', { status: 401 }, 'SystemError'],
    ['a redirect', { status: 302 }, 'SystemError'],
    ['a refusal', { status: 400 }, 'SystemError'],
  ] as [string, Answer, string][])('nothing is sent where the question gets %s', async (_, answer, name) => {
    api.answers = [answer];
    await expect(call({ find }, { ...before, tried: tried(60) })).rejects.toMatchObject({ name });
    expect(api.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('nothing is sent after the provider has forgotten the key', async () => {
    const first = time.at - 25 * 3_600_000;
    await expect(call({}, { ...before, tried: { first, last: first } })).rejects.toBeInstanceOf(Unknown);
    // When it was first tried is not known any more.
    await expect(call({}, before)).rejects.toBeInstanceOf(Unknown);
    expect(api.seen).toEqual([]);
  });

  it('"already done" is done where nothing has said that it was not, and else for a person', async () => {
    api.answers = [{ status: 409 }];
    const reads = () => ({ outcome: 'already done' as const });
    const state = { repeats: { by: 'state' as const }, reads };
    expect(await call(state, { ...before, tried: tried(60) })).toEqual({ status: 409 });
    await expect(call(state)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/not by this action$/),
    });
  });

  it('only what may be sent again is', () => {
    for (const [repeats, may] of [
      [{ by: 'header', keptHours: 1 }, true],
      [{ by: 'lookup' }, true],
      [{ by: 'state' }, true],
      [{ by: 'nothing' }, false],
    ] as const)
      expect(request.repeatable(destination(), asked({ ...RULES, repeats }).declared)).toBe(may);
    expect(request.repeatable(destination(), undefined)).toBe(false);
  });
});

describe('a question before the first try', () => {
  const find = {
    atFirst: true,
    request: () => ({ path: '/orders/mine' }),
    reads: ({ json }: { json: unknown }) =>
      json === undefined ? undefined : { outcome: 'done' as const, reference: 'R-7' },
  };

  it.each([
    ['no answer', reset],
    ['500', { status: 500 }],
    ['a page', { status: 200, body: '<html>' }],
  ] as [string, Answer][])('leaves no doubt where it gets %s: nothing was sent', async (_, answer) => {
    api.answers = [answer];
    const error = await call({ find }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TransientError' });
    expect(mayHaveActed(error)).toBe(false);
  });
});
