import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { ProcessingError, SystemError } from '../../lambdas/kit/errors.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { newTable } from '../outbound/permit-world.ts';
import { automation, ID } from '../support/fixtures.ts';
import { type Answer, reset, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { shut, spreadFrom } from './fallback-world.ts';
import { offer } from './offers.ts';
import { allClosed, opening } from './runners.ts';
import { ENDPOINT, fault } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  modelCall: () => {},
  logger: { info: () => {}, warn: () => {}, error: () => {} },
}));

/* The same model at several endpoints: its vectors are the same, so that another one can take over. */

const words = (more: Partial<ModelOffer> = {}) =>
  offer({ name: 'words', kind: 'embeddings', inputUsdPerMillion: 1, ...more });

let a: Stub;
let b: Stub;
let controlTable: string;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  controlTable = newTable();
  a = await stubServer(vectors(1));
  b = await stubServer(vectors(2));
});
afterEach(async () => {
  await allClosed();
  await Promise.all([a.close(), b.close()]);
});

/** Its vectors say which server made them, and of which text. */
function vectors(by: number): Answer {
  return (response, { body }) => {
    const { input } = JSON.parse(body) as { input: string[] };
    const data = input.map((text, index) => ({ index, embedding: [by, text.length] }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data, usage: { prompt_tokens: 7 } }));
  };
}

function runner(
  second: Partial<ModelOffer> = {},
  budget: Partial<RunnerOptions['automation']['budget']> = {},
) {
  const at = ({ url }: Stub, name: string, model: ModelOffer) => ({
    ...ENDPOINT,
    ...{ name, baseUrl: `${url}/v1`, timeoutSeconds: 1, models: [model] },
  });
  return opening({
    item: { id: ID, generation: 1, priority: 'normal' },
    ...{ body: {}, feedback: [], idempotencyTable: 'idempotency', controlTable },
    automation: { name: 'demo', budget: { ...automation.budget, ...budget }, prompts: {} },
    endpoints: [at(a, 'a', words()), at(b, 'b', words({ inputUsdPerMillion: 2, ...second }))],
  });
}
const embed = (step: ReturnType<typeof runner>, ...texts: string[]) =>
  step.embed('find', texts).catch((error: unknown) => error);

describe('vectors', () => {
  it.each<[string, Answer]>([
    ['is down', fault(503)],
    ['breaks off', reset],
    ['has no room', fault(429)],
    ['refuses the key', fault(401)],
    ['has no credit', fault(402)],
    ['does not know the model', fault(404, 'model_not_found')],
  ])('come from another endpoint with the same model where the first one %s', async (_name, answer) => {
    a.answers = [answer];
    const step = runner();

    expect(await embed(step, 'one', 'three')).toEqual([
      [2, 3],
      [2, 5],
    ]);

    expect(step.lost.map(({ endpoint }) => endpoint).at(-1)).toBe('b');
  });

  it('come from it where the breaker of the first one is open', async () => {
    shut(controlTable, 'a');
    expect(await embed(runner(), 'one')).toEqual([[2, 3]]);
    expect(a.seen).toEqual([]);
  });

  it('are all of one endpoint: what was kept of the other one is not mixed in', async () => {
    await embed(runner(), 'one');
    a.answers = [fault(503)];
    expect(await embed(runner(), 'one', 'three')).toEqual([
      [2, 3],
      [2, 5],
    ]);
    // What is all kept needs nobody.
    expect(await embed(runner(), 'one')).toEqual([[1, 3]]);
  });

  it('never come from another model', async () => {
    a.answers = [fault(503)];
    expect(await embed(runner({ name: 'other-words' }), 'one')).toMatchObject({ name: 'TransientError' });
    expect(b.seen).toEqual([]);
  });

  it('are waited for where one of them was only busy', async () => {
    shut(controlTable, 'a', 40);
    shut(controlTable, 'b', 20);
    expect(await embed(runner(), 'one')).toMatchObject({ name: 'TransientError', seconds: spreadFrom(20) });

    time.advance(60);
    a.answers = [fault(429)];
    b.answers = [fault(401)];
    expect(await embed(runner(), 'one')).toBeInstanceOf(Waiting);
  });

  it('are parked where nobody can be asked', async () => {
    a.answers = [fault(401)];
    b.answers = [fault(402)];
    expect(await embed(runner(), 'one')).toBeInstanceOf(SystemError);
  });

  it('that are too long for one are too long for the other: nobody is asked again', async () => {
    a.answers = [fault(413)];
    expect(await embed(runner(), 'one')).toMatchObject({ name: 'InputError' });
    expect(b.seen).toEqual([]);
  });

  it('cost no more than the item and the day hold', async () => {
    a.answers = [reset];
    // Of three bytes: three dollars a million at the first one, which may have done its work, and twice that
    // at the second one.
    const item = runner({}, { perItemUsd: 0.000_008 });
    expect(await embed(item, 'one')).toMatchObject({ name: 'TransientError' });
    expect(b.seen).toEqual([]);

    const day = await embed(runner({}, { perDayUsd: 0.000_008 }), 'one');
    expect(day).toMatchObject({ name: 'TransientError' });
    expect(day).not.toBeInstanceOf(BudgetSpent);
    expect(b.seen).toEqual([]);
  });

  it('of a text that both refuse go to a person', async () => {
    for (const stub of [a, b])
      stub.answers = [
        (response, seen) => {
          if (seen.body.includes('hello'))
            return (vectors(1) as (...args: unknown[]) => void)(response, seen);
          response.writeHead(403);
          return response.end('<html>');
        },
      ];
    expect(await embed(runner(), 'one')).toBeInstanceOf(ProcessingError);
  });
});
