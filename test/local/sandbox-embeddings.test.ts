import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { embeddings } from '../../lambdas/models/wire/embeddings.ts';
import { requestsAbout } from '../../lambdas/operate/probe/requests.ts';
import { EMBEDDINGS_MODEL, vectorOf } from '../../local/sandbox/embeddings.ts';
import { offer } from '../models/offers.ts';
import { ENDPOINT } from '../models/wire/completions.ts';
import { SandboxWorld } from './sandbox-world.ts';

let world: SandboxWorld;

beforeAll(async () => {
  world = await SandboxWorld.start();
});
afterEach(() => world.post('/model/faults', { mode: 'ok' }));
afterAll(() => world.close());

const model = offer({ name: EMBEDDINGS_MODEL, kind: 'embeddings' });
const ask = (texts: string[]) => {
  const { secret: _none, ...endpoint } = { ...ENDPOINT, baseUrl: `${world.sandbox.modelUrl}/v1` };
  return embeddings(endpoint, model, 'search handbook', texts, 100);
};
const near = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, part, at) => sum + part * (other[at] ?? 0), 0);

describe('the embeddings of the sandbox model', () => {
  it('are the same for the same text, and near for texts that share words or parts of them', async () => {
    const texts = ['Refunds take five days.', 'How long does a refund take?', 'The office has a garden.'];
    const { vectors, usage } = await ask(texts);
    expect(vectors).toEqual((await ask(texts)).vectors);
    const [refunds = [], question = [], garden = []] = vectors;
    expect(near(refunds, refunds)).toBeCloseTo(1, 4);
    expect(near(question, refunds)).toBeGreaterThan(near(question, garden) + 0.1);
    expect(usage.inputTokens).toBe(texts.reduce((sum, { length }) => sum + Math.ceil(length / 4), 0));
  });

  it('are counted, and fail with the others or alone', async () => {
    await ask(['one']);
    const { calls } = (await world.read('/model/calls')) as { calls: { model: string; step: string }[] };
    expect(calls.at(-1)).toMatchObject({ model: EMBEDDINGS_MODEL, step: 'embeddings' });
    await world.post('/model/faults', { mode: 'down', model: EMBEDDINGS_MODEL });
    await expect(ask(['one'])).rejects.toThrow('503');
    await world.post('/model/faults', { mode: 'garbage' });
    await expect(ask(['one'])).rejects.toThrow();
    await world.post('/model/faults', { mode: 'down', model: 'signalbox-sandbox' });
    expect((await ask(['one'])).vectors).toHaveLength(1);
  });

  it('show what the probe asks for', async () => {
    for (const { capability, body, path, shows } of requestsAbout(model).slice(0, 2)) {
      const response = await world.post(`/model/v1${path}`, body);
      expect(shows(await response.json()), capability).toBe(true);
    }
  });

  it.each([
    [{ model: EMBEDDINGS_MODEL, input: [] }, "'input' must be"],
    [{ model: EMBEDDINGS_MODEL, input: ['one', 2] }, "'input' must be"],
    [{ model: EMBEDDINGS_MODEL, input: 'one', dimensions: 0 }, "'dimensions' must be"],
    [{ model: EMBEDDINGS_MODEL, input: 'one', encoding_format: 'base64' }, "vectors as 'float'"],
    [{ input: 'one' }, "you must provide 'model'"],
  ])('refuse %j', async (body, message) => {
    const response = await world.post('/model/v1/embeddings', body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });

  it('have a direction for a text without a word, too', () => {
    expect(Math.hypot(...vectorOf('?!'))).toBe(1);
  });
});
