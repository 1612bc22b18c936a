import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { automation as refund } from '../../automations/refund-request/automation.ts';
import { automation as triage } from '../../automations/support-triage/automation.ts';
import { type ApiEvent, Problem } from '../../lambdas/kit/http.ts';
import { MAX_BODY_BYTES, readBody } from '../../lambdas/kit/request-body.ts';
import { request } from '../support/api.ts';
import { automation } from '../support/fixtures.ts';

function problem(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

it.each([1_000, 30_000, 200_000])(
  'a body that is nested %i deep is refused, and never our failure',
  (depth) => {
    const body = `{"text":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const anything = z.object({ text: z.unknown() });
    const refused = problem(() => readBody(request({ body }), anything));

    expect(refused.status).toBe(400);
    expect(refused.extra.errors).toEqual([{ pointer: '', message: 'must not be nested more than 500 deep' }]);
  },
);

describe("a request's body", () => {
  const read = (body: unknown, base64 = false) => readBody(request({ body, base64 }), automation.schema);
  const faults = (body: unknown, schema = automation.schema as never) =>
    problem(() => readBody(request({ body }), schema)).extra.errors;

  it('is read as text and as base64', () => {
    for (const base64 of [false, true])
      expect(read({ text: 'Grüße 😀' }, base64)).toEqual({ text: 'Grüße 😀' });
  });

  it.each(['', 'text', '{', '{"text":"a",}', "{'text':'a'}", 'undefined'])(
    'is refused when it is no JSON: %j',
    (body) => {
      expect(problem(() => read(body)).status).toBe(400);
      expect(faults(body)).toEqual([{ pointer: '', message: 'must be a JSON document' }]);
    },
  );

  it.each([
    ['application/x-www-form-urlencoded', 'text=charged+twice'],
    ['multipart/form-data; boundary=x', '--x'],
    ['text/plain', 'charged twice'],
    ['', 'charged twice'],
  ])('of another type is told the type that it should have: %j', (type, body) => {
    const headers = { 'content-type': type };
    const { status, extra } = problem(() => readBody(request({ body, headers }), automation.schema));

    expect(status).toBe(400);
    expect(extra.errors).toEqual([
      {
        pointer: '',
        message: `must be a JSON document, sent with 'Content-Type: application/json'; it came as '${type.split(';')[0]}'`,
      },
    ]);
  });

  it('that is JSON is read whatever type it came as, and however that is written', () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'Application/JSON; charset=utf-8',
      'application/ld+json',
    ]) {
      const event = request({ body: { text: 'a' }, headers: { 'content-type': type } });
      expect(readBody(event, automation.schema)).toEqual({ text: 'a' });
    }
    const event = request({ body: '{', headers: { 'content-type': 'application/problem+json' } });
    expect(problem(() => readBody(event, automation.schema)).extra.errors).toEqual([
      { pointer: '', message: 'must be a JSON document' },
    ]);
  });

  it('is refused with what an editor does not show', () => {
    const said = (body: Buffer | string, headers: Record<string, string> = {}) => {
      const event = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true, headers };
      return problem(() => readBody(event as unknown as ApiEvent, automation.schema)).extra.errors;
    };
    const zipped = gzipSync('{"text":"a"}');
    const plain = 'must be a JSON document: send it as plain UTF-8, without Content-Encoding';

    expect(said(zipped, { 'content-encoding': 'gzip' })).toEqual([{ pointer: '', message: plain }]);
    expect(said(zipped)).toEqual([{ pointer: '', message: plain }]);
    expect(said('no text', { 'content-encoding': 'br' })).toEqual([{ pointer: '', message: plain }]);
    expect(said('\uFEFF{"text":"a"}')).toEqual([
      { pointer: '', message: 'must be a JSON document: send it without a byte order mark' },
    ]);
  });

  it.each<[string, Buffer | string, Record<string, string>, string]>([
    ['of Latin 1', Buffer.from('{"text":"Stra\xDFe"}', 'latin1'), {}, 'holds bytes that are not UTF-8'],
    ['of UTF-16', Buffer.from('\uFEFF{"text":"a"}', 'utf16le'), {}, 'holds bytes that are not UTF-8'],
    ['cut in a character', Buffer.from('{"text":"€').subarray(0, -1), {}, 'holds bytes that are not UTF-8'],
    [
      'that says so',
      '{"text":"a"}',
      { 'content-type': 'application/json; charset=ISO-8859-1' },
      "is 'ISO-8859-1' by",
    ],
    [
      'that says so in quotes',
      '{"text":"a"}',
      { 'content-type': 'text/plain;charset="Shift_JIS"' },
      "is 'Shift_JIS' by",
    ],
  ])('in another charset is refused by name: a body %s', (_name, body, headers, told) => {
    const event = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true, headers };
    const refused = problem(() => readBody(event as unknown as ApiEvent, automation.schema));

    expect(refused).toMatchObject({
      status: 400,
      message: expect.stringMatching(/^the charset of the body must be UTF-8/),
    });
    expect(refused.message).toContain(told);
  });

  it('that API Gateway mended on the way is known by its length', () => {
    const sent = Buffer.from('{"text":"Stra\xDFe \xE4"}', 'latin1');
    const event = (body: string, length: number) =>
      ({ body, headers: { 'content-length': String(length) } }) as unknown as ApiEvent;

    expect(problem(() => readBody(event(sent.toString('utf8'), sent.length), automation.schema)).status).toBe(
      400,
    );
    // A mail that was damaged before it came to us is what the client sent.
    const damaged = '{"text":"Stra\uFFFDe"}';
    expect(readBody(event(damaged, Buffer.byteLength(damaged)), automation.schema)).toEqual({
      text: 'Stra\uFFFDe',
    });
  });

  it.each(['utf-8', 'UTF8', '"utf-8"', 'us-ascii'])('may say that it is %s', (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    expect(readBody(request({ headers, body: { text: 'ä' } }), automation.schema)).toEqual({ text: 'ä' });
  });

  it('may not hold half a character: stored, it would become another one', () => {
    const refused = problem(() => readBody(request({ body: '{"text":"a\\ud83d"}' }), automation.schema));

    expect(refused.extra.errors).toEqual([
      { pointer: '/text', message: 'must hold whole characters, got one half of a surrogate pair' },
    ]);
  });

  it.each([
    ['{"text":1}', '/text', /must be a string, got number/],
    ['{"text":null}', '/text', /must be a string/],
    ['{"subject":"123456789012345678901"}', '/subject', /at most 20 characters/],
    ['{"a/b~c":1}', '/a~1b~0c', /unknown field/],
    ['[]', '', /^must be an object, got array$/],
    ['null', '', /^must be an object, got null$/],
    ['"text"', '', /^must be an object, got string$/],
    ['{"__proto__":{"text":"x"}}', '/__proto__', /unknown field/],
  ])('is refused with the place and the fault: %s', (body, pointer, message) => {
    expect(faults(body)).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });

  it('is refused with every fault at once, in words that say what to do', () => {
    const errors = faults(
      { orderId: 'a b', amount: 240, currency: 'eur', text: '', extra: 1 },
      refund.schema as never,
    ) as {
      pointer: string;
    }[];

    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/amount',
      '/currency',
      '/extra',
      '/orderId',
      '/text',
    ]);
    expect(faults({ requestedBy: 'me' }, refund.schema as never)).toEqual([
      { pointer: '/orderId', message: 'is missing: must be a string' },
      { pointer: '/amount', message: 'is missing: must be a string' },
      { pointer: '/currency', message: 'is missing: must be one of EUR, USD, GBP' },
      { pointer: '/text', message: 'is missing: must be a string' },
      { pointer: '/requestedBy', message: 'must be an e-mail address' },
    ]);
    expect(faults({}, triage.schema as never)).toEqual([
      { pointer: '/text', message: "give the message in 'text' or in 'html'" },
    ]);
  });

  it('may be a million bytes, counted in bytes, and not one more', () => {
    const wide = (bytes: number) =>
      JSON.stringify({ text: '€'.repeat((bytes - 12) / 3) + 'x'.repeat((bytes - 12) % 3) });
    const exact = JSON.stringify({ text: 'x'.repeat(MAX_BODY_BYTES - 11) });

    expect(Buffer.byteLength(exact)).toBe(MAX_BODY_BYTES);
    expect(read(exact)).toBeDefined();
    expect(problem(() => read(`${exact} `)).status).toBe(413);
    expect(problem(() => read(wide(MAX_BODY_BYTES + 300))).status).toBe(413);
  });

  it('is never quoted in the refusal of a field', () => {
    expect(
      JSON.stringify(faults({ text: 4111111111111111, subject: '4111111111111111-4111111' })),
    ).not.toContain('4111');
  });
});
