import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../lambdas/intake/request.ts';
import { Problem } from '../../lambdas/kit/http.ts';
import { told } from '../support/told.ts';

const options = (headers: Record<string, string>, stage = 'prod') => readOptions(headers, stage);

function problem(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe("a request's headers", () => {
  it('need not be there', () => {
    expect(options({})).toEqual({
      idempotencyKey: undefined,
      priority: 'normal',
      callbackUrl: undefined,
      waitSeconds: 0,
      early: false,
    });
  });

  it.each([
    ['wait=20, early', 20, true],
    ['early; wait=3', 3, true],
    ['EARLY,wait="7"', 7, true],
    ['wait=20', 20, false],
    ['wait=20, earlybird', 20, false],
    ['wait=20, early=no', 20, false],
    ['not-early, wait=1', 1, false],
  ])('may ask for what is known early: %s', (prefer, waitSeconds, early) => {
    expect(options({ prefer })).toMatchObject({ waitSeconds, early });
  });

  it.each(told(['', ' ', 'a b', 'ä', 'a\n', 'x'.repeat(256), '\u0000']))(
    'may not hold the key %s',
    (_, key) => {
      expect(problem(() => options({ 'idempotency-key': key }))).toMatchObject({
        status: 400,
        message: /'Idempotency-Key' must be 1 to 255/,
      });
    },
  );

  it.each(['a', '!~|#', 'x'.repeat(255), '00000000-0000-0000-0000-000000000000'])(
    'may hold the key $0',
    (key) => {
      expect(options({ 'idempotency-key': key }).idempotencyKey).toBe(key);
    },
  );

  it.each(['urgent', 'normal', 'low'])('may hold the priority %s', (priority) => {
    expect(options({ 'signalbox-priority': priority }).priority).toBe(priority);
  });

  it.each(['', 'high', 'Urgent', 'constructor'])('may not hold the priority %j', (priority) => {
    expect(problem(() => options({ 'signalbox-priority': priority })).message).toMatch(
      /must be one of urgent, normal, low/,
    );
  });

  it.each([
    'http://example.com/hook',
    'ftp://example.com',
    'javascript:alert(1)',
    '//example.com',
    'example.com',
    '',
    'https://',
    'http://127.0.0.1/x',
    'http://localhost/x',
    `https://example.com/${'x'.repeat(2000)}`,
    'https://user:secret@example.com/hook',
    'https://user@example.com/hook',
  ])('may not name the callback $0: we could not call it, or should not', (url) => {
    expect(problem(() => options({ 'signalbox-callback-url': url }))).toMatchObject({
      status: 400,
      message: /Callback-Url' must be (?:an https URL|without name)/,
    });
  });

  it.each([
    'https://a.example/x,https://b.example/y',
    'https://a.example/x, https://b.example/y',
    'https://a.example/x,nonsense',
  ])('may not name two callbacks: %s', (url) => {
    expect(problem(() => options({ 'signalbox-callback-url': url }))).toMatchObject({
      status: 400,
      message: "'Signalbox-Callback-Url' must be sent once, with one URL; a comma in it is written %2C",
    });
  });

  it.each([
    ...['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0.0.0.0', '10.1.2.3', '172.31.0.1', '192.168.1.1'],
    ...[
      '169.254.169.254',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      'localhost',
      'LOCALHOST.',
      'a.localhost',
    ],
    ...[
      '[::1]',
      '[::]',
      '[fe80::1]',
      '[fd00::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:a00:1]',
      '[64:ff9b::a00:1]',
    ],
    ...['127.0.0.1.', '[ff02::1]', '[::7f00:1]'],
  ])('may not name a callback that only we can reach: %s', (host) => {
    const url = `https://${host}/hook`;
    expect(problem(() => options({ 'signalbox-callback-url': url }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('must be reachable from outside'),
    });
  });

  it.each(['8.8.8.8', '172.32.0.1', '192.169.0.1', '[2606:4700::1111]', 'localhost.example.com'])(
    'may name a callback by an address of the internet: %s',
    (host) => {
      const url = `https://${host}/hook`;
      expect(options({ 'signalbox-callback-url': url }).callbackUrl).toBe(url);
    },
  );

  it('may name an https callback, and this machine where the whole product runs on it', () => {
    for (const url of ['https://example.com/hook?x=1', 'https://example.com:443']) {
      expect(options({ 'signalbox-callback-url': url }).callbackUrl).toBe(url);
    }
    expect(options({ 'signalbox-callback-url': 'http://127.0.0.1:9/x' }, 'local').callbackUrl).toBe(
      'http://127.0.0.1:9/x',
    );
    expect(() => options({ 'signalbox-callback-url': 'http://example.com/x' }, 'local')).toThrow();
  });

  it.each([
    ['wait=0', 0],
    ['wait=25', 25],
    ['wait=26', 25],
    ['wait=60', 25],
    ['wait="99999"', 25],
    [`wait=${'9'.repeat(400)}`, 25],
    ['WAIT=7', 7],
    ['respond-async, wait=10', 10],
    ['respond-async;wait=10', 10],
    ['respond-async', 0],
    ['wait = 1', 1],
    ['respond-async, wait ="2"', 2],
    ['wait="3"; x=1', 3],
    ['await=9', 0],
    ['', 0],
  ])('prefer to wait: $0 is $1 seconds', (prefer, seconds) => {
    expect(options({ prefer }).waitSeconds).toBe(seconds);
  });

  it.each(['wait=-1', 'wait=', 'wait=abc', 'wait=1.5', 'wait=""', 'wait = x', 'wait="1', 'wait=1e1'])(
    'may not ask for %s',
    (prefer) => {
      expect(problem(() => options({ prefer })).message).toMatch(/0 to 25/);
    },
  );

  it('never throw anything but a problem, whatever they hold', () => {
    const header = fc.record(
      {
        'idempotency-key': fc.string({ unit: 'binary' }),
        prefer: fc.string(),
        'signalbox-priority': fc.string(),
        'signalbox-callback-url': fc.oneof(fc.webUrl(), fc.string()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(header, (headers) => {
        try {
          options(headers as Record<string, string>);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
