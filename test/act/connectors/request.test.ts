import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoAnswer } from '../../../lambdas/act/answer.ts';
import { request } from '../../../lambdas/act/connectors/request.ts';
import { ID } from '../../support/fixtures.ts';
import { time } from '../../support/world.ts';
import { api, asked, call, destination, freshApi, sends } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshApi);
afterEach(() => api.close());

describe('a request of an action', () => {
  it('goes below the url, as JSON, with the key and what the destination knows us by', async () => {
    const query = { id: 'a&b=c', none: undefined };
    await sends({
      method: 'PUT',
      path: '/orders/%C3%A9',
      query,
      headers: { 'X-Mode': 'b' },
      body: { json: { a: 1 } },
    });
    expect(api.seen).toHaveLength(1);
    expect(api.seen[0]).toMatchObject({
      method: 'PUT',
      path: '/v1/orders/%C3%A9?id=a%26b%3Dc',
      body: '{"a":1}',
    });
    expect(api.seen[0]?.headers).toMatchObject({
      ...{ authorization: 'Bearer the-token', accept: 'application/json', 'x-mode': 'b' },
      ...{ 'content-type': 'application/json', 'idempotency-key': `${ID}-0123456789abcdef` },
    });
  });

  it('goes as a form whose values cannot begin another field', async () => {
    await sends({
      method: 'POST',
      path: '/r',
      body: { form: { amount: 2, 'm[k]': 'a&amount=9', none: undefined } },
    });
    expect(api.seen[0]?.body).toBe('amount=2&m%5Bk%5D=a%26amount%3D9');
    expect(api.seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('has its key in the header that the provider names', async () => {
    await call({ repeats: { by: 'header', name: 'X-Request-Key', keptHours: 1 } });
    expect(api.seen[0]?.headers).toMatchObject({ 'x-request-key': `${ID}-0123456789abcdef` });
  });
});

describe('a wait that the code of an action reads of an answer', () => {
  it.each([Number.NaN, -5, 0, Number.POSITIVE_INFINITY])('is none where it is %s', async (seconds) => {
    for (const outcome of ['later', 'at work'] as const)
      await expect(call({ reads: () => ({ outcome, seconds }) })).rejects.toMatchObject({
        name: 'TransientError',
        retryAfterSeconds: undefined,
      });
    await expect(call({ reads: () => ({ outcome: 'later', seconds: 7 }) })).rejects.toMatchObject({
      retryAfterSeconds: 7,
    });
  });
});

it('may hold a percent sign in its path', async () => {
  for (const part of ['100% of it', '%zz', '50%2', 'a;b', '...', 'é']) {
    await sends({ method: 'POST', path: `/orders/${encodeURIComponent(part)}` });
    expect(api.seen.at(-1)?.path).toBe(`/v1/orders/${encodeURIComponent(part)}`);
  }
});

describe('what is refused, and nothing is sent', () => {
  it.each([
    ['//evil.example/x', /needs a 'path' below its url/],
    ['/../admin', /needs a 'path' below its url/],
    ['/orders/%2e%2e/admin', /needs a 'path' below its url/],
    ['/orders/%252e%252e/admin', /needs a 'path' below its url/],
    ['/orders/..;/admin', /needs a 'path' below its url/],
    ['/orders/..%3Bv=1/admin', /needs a 'path' below its url/],
    ['/orders/%2e%2e/100%25', /needs a 'path' below its url/],
    ['/orders/%252e%252e/100%25', /needs a 'path' below its url/],
    ['/orders/..%2500/admin', /needs a 'path' below its url/],
    ['/orders?all=1', /needs a 'path' below its url/],
    ['/orders#x', /needs a 'path' below its url/],
    ['/orders\\x', /needs a 'path' below its url/],
    ['https://evil.example/x', /needs a 'path' below its url/],
    ['/orders/7%2Fcancel', /a value in the path of its request has a slash/],
    ['/orders/7%255Ccancel', /a value in the path of its request has a slash/],
  ])('the path %s', async (path, message) => {
    await expect(sends({ method: 'POST', path })).rejects.toMatchObject({
      ...{ name: 'SystemError', message: expect.stringMatching(message) },
    });
    expect(api.seen).toEqual([]);
  });

  it.each([
    ...['Host', 'authorization', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Cookie'],
    ...['Idempotency-Key', 'X-Forwarded-For', 'Proxy-Authorization', ':path', 'a b', 'x\r\ny'],
  ])('the header %j', async (header) => {
    await expect(sends({ method: 'POST', path: '/x', headers: { [header]: 'v' } })).rejects.toMatchObject({
      name: 'SystemError',
      message: expect.stringMatching(/an action may not set$/),
    });
    expect(api.seen).toEqual([]);
  });

  it.each([
    ['with another header in it', 'a\r\nx-admin: 1'],
    ['with a line break', 'a\nb'],
    ['with a zero', 'a\0b'],
    ['that is no ASCII', 'é'],
    ['that is very long', 'x'.repeat(2001)],
  ])('a value of a header %s', async (_, value) => {
    await expect(sends({ method: 'POST', path: '/x', headers: { 'x-a': value } })).rejects.toThrow(
      'an action may not set',
    );
    expect(api.seen).toEqual([]);
  });

  it('a body of more than 256 KB, a GET that acts, a body without the key it promises, and an action without code', async () => {
    const long = { json: { text: 'x'.repeat(300_000) } };
    await expect(sends({ method: 'POST', path: '/x', body: long })).rejects.toThrow(
      'has more than 262144 bytes',
    );
    await expect(sends({ method: 'GET' as never, path: '/x' })).rejects.toThrow(
      'is a POST, PUT, PATCH or DELETE',
    );
    await expect(call({ repeats: { by: 'body', keptHours: 1 } })).rejects.toThrow(
      'without the idempotency key',
    );
    await expect(request.call(destination(), asked(undefined))).rejects.toThrow("says no 'request'");
    expect(api.seen).toEqual([]);
  });

  it('an address of this machine or of a private network, wherever the product does not run on it', async () => {
    const { local: _, ...deployed } = destination();
    await expect(call({}, {}, deployed)).rejects.toMatchObject({
      name: 'SystemError',
      message: expect.stringMatching(/leads inward$/),
    });
    for (const url of ['https://10.0.0.1/', 'https://169.254.169.254/', 'https://[::1]/'])
      await expect(call({}, {}, destination({ url }))).rejects.toThrow('leads inward');
    expect(api.seen).toEqual([]);
  });

  it('a call of a worker that is too late', async () => {
    await expect(call({}, { until: time.at + 900 })).rejects.toThrow('this worker is too late to call it');
    expect(api.seen).toEqual([]);
  });
});

describe('an answer', () => {
  it('keeps nothing but a short reference', async () => {
    for (const [reference, kept] of [
      ['R-7', { reference: 'R-7' }],
      ['Dear Ann, …', {}],
      ['x'.repeat(101), {}],
      [7 as never, {}],
    ] as const)
      expect(await call({ reads: () => ({ outcome: 'done', reference }) })).toEqual({ status: 200, ...kept });
  });

  it('gives no reason but those that the action declares', async () => {
    api.answers = [{ status: 422, body: {} }];
    const refusals = ['the order is closed'];
    const refuses = (reason: string) => call({ refusals, reads: () => ({ outcome: 'not done', reason }) });
    await expect(refuses('the order is closed')).rejects.toMatchObject({
      ...{ name: 'InputError', message: "destination 'erp' answered 422: the order is closed" },
    });
    await expect(refuses('Dear Ann, your order …')).rejects.toMatchObject({
      message: "destination 'erp' answered 422: it refused the action",
    });
  });

  it.each([500, 502, 504, 408])(
    '%i leaves it open, whatever the code of the action would read',
    async (status) => {
      api.answers = [{ status, body: { ok: true } }];
      await expect(call({ reads: () => ({ outcome: 'not done', reason: '' }) })).rejects.toBeInstanceOf(
        NoAnswer,
      );
    },
  );

  it('is open where the code of the action fails to read it: it was sent', async () => {
    const reads = () => {
      throw new TypeError('Dear Ann');
    };
    await expect(call({ reads })).rejects.toMatchObject({
      message: "destination 'erp': the code of the action cannot read its answer",
    });
  });

  it.each([
    ['that never ends', 'x'.repeat(100_000), 0],
    ['that drips', ' ', 20],
  ])('%s is cut, and open', async (_, words, everyMs) => {
    let timer: NodeJS.Timeout | undefined;
    api.answers = [
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        timer = setInterval(() => response.write(words), everyMs);
      },
    ];
    await expect(call({}, {}, destination({ timeoutSeconds: 0.3 }))).rejects.toBeInstanceOf(NoAnswer);
    clearInterval(timer);
  });

  it('with a redirect is not followed', async () => {
    api.answers = [{ status: 307, headers: { location: `${api.url}/elsewhere` } }];
    await expect(call()).rejects.toMatchObject({
      message: expect.stringMatching(/a redirect, correct its url$/),
    });
    expect(api.seen).toHaveLength(1);
  });
});
