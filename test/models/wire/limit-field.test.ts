import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newTable, rowOf } from '../../outbound/permit-world.ts';
import type { Answer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { chain, Endpoints, PAID_MICRO_USD, spent } from '../fallback-world.ts';
import { completion, fault, GOOD, SECRET_WORDS } from './completions.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: { info: () => {}, warn: () => {}, error: () => {} },
  modelCall: () => {},
}));

let endpoints: Endpoints;
let controlTable: string;
let bodies: Record<string, unknown>[];

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  controlTable = newTable();
  bodies = [];
  endpoints = await Endpoints.start();
});
afterEach(() => endpoints.close());

/** Takes one name for the limit of an answer only. */
function knows(field: string, refuses: Answer, good: Answer = completion(GOOD)): void {
  const answer: Answer = (response, seen) => {
    const body = JSON.parse(seen.body) as Record<string, unknown>;
    bodies.push(body);
    const chosen = (field in body ? good : refuses) as { status: number; body: unknown };
    response.writeHead(chosen.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(chosen.body));
  };
  endpoints.answers.a = [answer];
}

const run = (table = controlTable, endpoint = {}) =>
  chain({ controlTable: table }).run([endpoints.candidate('a', {}, endpoint)]);
const limits = () =>
  bodies.map(({ max_tokens, max_completion_tokens }) => [max_completion_tokens, max_tokens]);

const REFUSALS: [string, Answer][] = [
  [
    'in words',
    fault(400, undefined, { message: 'Unrecognized request argument supplied: max_completion_tokens' }),
  ],
  [
    'by its place',
    { status: 422, body: { detail: [{ loc: ['body', 'max_completion_tokens'], msg: 'Extra inputs' }] } },
  ],
];

describe('a server that does not know max_completion_tokens', () => {
  it.each(REFUSALS)('and says so %s gets max_tokens at once, and from then on', async (_name, refuses) => {
    knows('max_tokens', refuses);

    const first = await run();

    expect(first.answer).toMatchObject({ value: { label: 'Billing' }, replies: 1 });
    expect(limits()).toEqual([
      [100, undefined],
      [undefined, 100],
    ]);
    expect(spent(controlTable)).toBe(PAID_MICRO_USD);
    expect(rowOf(controlTable, 'a')).toMatchObject({ oldLimit: 'small' });
    expect(rowOf(controlTable, 'a').failures ?? 0).toBe(0);

    await run();
    expect(limits().slice(2)).toEqual([[undefined, 100]]);
  });

  it('gets it for the second question too, without another refusal', async () => {
    knows('max_tokens', REFUSALS[0]?.[1] as Answer, completion('no JSON'));
    await run().catch(() => {});
    expect(limits()).toEqual([
      [100, undefined],
      [undefined, 100],
      [undefined, 100],
    ]);
  });

  it('is known from a probe, or from the configuration', async () => {
    knows('max_tokens', REFUSALS[0]?.[1] as Answer);
    await run(controlTable, { capabilities: { maxCompletionTokens: false } });
    expect(limits()).toEqual([[undefined, 100]]);
    expect(rowOf(controlTable, 'a').oldLimit).toBeUndefined();
  });

  it('and then knows it gets it: what is known may be old', async () => {
    knows(
      'max_completion_tokens',
      fault(400, 'unsupported_parameter', { message: "'max_tokens' is not supported" }),
    );
    await run(controlTable, { capabilities: { maxCompletionTokens: false } });
    expect(limits()).toEqual([
      [undefined, 100],
      [100, undefined],
    ]);
  });
});

describe('a refusal that only quotes the name', () => {
  it('teaches nothing: the other name is refused as well', async () => {
    knows('neither', fault(400, 'invalid_json_schema', { message: `max_completion_tokens ${SECRET_WORDS}` }));
    await expect(run()).rejects.toMatchObject({ name: 'SystemError' });
    expect(limits()).toHaveLength(2);
    expect(rowOf(controlTable, 'a').oldLimit).toBeUndefined();
  });
});
