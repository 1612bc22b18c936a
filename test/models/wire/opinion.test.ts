import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessingError, SystemError } from '../../../lambdas/kit/errors.ts';
import { Waiting } from '../../../lambdas/outbound/waiting-error.ts';
import { newTable, rowOf } from '../../outbound/permit-world.ts';
import type { Answer } from '../../support/http.ts';
import { reset } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { chain, Endpoints, shut, spent } from '../fallback-world.ts';
import { completion, fault, GOOD, request, SECRET_WORDS, silence } from '../wire/completions.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: { info: () => {}, warn: () => {}, error: () => {} },
  modelCall: () => {},
}));

/* What would shut an endpoint for everybody is asked about once more, with a harmless text. */

let endpoints: Endpoints;
let controlTable: string;
/** What was sent, newest last. */
let bodies: string[];

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}', 'signalbox/empty': '{}' };
  controlTable = newTable();
  bodies = [];
  endpoints = await Endpoints.start();
});
afterEach(() => endpoints.close());

/** The endpoint says the first to what is an item's, and the second to everything else. */
function answers(toItem: Answer, toGreeting: Answer): void {
  const answer: Answer = (response, seen) => {
    bodies.push(seen.body);
    const chosen = seen.body.includes('Say hello.') ? toGreeting : toItem;
    if (typeof chosen === 'function') return chosen(response, seen);
    response.writeHead(chosen.status, { 'content-type': 'application/json', ...chosen.headers });
    response.end(typeof chosen.body === 'string' ? chosen.body : JSON.stringify(chosen.body));
  };
  endpoints.answers.a = [answer];
}

const run = (item?: string, endpoint = {}, deadline?: number) => {
  const asking = chain({ controlTable, item, deadline });
  const outcome = asking.run([endpoints.candidate('a', {}, endpoint)]).catch((error: unknown) => error);
  return { asking, outcome };
};
const row = () => rowOf(controlTable, 'a');

const hello = completion('hello', {}, { prompt_tokens: 8, completion_tokens: 2 });
const firewall: Answer = { status: 403, body: '<html>Request blocked</html>' };
const NO_CREDIT = fault(400, undefined, { message: 'Your credit balance is too low' });

describe('an endpoint that refuses one text', () => {
  it.each([
    ['a firewall', firewall],
    ['a plain 403', fault(403)],
    ['a plain 401', fault(401)],
    ['words of a key', fault(400, undefined, { message: 'the API key 17 is not valid' })],
    ['words of credit', NO_CREDIT],
    ['words of a region', fault(403, undefined, { message: 'this region is not supported' })],
  ])('by %s stays open for the others, and a person gets the item', async (_name, refuses) => {
    answers(refuses, hello);

    const { asking, outcome } = run();

    expect(await outcome).toBeInstanceOf(ProcessingError);
    expect(await outcome).toMatchObject({
      message: "endpoint 'a': it refuses this request, and answers others",
    });
    expect(row().breaker).toBeUndefined();
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).not.toContain('4111');
    expect(JSON.stringify(request.input)).toContain(SECRET_WORDS);
    // Of the opinion: 8 tokens in at a dollar, 2 out at 4 dollars a million.
    expect(asking.lineage.map(({ failure, costUsd }) => [failure, costUsd])).toEqual([
      ['blocked', 0],
      ['blocked', 0.000016],
    ]);
    expect(spent(controlTable)).toBe(16);
  });

  it('is left for another one, which may answer it', async () => {
    answers(firewall, hello);
    endpoints.answers.b = [completion(GOOD)];

    const found = await chain({ controlTable }).run([endpoints.candidate('a'), endpoints.candidate('b')]);

    expect(found.candidate.endpoint.name).toBe('b');
  });

  it('is not asked again within a minute, however many such texts come', async () => {
    answers(firewall, hello);
    for (let n = 0; n < 5; n += 1) expect(await run().outcome).toBeInstanceOf(ProcessingError);
    expect(bodies).toHaveLength(6);

    time.advance(61);
    await run().outcome;
    expect(bodies).toHaveLength(8);
    expect(row().breaker).toBeUndefined();
  });

  it.each([404, 422, 400])('and says %i to the harmless one has looked at the key', async (status) => {
    answers(firewall, fault(status));
    expect(await run().outcome).toBeInstanceOf(ProcessingError);
    expect(row().breaker).toBeUndefined();
  });

  it('closes its breaker where that text was the probe', async () => {
    shut(controlTable, 'a');
    time.advance(31);
    answers(firewall, hello);
    await run().outcome;
    expect(row().breaker).toBe('closed');
  });

  it('with a verdict on the text needs no opinion: a person gets it', async () => {
    const body = { error: { code: 403, message: 'no', metadata: { reasons: ['violence'] } } };
    answers({ status: 403, body }, hello);
    expect(await run().outcome).toBeInstanceOf(ProcessingError);
    expect(bodies).toHaveLength(1);
  });
});

