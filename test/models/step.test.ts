import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { ModelOffer } from '../../lambdas/contract/endpoint.ts';
import type { LineageEntry } from '../../lambdas/contract/item/row.ts';
import { digest, sha256 } from '../../lambdas/kit/digest.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { messagesOf } from '../../lambdas/models/answer/answer.ts';
import { worstCase } from '../../lambdas/models/prices.ts';
import { inputBound } from '../../lambdas/models/wire/chat.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { automation, ENDPOINT, ID } from '../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
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
  it('books what a call really cost and tells its lineage', async () => {
    const step = runner();

    await expect(step.model('route', request)).resolves.toEqual({ label: 'Billing' });

    expect(await paidInAll()).toBe(COST);
    expect(step.lineage).toEqual([
      {
        ...{ at: '2026-12-01T09:00:00.000Z', step: 'route', model: 'small', endpoint: 'house' },
        ...{ promptVersion: 'route.v1', promptHash: sha256('Sort.').slice(0, 12), cached: false },
        ...{ route: 'small is enough; the only one; data may go anywhere', milliseconds: 0 },
        ...{ costUsd: COST / 1e6, inputTokens: 100, cachedTokens: 0, outputTokens: 10 },
        price: 'small 1/0.1/4 of 2026-11-20',
      },
    ]);
  });

  it('tells what the answer calls its model, where that is another name and a name at all', async () => {
    const told = good() as { status: number; body: object };
    for (const [model, answeredBy] of [
      ['small-2026-11-01', 'small-2026-11-01'],
      ['small', undefined],
      ['words of Anna Berg', undefined],
      [`m${'x'.repeat(200)}`, undefined],
    ]) {
      server.answers = [{ ...told, body: { ...told.body, model } }];
      const step = runner(automation.budget, server.seen.length + 1);
      await step.model('route', request);
      expect(step.lineage[0]).toMatchObject({ model: 'small' });
      expect(step.lineage[0]?.answeredBy).toBe(answeredBy);
    }
  });

  it('pays nothing for the same step again, and shows the same lineage', async () => {
    const first = runner();
    await first.model('route', request);
    const second = runner();

    await expect(second.model('route', request)).resolves.toEqual({ label: 'Billing' });

    expect(server.seen).toHaveLength(1);
    expect(await paidInAll()).toBe(COST);
    expect(second.lineage).toEqual(first.lineage);
  });

  it.each([
    ['another input', { ...request, input: { text: 'bye' } }, 'route', 1],
    ['another prompt version', { ...request, prompt: { version: 'route.v2', text: 'Sort.' } }, 'route', 1],
    ['another prompt text', { ...request, prompt: { version: 'route.v1', text: 'Sort well.' } }, 'route', 1],
    ['another step', request, 'reply', 1],
    ['another generation', request, 'route', 2],
  ])('pays again for %s', async (_name, changed, name, generation) => {
    await runner().model('route', request);

    await runner(automation.budget, generation).model(name, changed);

    expect(server.seen).toHaveLength(2);
  });

  it('pays again for another date, and not for the same', async () => {
    for (const due of [1, 1, 2]) await runner().model('route', { ...request, input: { due: new Date(due) } });

    expect(server.seen.map(({ body }) => JSON.parse(body).messages[1].content)).toEqual([
      '{"due":"1970-01-01T00:00:00.001Z"}',
      '{"due":"1970-01-01T00:00:00.002Z"}',
    ]);
  });

  it('tells every step what a reviewer said, in a message of its own after the input', async () => {
    const step = runner(automation.budget, 1, ['Only "half".']);
    await step.model('route', request);
    await step.model('reply', request);

    for (const { body } of server.seen) {
      const [system, input, remarks, ...more] = JSON.parse(body).messages;
      expect([system.content, input.content, more]).toEqual(['Sort.', '{"text":"hello"}', []]);
      expect(remarks.role).toBe('user');
      expect(remarks.content).toMatch(/^A reviewer returned your earlier proposal/);
      expect(remarks.content.split('\n')[1]).toBe('{"feedback":["Only \\"half\\"."]}');
    }
    expect(server.seen).toHaveLength(2);
  });

  it('pays anew for other remarks, once for the same, and keeps the keys of items that nobody sent back', async () => {
    await runner(automation.budget, 1, ['a']).model('route', request);
    await runner(automation.budget, 1, ['b']).model('route', request);
    await runner(automation.budget, 1, ['a']).model('route', request);
    expect(server.seen).toHaveLength(2);

    await runner().model('route', request);
    const plain = `demo_step#${ID}#1#route#route.v1#${digest({ input: request.input, prompt: 'Sort.' })}`;
    expect(world.tables.row('idempotency', plain)).toBeDefined();
  });

  it('reserves for the remarks as well', async () => {
    const reserved: number[] = [];
    server.answers = [1, 2].map(() => (response) => {
      reserved.push(spent());
      response.writeHead(500).end();
    });

    for (const feedback of [[], ['x'.repeat(2000)]]) {
      await runner(automation.budget, 1, feedback)
        .model('route', request)
        .catch(() => {});
    }

    const [plain = 0, told = 0] = reserved;
    expect(told - plain).toBeGreaterThanOrEqual((2 * 2000) / 2.5);
  });

  it("counts what earlier generations cost against the item's budget", async () => {
    const budget = TWO;
    const earlier = runner(budget);
    await earlier.model('one', request);
    await earlier.model('two', request);
    const second = runner(budget, 2, [], earlier.lineage);

    await expect(second.model('one', request)).rejects.toThrow("could cost more than the item's budget");
    expect(second.lineage).toEqual([]);
  });

  it('gives back the whole reservation after a call that failed for nothing', async () => {
    server.answers = [{ status: 500 }];

    await expect(runner().model('route', request)).rejects.toMatchObject({ name: 'TransientError' });

    expect(await paidInAll()).toBe(0);
  });

  it('books what a failure cost, remembers it, and does not pay for it again', async () => {
    server.answers = [good('no', { finish_reason: 'length' })];
    await expect(runner().model('route', request)).rejects.toThrow(ProcessingError);
    const second = runner();

    await expect(second.model('route', request)).rejects.toThrow(/cut off/);

    expect(server.seen).toHaveLength(1);
    expect(await paidInAll()).toBe(COST);
    expect(second.lineage).toHaveLength(1);
  });
});
