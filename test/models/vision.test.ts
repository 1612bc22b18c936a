import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Endpoint, ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { ProcessingError, SystemError } from '../../lambdas/kit/errors.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { BudgetSpent } from '../../lambdas/outbound/waiting-error.ts';
import { encodePng } from '../../lambdas/read/image/png.ts';
import { newTable } from '../outbound/permit-world.ts';
import { automation, ID } from '../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { endpoint, offer } from './offers.ts';
import { allClosed, opening, paidInAll } from './runners.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const SEES = offer({ name: 'eye', vision: true });
const BLIND = offer({ name: 'blind', inputUsdPerMillion: 0.01 });
const png = (shade = 0) =>
  encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(shade) });

let server: Stub;
let controlTable: string;

beforeEach(async () => {
  world.reset();
  time.freeze();
  controlTable = newTable();
  server = await stubServer(says('Invoice 7'));
  for (const name of ['a', 'b']) world.secrets[`signalbox/endpoints/${name}`] = '{"apiKey":"key-1"}';
});
afterEach(async () => {
  await allClosed();
  server.close();
});

function says(text: string, choice: object = {}): Answer {
  const message = { role: 'assistant', content: JSON.stringify({ text }) };
  const usage = { prompt_tokens: 1600, completion_tokens: 10 };
  return { status: 200, body: { choices: [{ finish_reason: 'stop', message, ...choice }], usage } };
}

type Given = Partial<Omit<RunnerOptions, 'automation'>> & {
  of?: Partial<RunnerOptions['automation']>;
  models?: ModelOffer[];
  at?: Partial<Endpoint>;
};

function runner({ of = {}, models = [BLIND, SEES], at = {}, ...options }: Given = {}) {
  const endpoints = [endpoint('a', models, { baseUrl: `${server.url}/v1`, ...at })];
  return opening({
    ...{ item: { id: ID, generation: 1, priority: 'normal' as const }, body: {}, feedback: [] },
    automation: { name: 'demo', budget: automation.budget, prompts: {}, ...of },
    ...{ endpoints, idempotencyTable: 'idempotency', controlTable, ...options },
  });
}

const sent = () => server.seen.map(({ body }) => JSON.parse(body));

describe('a page that a model reads', () => {
  it('says in the lineage where it may go, and of what replaces personal data that it stays inside', async () => {
    for (const [shade, of, where] of [
      [1, {}, 'data may go anywhere'],
      [2, { privacy: { tokens: 'all', residency: ['own'] } }, 'data may stay in own'],
    ] as const) {
      const step = runner({ of, at: { residency: 'own' }, models: [SEES] });
      await step.see(png(shade));
      expect(step.lineage.at(-1)?.route).toBe(`small is enough; the only one; ${where}`);
    }
  });

  it('goes as a picture to a model that sees, with our words alone beside it', async () => {
    expect(await runner().see(png())).toBe('Invoice 7');

    const [{ model, messages, response_format }] = sent();
    expect(model).toBe('eye');
    expect(messages[0]).toMatchObject({ role: 'system', content: expect.stringContaining('You copy') });
    expect(messages[1].content).toEqual([
      { type: 'text', text: expect.any(String) },
      {
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${Buffer.from(png()).toString('base64')}`, detail: 'high' },
      },
    ]);
    expect(response_format.json_schema.name).toBe('vision');
  });

  it('is paid once, for what it took, and stands in the lineage; another page is another call', async () => {
    const first = runner();
    await first.see(png());
    const second = runner();
    expect(await second.see(png())).toBe('Invoice 7');
    expect(server.seen).toHaveLength(1);
    expect(second.lineage).toEqual(first.lineage);
    expect(first.lineage).toMatchObject([
      { step: 'vision', promptVersion: 'page.v1', model: 'eye', inputTokens: 1600, outputTokens: 10 },
    ]);
    expect(await paidInAll(controlTable)).toBe(165);

    await runner().see(png(9));
    expect(server.seen).toHaveLength(2);
  });

  it('is booked by its pixels, not by the letters it travels in', async () => {
    const large = encodePng({ width: 1600, height: 2000, channels: 1, data: new Uint8Array(3_200_000) });
    const least = { perDayUsd: 1, perItemUsd: (2 * 12_500 * 0.1 + 2 * 1200 * 0.5) / 1e6 };
    await expect(runner({ of: { budget: least } }).see(large)).rejects.toThrow(ProcessingError);
    const enough = { perDayUsd: 1, perItemUsd: least.perItemUsd + (2 * 2500 * 0.1) / 1e6 + 0.0003 };
    expect(await runner({ of: { budget: enough } }).see(large)).toBe('Invoice 7');

    const own = [offer({ ...SEES, pictureTokens: 40_000 })];
    await expect(runner({ of: { budget: enough }, models: own }).see(png(1))).rejects.toThrow(
      new ProcessingError("the step 'vision' could cost more than the item's budget"),
    );
  });

  it('waits for the money of the day', async () => {
    const budget = { perDayUsd: 0.000_001, perItemUsd: 1 };
    await expect(runner({ of: { budget } }).see(png())).rejects.toThrow(BudgetSpent);
    expect(server.seen).toEqual([]);
  });

  it('leaves its place only for where its item’s data may go', async () => {
    await expect(runner({ of: { residency: () => ['eu'] } }).see(png())).rejects.toThrow(
      new ProcessingError("the step 'vision' has no endpoint where this item's data may go"),
    );
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['no model says that it sees', { models: [BLIND] }],
    ['a probe or the configuration says that it does not', { at: { capabilities: { vision: false } } }],
    [
      'a stronger one is wanted than any that sees',
      { of: { steps: { vision: { tier: 'large' as const } } } },
    ],
  ])('is sent nowhere where %s', async (_, given) => {
    await expect(runner(given).see(png())).rejects.toThrow(SystemError);
    expect(server.seen).toEqual([]);
  });

  it('is asked for again once where the answer does not fit, and read by a stronger model after that', async () => {
    const strong = offer({ ...SEES, name: 'hawk', tier: 'large' });
    const prose: Answer = {
      status: 200,
      body: { choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'A page.' } }] },
    };
    server.answers = [prose, prose, says('Invoice 8')];
    expect(await runner({ models: [SEES, strong] }).see(png())).toBe('Invoice 8');
    expect(sent().map(({ model }) => model)).toEqual(['eye', 'eye', 'hawk']);
    // The picture goes along when it is asked for again.
    expect(JSON.stringify(sent()[1].messages)).toContain('data:image/png');
  });

  it('remembers a useless answer as well: it was paid for', async () => {
    server.answers = [says('', { finish_reason: 'content_filter' })];
    for (const _ of [1, 2]) await expect(runner().see(png())).rejects.toThrow(ProcessingError);
    expect(server.seen).toHaveLength(1);
  });

  it('says whether any model sees', () => {
    expect([runner().sees, runner({ models: [BLIND] }).sees]).toEqual([true, false]);
  });
});