describe('an endpoint that refuses everybody', () => {
  it.each([
    ['the key', fault(401), 'key refused', 300],
    ['the key with 403', firewall, 'key refused', 300],
    ['for want of credit', fault(402), 'quota used up', 3600],
    ['for want of credit, in words', NO_CREDIT, 'quota used up', 3600],
    ['a region', fault(403, 'unsupported_country_region_territory'), 'region not served', 300],
  ])('refuses %s twice, and is shut: operators hear of it', async (_name, refuses, reason, seconds) => {
    answers(refuses, refuses);

    expect(await run().outcome).toBeInstanceOf(SystemError);

    expect(row()).toMatchObject({ breaker: 'open', reason, openUntil: time.at + seconds * 1000 });
    expect(bodies).toHaveLength(2);
    expect(spent(controlTable)).toBe(0);
    expect(await run().outcome).toBeInstanceOf(Waiting);
    expect(bodies).toHaveLength(2);
  });

  it('is shut for what it says the second time', async () => {
    answers(fault(401), fault(402));
    expect(await run().outcome).toBeInstanceOf(SystemError);
    expect(row()).toMatchObject({ reason: 'quota used up' });
  });

  it('for want of credit is asked for as long an answer as the item was', async () => {
    answers(fault(402), fault(402));
    await run().outcome;
    expect(JSON.parse(bodies[1] ?? '')).toMatchObject({ max_completion_tokens: 100 });
  });

  it('is greeted in the words that it knows', async () => {
    const old: Answer = (response, seen) => {
      const knows = 'max_tokens' in JSON.parse(seen.body);
      response.writeHead(knows ? 402 : 400);
      response.end(JSON.stringify({ error: { message: 'unknown field max_completion_tokens' } }));
    };
    answers(fault(402), old);
    expect(await run().outcome).toBeInstanceOf(SystemError);
    expect(row()).toMatchObject({ reason: 'quota used up' });
  });

  it('is shut without an opinion where its secret is empty: we know that ourselves', async () => {
    answers(fault(401), hello);
    expect(await run(undefined, { secret: 'signalbox/empty' }).outcome).toBeInstanceOf(SystemError);
    expect(row()).toMatchObject({ breaker: 'open', reason: 'key refused' });
    expect(bodies).toEqual([]);
  });
});

describe('an opinion that cannot be had', () => {
  it.each([
    ['the endpoint is busy', fault(429)],
    ['it is down', fault(503)],
    ['it breaks off', reset],
    ['it sends a page', { status: 200, body: '<html>' } satisfies Answer],
  ])('as %s shuts nothing, and the item waits', async (_name, toGreeting) => {
    answers(fault(401), toGreeting);

    expect(await run().outcome).toBeInstanceOf(Waiting);

    expect(row().breaker).toBeUndefined();
    expect(row().failures ?? 0).toBe(0);
  });

  it('as it never comes is given up', async () => {
    answers(fault(401), silence);
    expect(await run(undefined, { timeoutSeconds: 0.2 }).outcome).toBeInstanceOf(Waiting);
  });

  it('as another worker is at it is not asked for twice: the others wait', async () => {
    answers(fault(401), fault(401));
    world.tables.put(controlTable, { id: 'endpoint#a', doubtUntil: time.at + 5000 });

    expect(await run().outcome).toBeInstanceOf(Waiting);
    expect(bodies).toHaveLength(1);

    time.advance(6);
    expect(await run().outcome).toBeInstanceOf(SystemError);
  });

  it('for want of time leaves it to the next run', async () => {
    answers(fault(401), fault(401));
    endpoints.onRequest = () => {
      time.advance(25);
    };
    expect(await run(undefined, {}, time.at + 30_000).outcome).toBeInstanceOf(Waiting);
    expect(bodies).toHaveLength(1);
  });
});

describe('an answer that was paid for', () => {
  it('is no reason to pay again where the second question is blocked, and shuts nothing', async () => {
    let asked = 0;
    answers((response) => {
      asked += 1;
      const chosen = asked === 1 ? completion('no JSON') : firewall;
      response.writeHead((chosen as { status: number }).status);
      response.end(JSON.stringify((chosen as { body: unknown }).body));
    }, hello);

    expect(await run().outcome).toBeInstanceOf(ProcessingError);
    expect(await run().outcome).toMatchObject({ message: expect.not.stringContaining('4111') });
    expect(row().breaker).toBeUndefined();
  });
});
