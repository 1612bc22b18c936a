import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import type { LineageEntry } from '../../lambdas/contract/item/row.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { messagesOf } from '../../lambdas/models/answer/answer.ts';
import { worstCase } from '../../lambdas/models/prices.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { automation, ENDPOINT, ID } from '../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { named, time, world } from '../support/world.ts';
import { allClosed, opening, paidInAll } from './runners.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const schema = z.strictObject({ label: z.string() });

const request = { prompt: { version: 'route.v1', text: 'Sort.' }, input: { text: 'hello' }, schema };

let server: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  server = await stubServer(good());
});

afterEach(async () => {
  await allClosed();
  server.close();
});

function good(content = '{"label":"Billing"}', choice: object = {}): Answer {
  const choices = [{ finish_reason: 'stop', message: { role: 'assistant', content }, ...choice }];
  return { status: 200, body: { choices, usage: { prompt_tokens: 100, completion_tokens: 10 } } };
}

const runner = (
  budget = automation.budget,
  generation = 1,
  feedback: readonly string[] = [],
  lineage: LineageEntry[] = [],
) =>
  opening({
    item: { id: ID, generation, lineage, priority: 'normal' },
    body: { text: 'hello' },
    feedback,
    automation: { name: 'demo', budget, prompts: automation.prompts },
    endpoints: [{ ...ENDPOINT, baseUrl: server.url }],
    idempotencyTable: 'idempotency',
    controlTable: 'control',
  });

const spent = () => Number(world.tables.row('control', budgetKey('demo'))?.spentMicroUsd ?? 0);

/** 100 tokens in at 1 USD and 10 out at 4 USD per million. */
const COST = 140;

/** What one question to a step of a short name is booked at, in dollars. */
const WORST = worstCase(
  ENDPOINT.models[0] as ModelOffer,
  inputBound(ENDPOINT, { step: 'one', messages: messagesOf({ ...request, step: 'one' }), schema }),
);

/** Holds two questions, and not a third one after them. */
const TWO = { perDayUsd: 1, perItemUsd: WORST + 0.0002 };

describe('the door to the model', () => {
  it('reserves for two calls at their longest before it makes one', async () => {
    let reserved = 0;
    server.answers = [
      (response) => {
        reserved = spent();
        response.writeHead(500).end();
      },
    ];

    await runner()
      .model('route', request)
      .catch(() => {});

    // 100 out at 4 USD twice, the first answer sent back in with the fault named, and twice the question with
    // its schema
    const answers = 2 * 400 + 100 + 800;
    expect(reserved).toBeGreaterThanOrEqual(answers);
    expect(reserved).toBeLessThan(answers + 1000);
  });

  it("makes no call that the day's budget does not hold", async () => {
    await expect(runner({ perDayUsd: 0.0005, perItemUsd: 1 }).model('route', request)).rejects.toBeInstanceOf(
      BudgetSpent,
    );

    expect(server.seen).toEqual([]);
  });

  it("makes no call that could pass the item's budget, also after cheap ones", async () => {
    // Prepare
    const step = runner(TWO);
    await step.model('one', request);
    await step.model('two', request);

    // Act and assess
    await expect(step.model('three', request)).rejects.toThrow(ProcessingError);
    expect(server.seen).toHaveLength(2);
  });

  it("counts remembered steps against the item's budget as well", async () => {
    const budget = TWO;
    const first = runner(budget);
    await first.model('one', request);
    await first.model('two', request);
    const second = runner(budget);
    await second.model('one', request);
    await second.model('two', request);

    await expect(second.model('three', request)).rejects.toThrow(ProcessingError);
  });

  it('calls nothing when a table cannot be reached', async () => {
    for (const table of ['idempotency', 'control']) {
      world.fault = (_call, input) => {
        if (input.TableName === table) throw named('TimeoutError');
      };
      await expect(runner().model('route', request)).rejects.toThrow('TimeoutError');
    }
    expect(server.seen).toEqual([]);
  });

  it('keeps an answer that was paid for when the budget cannot be settled', async () => {
    // Prepare
    let writes = 0;
    world.fault = (_call, input) => {
      if (input.TableName === 'control' && ++writes === 2) throw named('TimeoutError');
    };
    await runner()
      .model('route', request)
      .catch(() => {});
    world.fault = undefined;

    // Act
    const answer = await runner().model('route', request);

    // Assess
    expect(answer).toEqual({ label: 'Billing' });
    expect(server.seen).toHaveLength(1);
    expect(await paidInAll()).toBeGreaterThanOrEqual(COST);
  });

  it('knows what an answer cost that could not be written down', async () => {
    world.fault = (_call, { Item }) => {
      if ((Item as { state?: string })?.state === 'done') throw named('ThrottlingException');
    };
    const step = runner();

    await expect(step.model('route', request)).rejects.toThrow('ThrottlingException');

    expect(step.lineage).toEqual([]);
    expect(step.lost).toMatchObject([{ step: 'route', costUsd: COST / 1e6 }]);
    const second = runner(TWO, 1, [], [{ ...(step.lost[0] as LineageEntry), costUsd: 1 }]);
    await expect(second.model('reply', request)).rejects.toThrow("could cost more than the item's budget");
  });

  it('keeps an answer with numbers beyond those of the table, for the item and for others', async () => {
    const numbers = z.strictObject({ large: z.number(), small: z.number() });
    server.answers = [good('{"large":1.5e200,"small":1e-200}'), { status: 500 }];
    const policy = { find: { cacheHours: 1 } };
    const of = (id: string) =>
      opening({
        ...{ item: { id, generation: 1, priority: 'normal' }, body: {}, feedback: [] },
        automation: { name: 'demo', budget: automation.budget, prompts: automation.prompts, steps: policy },
        endpoints: [{ ...ENDPOINT, baseUrl: server.url }],
        ...{ idempotencyTable: 'idempotency', controlTable: 'control' },
      });

    for (const id of [ID, ID, 'item-b'])
      await expect(of(id).model('find', { ...request, schema: numbers })).resolves.toEqual({
        ...{ large: 1.5e200, small: 1e-200 },
      });

    expect(server.seen).toHaveLength(1);
  });

  it('puts an answer that is too long to be kept before a person, once', async () => {
    server.answers = [good(JSON.stringify({ label: 'x'.repeat(420_000) })), { status: 500 }];
    for (const step of [runner(), runner()]) {
      await expect(step.model('route', request)).rejects.toMatchObject({
        name: 'ProcessingError',
        message: "the table does not take the model's answer",
      });
      expect(step.lineage).toMatchObject([{ costUsd: COST / 1e6 }]);
    }
    expect([server.seen.length, await paidInAll()]).toEqual([1, COST]);
  });

  it('pays once where one delivery asks ten times at the same moment', async () => {
    const step = runner();
    await Promise.all(Array.from({ length: 10 }, () => step.model('route', request)));
    await step.close();

    expect(server.seen).toHaveLength(1);
    expect(await paidInAll()).toBe(COST);
  });
});
