import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { messagesOf } from '../../lambdas/models/answer/answer.ts';
import { worstCase } from '../../lambdas/models/prices.ts';
import { ItemBudget } from '../../lambdas/models/runner.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { listening } from '../../lambdas/process/said.ts';
import { noOtherSteps } from '../../local/no-steps.ts';
import { automation, ID } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { Endpoints, LIMITED } from './fallback-world.ts';
import { turns } from './purse-world.ts';
import { allClosed, opening, paidInAll } from './runners.ts';
import { completion, GOOD, request, schema } from './wire/completions.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let servers: Endpoints;
/** Answers that the test lets go, in the order in which they were asked for. */
let held: (() => void)[];

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  servers = await Endpoints.start();
  held = [];
});
afterEach(async () => {
  for (const go of held) go();
  await allClosed();
  await servers.close();
});

/** With a time-out beyond what a busy machine takes. */
const endpoint = (limits = {}) => servers.candidate('a', {}, { timeoutSeconds: 60, ...limits }).endpoint;

/** What one question of a step of five letters may cost at most. */
const WORST = () => {
  const [offer] = endpoint().models as [ModelOffer];
  const messages = messagesOf({ ...request, step: 'route' });
  return worstCase(offer, inputBound(endpoint(), { step: 'route', messages, schema }));
};

function runner(perItemUsd = 1, limits = {}) {
  return opening({
    ...{ item: { id: ID, generation: 1, priority: 'normal' }, body: {}, feedback: [] },
    automation: {
      name: 'demo',
      budget: { ...automation.budget, perItemUsd },
      prompts: { route: 'v1', reply: 'v1', check: 'v1' },
    },
    endpoints: [endpoint(limits)],
    ...{ idempotencyTable: 'idempotency', controlTable: 'control' },
  });
}

/** Nobody is answered until the test says so. A dollar a million tokens in, four out. */
function slow(usage = { prompt_tokens: 10, completion_tokens: 5 }): void {
  servers.answers.a = [
    (response) => {
      const { status, body } = completion(GOOD, {}, usage) as { status: number; body: object };
      held.push(
        () =>
          response.writableEnded ||
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
    },
  ];
}

const asked = async (howMany: number) => {
  await vi.waitFor(() => expect(held.length).toBeGreaterThanOrEqual(howMany), { timeout: 30_000 });
};

describe('steps that an automation starts together', () => {
  it('run together: both are asked before either is answered', async () => {
    slow();
    const one = runner();
    const both = Promise.all([one.model('route', request), one.model('reply', request)]);

    await asked(2);
    for (const go of held) go();

    expect(await both).toHaveLength(2);
    expect(one.lineage).toHaveLength(2);
  });

  it('take one booking and one permit', async () => {
    slow();
    const one = runner(1, LIMITED);
    const both = Promise.all([one.model('route', request), one.model('reply', request)]);
    await asked(2);
    const control = world.calls.filter((call) => call === 'dynamodb UpdateCommand').length;
    for (const go of held) go();
    await both;
    expect(control).toBeLessThanOrEqual(3);
  });

  it("hold the item's budget: the second is asked when the first has left enough", async () => {
    slow();
    const one = runner(WORST() + 0.0002);
    const both = Promise.all([one.model('route', request), one.model('reply', request)]);

    await asked(1);
    await turns(20);
    expect(held).toHaveLength(1);
    held[0]?.();
    await asked(2);
    held[1]?.();

    expect(await both).toHaveLength(2);
  });

  it("never pass the item's budget: what the first has spent, the second does not get", async () => {
    slow({ prompt_tokens: 100, completion_tokens: 50 });
    const one = runner(WORST() + 0.0002);
    const both = Promise.allSettled([one.model('route', request), one.model('reply', request)]);
    await asked(1);
    held[0]?.();

    const [first, second] = await both;
    expect(first?.status).toBe('fulfilled');
    expect((second as PromiseRejectedResult).reason).toMatchObject({
      name: 'ProcessingError',
      message: "the step 'reply' could cost more than the item's budget",
    });
    expect([held.length, await paidInAll()]).toEqual([1, 300]);
  });

  it('that were paid for nothing are not remembered', async () => {
    slow({ prompt_tokens: 100, completion_tokens: 50 });
    const one = runner(WORST() + 0.0002);
    const both = Promise.allSettled([one.model('route', request), one.model('reply', request)]);
    await asked(1);
    held[0]?.();
    await both;

    servers.answers.a = [completion(GOOD)];
    const second = runner(1);
    await expect(second.model('reply', request)).resolves.toBeTruthy();
  });

  it('may fail unheard: the worker with its other items lives on', async () => {
    servers.answers.a = [completion(null, { message: { content: null, refusal: 'no' } })];
    const one = runner();
    const { step } = listening({ ...noOtherSteps, ...one });
    const unheard = vi.fn();
    process.on('unhandledRejection', unheard);
    try {
      for (const name of ['route', 'reply']) void step.model(name, request);
      await turns(1);
      await one.close();
      void step.model('check', request);
      await turns(3);
    } finally {
      process.off('unhandledRejection', unheard);
    }
    expect(unheard).not.toHaveBeenCalled();
    expect(one.lineage).toHaveLength(2);
  });

  it('end all before the item does', async () => {
    slow();
    const one = runner();
    const both = Promise.all([one.model('route', request), one.model('reply', request)]);
    await asked(2);
    let ended = false;
    const end = one.close().then(() => {
      ended = true;
    });

    held[0]?.();
    await turns(50);
    expect(ended).toBe(false);
    held[1]?.();
    await end;
    await both;
    expect(one.lineage).toHaveLength(2);
  });
});

describe("an item's budget", () => {
  const steps = fc.array(
    fc.record({
      calls: fc.array(fc.record({ worst: fc.nat(60), share: fc.double({ min: 0, max: 1, noNaN: true }) }), {
        maxLength: 4,
      }),
      begins: fc.nat(5),
      takes: fc.nat(5),
    }),
    { maxLength: 12 },
  );

  it('is never passed, and nobody waits for ever, however its steps interleave', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const over: number[] = [];
        const sum = () => over.reduce((total, one) => total + one, 0);
        const budget = new ItemBudget(100, sum);
        let [running, paidByRunning] = [0, 0];
        await Promise.all(
          all.map(async ({ calls, begins, takes }) => {
            await turns(begins);
            const money = budget.step();
            let mine = 0;
            for (const { worst, share } of calls) {
              if (!(await money.hold(worst))) {
                expect(sum() + paidByRunning + worst).toBeGreaterThan(100);
                break;
              }
              running += worst;
              expect(sum() + paidByRunning + running).toBeLessThanOrEqual(100);
              await turns(takes);
              const cost = Math.floor(worst * share);
              running -= worst;
              mine += cost;
              paidByRunning += cost;
              money.paid(worst, cost);
            }
            over.push(mine);
            paidByRunning -= mine;
            money.end();
          }),
        );
        expect(budget.leftUsd).toBe(100 - sum());
        expect(sum()).toBeLessThanOrEqual(100);
      }),
      { numRuns: 200 },
    );
  });
});
